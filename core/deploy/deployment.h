/* SPDX-License-Identifier: MIT */
/*
 * Deployed services: which are live, and how another version becomes so in one step (functions.md 2.2, 2.4). What is on
 * disk is versions.h; who may ask is the API's business. Control thread unless said otherwise.
 */
#ifndef DEPLOY_DEPLOYMENT_H
#define DEPLOY_DEPLOYMENT_H

#include "deploy/versions.h"
#include "function/keys.h"
#include "function/service_environment.h"
#include "json/write.h"

struct version;

struct deployments_spec {
    const char *root; /* DATA/functions; outlives everything */
    struct store *store;
    struct environment_spec environment;
    bool with_stage;       /* --aws-urls */
    void (*settled)(void); /* what was live before the start is so again, or it was said why not */
};

/* Before any http thread runs; deletes what an earlier server left half. */
void deployments_init(const struct deployments_spec *spec);
/* What `current` names of each service becomes live. Reads files and secrets: before control runs. */
void deployments_start(void);
bool deployments_are_settled(void);

/* Any thread. */
const struct deployments_spec *deployments_given(void);

/*
 * Between a claim and its release nobody else touches the files or the live version of that service and stage. NULL:
 * somebody else does, or `interlude dev` serves a directory under this name.
 */
struct deployed;
struct deployed *deployment_claim(const struct versions_place *place, struct err *err) MUST_CHECK;
void deployment_release(struct deployed *deployed);
/* Has somebody claimed it, or is a version on its way? */
bool deployment_is_changing(const struct versions_place *place);

/* Once. err NULL: it is live. The keys' texts live until it returns. */
typedef void deployment_done(void *arg, const struct key_shown *keys, size_t key_count, const struct err *err);

struct deployment_spec {
    const char *version; /* its name on disk */
    int64_t timestamp_ms, bytes;
    const char *row;     /* store/deployment.h: inserted before the release of the claim */
    bool without_checks; /* canary.h: .load only */
    struct service *service;
    struct service_texts routes;      /* files of its actions and pages, as its manifest has them */
    char *const *const *environments; /* service_environments */
    deployment_done *done;
    void *arg;
};

/*
 * Every module is opened in a process of its own first, and tried (canary.h); when all are good, `current` is set on
 * disk, then all of them answer at once. Otherwise nothing changes. The spec: only until this returns.
 */
void deployment_activate(struct deployed *deployed, const struct deployment_spec *spec);

/* Its routes as they are live now (route_info.h). */
void deployment_routes_json(const struct versions_place *place, const char *base_url, struct json_out *out);

/* Its addresses are gone at once, running calls finish. */
void deployment_end(struct deployed *deployed);

/* When the window in which it is watched closes, wall clock; 0: there is none. */
int64_t deployment_watch_until(const struct deployed *deployed);
/* Versions whose files have to stay: live, to go back to, or with calls that run. In the arena. */
struct service_texts deployment_used(const struct deployed *deployed, struct arena *arena);
/*
 * Members for an object that is open: how it went after that deployment became live (switched.h). timestamp_ms 0: the
 * live one. false: only the store knows.
 */
bool deployment_watch_json(const struct versions_place *place, int64_t timestamp_ms, struct json_out *out);

/*
 * A version crashed before it ever worked. true: it is one of ours, and the service goes back to what was live before.
 */
bool deployments_fall_back(const struct version *bad, const char *why);

#endif
