/* SPDX-License-Identifier: MIT */
/*
 * Rows of routes: what was registered. Who serves them now is host/registry.h; user.h says how these functions
 * behave.
 */
#ifndef STORE_ROUTE_H
#define STORE_ROUTE_H

#include "store/store.h"

struct route_row {
    const char *id;                             /* NULL in upserts of new routes */
    const char *kind;                           /* "action", "page", "function" */
    const char *org_id, *env_id, *developer_id; /* developer_id "": live */
    const char *slug, *name, *description;      /* description may be NULL */
    const char *source;                         /* "module", "sdk", "function" */
    const char *file;                           /* the module's; may be NULL */
    bool backgroundable, warn_on_close, unlisted, has_handler;
    int64_t created_at, last_seen_at; /* set by the store */
};

/* One write can take any number of them: a batch. */
void store_route_upsert(struct store_write *write, const struct route_row *route);
bool store_route_list(struct store *store, struct arena *arena, const char *org_id, const char *env_id,
                      const char *developer_id, struct route_row **routes, size_t *count, struct err *err) MUST_CHECK;

#endif
