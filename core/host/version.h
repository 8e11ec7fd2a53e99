/* SPDX-License-Identifier: MIT */
/*
 * A version: one module file at one content hash and with one setting, with the routes its descriptor names. Counted:
 * the module holds its live and its last good version, every runner holds the one it serves. Control thread only.
 */
#ifndef HOST_VERSION_H
#define HOST_VERSION_H

#include "base/err.h"
#include "base/list.h"
#include "base/str.h"
#include "host/route.h"
#include "host/stage.h"

enum { VERSION_MAX_ROUTES = 1024, DRAIN_LIMIT_MS = 30 * 1000 };

struct runner;

/* What a module from outside routes/ wants of its process. */
struct version_setting {
    const char *const *environment; /* "NAME=value", NULL at the end; NULL: none */
    int64_t memory_limit_bytes;     /* 0: the server's */
    /* "shop/prod": before the routes that it names in links, and the paths of its functions; NULL, "": nothing */
    const char *prefix;
    int64_t drain_limit_ms; /* how long calls have when it does not serve any more; 0: DRAIN_LIMIT_MS */
    const char *root;       /* LAMBDA_TASK_ROOT: where the files of its service lie; NULL: nowhere */
};

struct version {
    unsigned refs;
    char *file; /* the module file as people know it: "users/edit.so", or "users/edit.c" when we compiled it */
    char *path; /* the staged copy */
    char hash[STAGE_HASH_LEN + 1];
    struct route *routes;
    size_t route_count;
    int64_t published_at;       /* monotonic ms; 0: not live yet */
    bool has_finished_run;      /* some run ended without a crash: it is good */
    char **environment;         /* as version_setting has it; NULL: none */
    int64_t memory_limit_bytes; /* 0: the server's */
    int64_t drain_limit_ms;
    char *prefix, *root;   /* as version_setting has them; the prefix is never "" */
    struct runner *runner; /* the one that takes new runs, or NULL: cold */
};

/*
 * Makes a version of what the probe reported (runner contract: {"routes":[…]} or {"error":"…"}); refs is 1. NULL:
 * refused, with one sentence. `host` is entered in its routes. slug_file: what their slugs are made of, for modules of
 * routes/ the file itself.
 */
struct version *version_new(const char *file, const char *slug_file, const char *path, const char *hash,
                            struct str descriptor, struct host *host, struct err *err) MUST_CHECK;
/* Once, before it is published. */
void version_set(struct version *version, const struct version_setting *setting);
bool version_is_same(const struct version *a, const struct version *b); /* contents and setting */
struct version *version_get(struct version *version);
void version_put(struct version *version);

bool version_has_functions(const struct version *version);

#endif
