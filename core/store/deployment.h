/* SPDX-License-Identifier: MIT */
/* Rows of what was done to deployed services: an audit, and the guard against packages that are sent again. */
#ifndef STORE_DEPLOYMENT_H
#define STORE_DEPLOYMENT_H

#include "store/store.h"

struct deployment_row {
    const char *id; /* NULL when inserted: one is made */
    const char *service, *stage;
    const char *action;  /* "deploy", "function", "rollback", "return", "prune", "remove" */
    const char *version; /* NULL: none */
    int64_t timestamp_ms, bytes;
    const char *deployer_id, *user_id; /* who did it; both NULL: the server itself */
    const char *reason;                /* of a return; else NULL */
    /* Read only. */
    const char *deployer, *user; /* name; address */
    const char *watch;           /* JSON (deploy/watch.h); NULL: it was not watched, or is so now */
    int64_t created_at;
};

void store_deployment_insert(struct store_write *write, const struct deployment_row *row);
/* What was seen while it was watched. */
void store_deployment_watched(struct store_write *write, const char *id, const char *watch);

/* The newest package's timestamp; 0: there never was one. */
bool store_deployment_newest(struct store *store, struct arena *arena, const char *service, const char *stage,
                             int64_t *timestamp_ms, struct err *err) MUST_CHECK;
/* How the package of this time became live last. *row is NULL: it never did. */
bool store_deployment_live(struct store *store, struct arena *arena, const char *service, const char *stage,
                           int64_t timestamp_ms, struct deployment_row **row, struct err *err) MUST_CHECK;
/* What was done last to each service and stage, pruning left out; by name. */
bool store_deployment_last(struct store *store, struct arena *arena, struct deployment_row **found, size_t *count,
                           struct err *err) MUST_CHECK;
/* What was done to one of them, newest first. */
bool store_deployment_list(struct store *store, struct arena *arena, const char *service, const char *stage,
                           size_t limit, struct deployment_row **found, size_t *count, struct err *err) MUST_CHECK;

#endif
