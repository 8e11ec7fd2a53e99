/* SPDX-License-Identifier: MIT */
/*
 * Copies of modules that no version needs any more are removed, once per start: a developer who saves all day leaves
 * hundreds.
 */
#ifndef HOST_PRUNE_H
#define HOST_PRUNE_H

#include "base/map.h"

/* Control thread. `keep`: names of files to leave alone; becomes the job's. The work is done on an api thread. */
void prune_start(const char *staged_dir, struct map keep);

#endif
