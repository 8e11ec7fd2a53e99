/* SPDX-License-Identifier: MIT */
/* What every long-running process of ours needs before it does anything: its data directory, alone, and descriptors. */
#ifndef SERVER_PROCESS_H
#define SERVER_PROCESS_H

#include "base/err.h"

/* Makes it if need be. One process per data directory: two writers would be safe, two sets of live state would not. */
bool process_take_data(const char *data_dir, struct err *err) MUST_CHECK;
void process_raise_limits(void);

#endif
