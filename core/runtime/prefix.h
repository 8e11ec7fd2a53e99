/* SPDX-License-Identifier: MIT */
/*
 * Slugs as a module names and sees them, and as the server does: those of a deployed service stand behind its prefix
 * there ("shop/prod"), so that a module need not know where it is deployed.
 */
#ifndef RUNTIME_PREFIX_H
#define RUNTIME_PREFIX_H

#include "base/arena.h"

void prefix_set(const char *prefix); /* once, before anything runs; stays the caller's */

/*
 * "users/edit" -> "shop/prod/users/edit", "index" -> "shop/prod" (host/route.h), "/users/edit", from the root ->
 * "users/edit".
 */
const char *prefix_full(struct arena *arena, const char *slug);
/* The way back: what a module may name again. */
const char *prefix_own(struct arena *arena, const char *slug);

#endif
