/* SPDX-License-Identifier: MIT */
/*
 * Temporary directories below DATA/tmp for programs that leave files behind when they are killed: compilers. Each
 * belongs to a process of ours; what one that was killed itself leaves is removed at the next start. Blocks.
 */
#ifndef HOST_SCRATCH_H
#define HOST_SCRATCH_H

#include "base/arena.h"
#include "base/err.h"

/* A new directory, readable by its owner only. NULL: it cannot be made. */
char *scratch_make(struct arena *arena, const char *data_dir, struct err *err) MUST_CHECK;
void scratch_remove(const char *dir); /* with the files in it */

/* Removes those of processes that are no more; at the first call also those of an earlier process with our id. */
void scratch_sweep(const char *data_dir);

#endif
