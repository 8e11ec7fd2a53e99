/* SPDX-License-Identifier: MIT */
/* What server/ holds together, and what it reads from the store when it starts. */
#ifndef SERVER_STATE_H
#define SERVER_STATE_H

#include "auth/secrets.h"
#include "config/config.h"
#include "function/service.h"
#include "host/registry.h"
#include "host/version.h"
#include "http/server.h"
#include "store/store.h"
#include "transaction/viewer.h"

struct server {
    const struct config *config;
    const struct service_options *service; /* `interlude dev`: how serverless.yml is read */
    struct http_server *http;
    struct store *store;
    struct secrets secrets;
    struct scope *scope;         /* where the modules' routes are registered */
    struct principal local;      /* `interlude dev`: the local developer */
    const char *development_key; /* theirs, or NULL */
    struct arena texts;
    int64_t started_at;
};

/* Opens state.db, makes what is missing, registers the environments as scopes and marks as lost what ran before. */
bool state_open(struct server *server, struct err *err) MUST_CHECK;

/* Probe results of earlier starts. */
bool state_know_descriptors(struct err *err) MUST_CHECK;
void state_keep_descriptor(const char *hash, struct str descriptor);
/* The rows of routes that became live: history and settings refer to them when module or host are gone. */
void state_keep_routes(const struct scope *scope, const struct version *version);
void state_keep_host_routes(const struct scope *scope, const struct route *routes, size_t count);

#endif
