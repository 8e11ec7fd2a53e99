/* SPDX-License-Identifier: MIT */
/*
 * What a runner may not do, decided before the module is opened: trace, administer the kernel, signal the server,
 * read the server's files. It keeps honest mistakes and most dishonest code away from the server; a module may use
 * everything else its user may.
 */
#ifndef RUNTIME_SANDBOX_H
#define RUNTIME_SANDBOX_H

#include "base/err.h"
#include "runtime/landlock.h"

/*
 * paths->data_dir is the server's --data, closed to the module except for what the others name. Kernel parts that are
 * missing are left out; false: the kernel refused what it should know.
 */
bool sandbox_enter(const struct landlock_paths *paths, struct err *err) MUST_CHECK;

/* Protects the process at the other end of a socket as well: the next server. */
void sandbox_guard_peer(int fd);

#endif
