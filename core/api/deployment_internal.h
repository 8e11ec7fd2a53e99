/* SPDX-License-Identifier: MIT */
/* What the calls about deployed services have in common: deployment.c (PUT), deployed.c (the others). */
#ifndef API_DEPLOYMENT_INTERNAL_H
#define API_DEPLOYMENT_INTERNAL_H

#include "api/api.h"
#include "base/id.h"
#include "deploy/deployment.h"

/* A change of a service on its way: api_call.state. */
struct deploying {
    struct versions_place place;
    struct deployed *claim;
    const char *action;   /* of the audit row */
    struct uuid_text row; /* its id; empty: nothing becomes live, any will do */
    const char *artefact; /* the file that came; NULL: none */
    const char *version;  /* NULL: none yet */
    bool is_new;          /* it goes again when it does not become live */
    const char *function; /* whose code goes back, to what has this number */
    int64_t number;
    int64_t timestamp_ms;
    int64_t bytes;
    struct service *service;
    char ***environments;
    struct json manifest;
    struct str routes; /* that are live, as JSON */
    struct key_shown *keys;
    size_t key_count;
    int64_t watch_until_ms;     /* 0: it is not watched */
    struct kept_version *spare; /* that are deleted */
    size_t spare_count, keep;
    bool is_dry_run; /* only said, not done */
    api_step *pruned;
    unsigned status; /* of the refusal; 0: none */
    struct err why;
};

/* "shop/stages/prod" and what is behind it; false: refused with 404. */
bool deploying_place(struct api_call *call, const char **rest, struct err *err);

/* Steps; each goes on to the next. */
bool deploying_claim(struct api_call *call, api_step *next, struct err *err); /* on control */
/*
 * On an api thread: the manifest of the version, its service and environments. false: the call ends with what is wrong.
 */
bool deploying_read(struct api_call *call);
/*
 * On an api thread: what was put on disk just now becomes live. Without a service nothing was, because of the problems,
 * or because it would be what is live already: {"unchanged":true}.
 */
bool deploying_go_live(struct api_call *call, struct service_problems *problems);
/* On an api thread: the time of the newest package that was deployed here, also if it was removed; 0: none was. */
bool deploying_newest(struct api_call *call, int64_t *timestamp_ms, struct err *err);
/* On control: those that are live now. */
void deploying_take_routes(struct api_call *call);
/* On control; answers with the info. */
bool deploying_activate(struct api_call *call, struct err *err);
/* On an api thread: deletes what is older than the newest `keep`, and goes on. */
bool deploying_prune(struct api_call *call, size_t keep, api_step *next);
/* On an api thread: ends it, refused if status is not 0. */
bool deploying_fail(struct api_call *call, unsigned status, const char *why);
bool deploying_finish(struct api_call *call, struct err *err);
/* The audit row; an api thread. What has been done stays done when it cannot be written. */
void deploying_note(struct api_call *call);
/* 422 with all that is wrong. */
void deploying_put_problems(struct api_call *call, const struct service_problems *problems);

/* As lists have it. false: it has been deleted meanwhile, and nothing is written. */
bool deployed_put_version(struct api_call *call, const struct versions_place *place,
                          const struct kept_version *version);
/* The way back to the package of that time, in the place of call->state. */
bool deployed_rollback(struct api_call *call, int64_t timestamp_ms, struct err *err);

bool deployed_get(struct api_call *call, struct err *err);
bool deployed_watch(struct api_call *call, const char *time, struct err *err); /* …/deployments/TIME */
bool deployed_post(struct api_call *call, struct err *err);
bool deployed_function(struct api_call *call, const char *rest, struct json body, struct err *err);
bool deployed_prune(struct api_call *call, struct json body, struct err *err);
bool deployed_delete(struct api_call *call, struct err *err);

#endif
