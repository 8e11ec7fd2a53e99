/* SPDX-License-Identifier: MIT */
/*
 * A version in which one function is another one (functions.md 2.1: deploy function, rollback function): what is
 * current, by hard links, with that function's file and settings replaced. It becomes live as every version does.
 * Any thread, one at a time for one service and stage; blocks.
 */
#ifndef DEPLOY_FUNCTION_VERSION_H
#define DEPLOY_FUNCTION_VERSION_H

#include "deploy/versions.h"
#include "json/read.h"

struct function_change {
    const char *key;      /* "quote" */
    struct json manifest; /* that says what it becomes */
    bool has_code;        /* its module is another one: in the draft already, or in the version `code_from` */
    const char *code_from;
    bool has_config; /* its settings are others; its addresses stay those of the service */
    int64_t timestamp_ms;
};

/*
 * `draft` is a directory for the new version. Fills it and gives its manifest, in the arena; what it says is to be
 * checked as that of any package.
 */
bool function_version_fill(const struct versions_place *place, const char *draft, const struct function_change *change,
                           struct arena *arena, struct str *manifest, struct err *err) MUST_CHECK;

/*
 * The number of each function's code, {"quote":2}: that of the newest kept version with the same file, else one more
 * than any of the kept has. Written when a version is made, so that numbers stay when old versions go.
 */
struct str function_version_numbers(const struct versions_place *place, struct arena *arena, struct json manifest);
/* The newest kept version with that code; NULL: there is none. */
const char *function_version_find(const struct versions_place *place, struct arena *arena, const char *key,
                                  int64_t number);

#endif
