/* SPDX-License-Identifier: MIT */
/*
 * Patterns of files as packages use them: ? * [a-z] within a name, ** over directories, {a,b}. Names that begin with a
 * dot are nothing special. Pure text; any thread.
 */
#ifndef FUNCTION_GLOB_H
#define FUNCTION_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Is the relative path matched as a whole? A pattern with more than a few {…} matches nothing beyond them. */
bool glob_matches(const char *pattern, const char *path);

/* A list in order, ! in front excludes: the last pattern that matches decides; `is_in` when none does. */
bool glob_decides(const char *const *patterns, size_t count, const char *path, bool is_in);

#endif
