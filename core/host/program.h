/* SPDX-License-Identifier: MIT */
/*
 * The runner executable as a descriptor that can be started (posix_spawn of a memfd): nothing to install, nothing to
 * find.
 */
#ifndef HOST_PROGRAM_H
#define HOST_PROGRAM_H

#include "base/err.h"

/* Once, before the first runner. Writes the embedded image into a sealed memfd. */
bool program_open(struct err *err) MUST_CHECK;
int program_fd(void);

/*
 * What a runner's environment is: `own`, what `more` has besides (both "NAME=value", NULL at the end, or NULL), and of
 * ours PATH, HOME, LANG, LC_*, TZ, TMPDIR, USER where neither has them. The caller frees the array, nothing in it.
 */
const char **program_environment(const char *const *own, char *const *more);

#endif
