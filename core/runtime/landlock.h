/* SPDX-License-Identifier: MIT */
/* Closing the server's data directory to this process, where the kernel has Landlock. */
#ifndef RUNTIME_LANDLOCK_H
#define RUNTIME_LANDLOCK_H

#include "base/err.h"

/*
 * Everything below data_dir is closed, except own_dir (all of it), readable_file and, for reading, the uploaded files.
 * true without Landlock.
 */
bool landlock_enter(const char *data_dir, const char *own_dir, const char *readable_file, struct err *err) MUST_CHECK;

#endif
