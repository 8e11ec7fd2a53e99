/* SPDX-License-Identifier: MIT */
/* Rows of what was done to deployed services: an audit, and the guard against packages that are sent again. */
#ifndef STORE_DEPLOYMENT_H
#define STORE_DEPLOYMENT_H

#include "store/store.h"

struct deployment_row {
    const char *service, *stage;
    const char *action;  /* "deploy", "rollback", "remove" */
    const char *version; /* NULL: none */
    int64_t timestamp_ms, bytes;
    const char *deployer_id;
};

void store_deployment_insert(struct store_write *write, const struct deployment_row *row);
/* The newest package's timestamp; 0: there never was one. */
bool store_deployment_newest(struct store *store, struct arena *arena, const char *service, const char *stage,
                             int64_t *timestamp_ms, struct err *err) MUST_CHECK;

#endif
