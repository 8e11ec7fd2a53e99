/* SPDX-License-Identifier: MIT */
/* Finding the next server after one died. */
#ifndef RUNTIME_ATTACH_H
#define RUNTIME_ATTACH_H

#include <stdint.h>

/*
 * Tries to connect every 100 ms until then (clock_mono_ms); the new control stream, or -1. Output goes to /dev/null
 * from now on.
 */
int attach_open(const char *path, int64_t end_ms);

#endif
