/* SPDX-License-Identifier: MIT */
/*
 * The deployments of one service and stage, as the API of a server has them (functions.md 2.3): signed requests, their
 * answers as JSON. Waits.
 */
#ifndef CLI_DEPLOY_API_H
#define CLI_DEPLOY_API_H

#include "base/buf.h"
#include "cli/signing.h"
#include "json/read.h"

struct package;

struct deploy_api {
    struct arena arena; /* of all answers */
    const char *base;   /* "https://tools.example.test" */
    const char *place;  /* "/api/v1/services/shop/stages/dev" */
    struct signing signing;
    struct buf problems; /* lines: what the server found wrong with the artefact of the last request */
    long status;         /* of the last answer; 0: none came */
};

struct deployment {
    int64_t timestamp;
    const char *content; /* content_hash of its manifest */
    bool is_live;
    const char *function;  /* the only one that it changed; NULL: it is a deployment of the service */
    int64_t base;          /* then: timestamp of the deployment that it is a change of */
    struct json functions; /* {name: {"sha256"}} */
    struct json routes;    /* {"routes/refund.so": …} */
    struct json numbers;   /* {name: 2}: which code of it that is */
};

/* A text that came from the server: control characters would reach the terminal. */
const char *deploy_text(struct arena *arena, const char *text);

/* server: --server, or NULL. close in both cases. */
bool deploy_api_open(struct deploy_api *api, const char *server, const char *service, const char *stage,
                     struct err *err) MUST_CHECK;
void deploy_api_close(struct deploy_api *api);

/* rest: what follows `place`, with its query. body: JSON, or empty. */
bool deploy_api_call(struct deploy_api *api, const char *method, const char *rest, struct str body, struct json *answer,
                     struct err *err) MUST_CHECK;

/* Sends the artefact, in chunks when it is large. query: "", or what else is asked for: "health=0". */
bool deploy_api_put(struct deploy_api *api, const struct package *package, const char *query, struct json *answer,
                    struct err *err) MUST_CHECK;

/* Newest first; *answer is the whole of it. */
bool deploy_api_list(struct deploy_api *api, struct deployment **deployments, size_t *count, struct json *answer,
                     struct err *err) MUST_CHECK;

#endif
