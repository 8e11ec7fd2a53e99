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

struct deployments_spec {
    const char *root; /* DATA/functions; outlives everything */
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
    struct service *service;
    struct service_texts routes;      /* files of its actions and pages, as its manifest has them */
    char *const *const *environments; /* service_environments */
    deployment_done *done;
    void *arg;
};

/*
 * Every module is opened in a process of its own first; when all are good, `current` is set on disk, then all of them
 * answer at once. Otherwise nothing changes. The spec: only until this returns.
 */
void deployment_activate(struct deployed *deployed, const struct deployment_spec *spec);

/* Its addresses are gone at once, running calls finish. */
void deployment_end(struct deployed *deployed);

#endif
