/* SPDX-License-Identifier: MIT */
/* Closing the server's data directory to this process, where the kernel has Landlock. */
#ifndef RUNTIME_LANDLOCK_H
#define RUNTIME_LANDLOCK_H

#include "base/err.h"

/*
 * Everything below data_dir is closed, except own_dir (all of it) and, for reading, readable_file, task_root (if it is
 * one below; or NULL) and the uploaded files. true without Landlock.
 */
struct landlock_paths {
    const char *data_dir, *own_dir, *readable_file, *task_root;
};
bool landlock_enter(const struct landlock_paths *paths, struct err *err) MUST_CHECK;

#endif
