/* SPDX-License-Identifier: MIT */
/*
 * Deployed versions on disk (functions.md 2.4): ROOT/SERVICE/STAGE/versions/TIME-HASH/ and `current`, a link to one of
 * them. A version is there once it has its marker, .complete, which is written last and taken away first: what a crash
 * left half is deleted by versions_sweep. Any thread, but only one at a time for one service and stage; blocks.
 */
#ifndef DEPLOY_VERSIONS_H
#define DEPLOY_VERSIONS_H

#include "function/service.h"
#include "function/service_problem.h"
#include "json/read.h"

struct versions_place {
    const char *root; /* DATA/functions */
    const char *service, *stage;
};

struct kept_version {
    const char *name; /* "1795219350611-9f2c41aa" */
    int64_t timestamp_ms, created_at;
    uint64_t bytes; /* of the artefact */
    const char *deployer;
    const char *function; /* the only one that was deployed, or rolled back; NULL: all of the service was */
    int64_t base_ms;      /* then: the deployment that it is a change of */
    struct json numbers;  /* of the code of its functions: {"quote":2} */
    bool is_current;
};

/* May a service or a stage have this name as a directory? */
bool versions_is_name(const char *name);

/* Newest first; the texts are in the arena. */
void versions_list(const struct versions_place *place, struct arena *arena, struct kept_version **kept, size_t *count);
/* Its name; NULL: nothing is. */
const char *versions_current(const struct versions_place *place, struct arena *arena);
bool versions_make_current(const struct versions_place *place, const char *name, struct err *err) MUST_CHECK;
/* A file of a version, or with "" its directory. */
char *versions_path(const struct versions_place *place, struct arena *arena, const char *name, const char *file);
bool versions_manifest(const struct versions_place *place, const char *name, struct arena *arena, struct str *manifest,
                       struct err *err) MUST_CHECK;
bool versions_manifest_json(const struct versions_place *place, const char *name, struct arena *arena,
                            struct json *manifest, struct err *err) MUST_CHECK;

/*
 * Checks the artefact (artefact.h) and puts it on disk as a version; one of a single function is completed by what is
 * current, and `given` says so then. Its service, one reference, and in *name, which is in the arena, what the version
 * is called. NULL: nothing is left behind, and problems has at least one error, or none if nothing would change.
 */
struct service *versions_unpack(const struct versions_place *place, const char *artefact, struct kept_version *given,
                                struct arena *arena, const char **name, struct service_problems *problems) MUST_CHECK;
/* The same of what is current, but given->function has the code of another version. */
struct service *versions_go_back(const struct versions_place *place, const char *code_from, struct kept_version *given,
                                 struct arena *arena, const char **name, struct service_problems *problems) MUST_CHECK;

/* Never the current one. */
void versions_delete(const struct versions_place *place, const char *name);
/*
 * What could be deleted so that the newest `keep` deployments, as many versions of single functions, the current one
 * and the deployment that it is a change of stay. Newest first, in the arena.
 */
void versions_spare(const struct versions_place *place, size_t keep, struct arena *arena, struct kept_version **spare,
                    size_t *count);
/* All of them: first the link, so that a crash in between leaves nothing that would be served. */
bool versions_remove(const struct versions_place *place, struct err *err) MUST_CHECK;

/* Before anything else uses the directory: what was left half is deleted. */
void versions_sweep(const char *root);
/* Every service and stage that has something current. */
void versions_each(const char *root, void (*visit)(void *arg, const struct versions_place *place), void *arg);

#endif
