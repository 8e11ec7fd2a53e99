/* SPDX-License-Identifier: MIT */
/*
 * Routes of the process itself, run by the runtime on its threads: the third implementation of host_ops. No runner, no
 * module file. Control thread.
 */
#ifndef EMBED_SERVE_H
#define EMBED_SERVE_H

#include "base/arena.h"
#include "host/route.h"
#include "interlude.h"

bool serve_start(struct err *err) MUST_CHECK;

/* Copies the rows; all or nothing. */
bool serve_add(const il_route *routes, size_t count, const il_api **api, struct err *err) MUST_CHECK;
bool serve_remove(const char *slug);

/* As uplink_spec wants them. */
size_t serve_list(struct arena *arena, struct route ***routes);
struct route *serve_find(const char *slug);

/* Every run is cancelled: nobody asks any more. */
void serve_cancel(void);

#endif
