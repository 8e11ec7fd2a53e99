/* SPDX-License-Identifier: MIT */
/*
 * From a service to its artefact (functions.md 2.3): C handlers and routes compiled, files chosen by patterns, modules
 * checked by their bytes, everything in one reproducible .tgz with manifest.json first. Runs the compiler; blocks; one
 * thread.
 */
#ifndef DEPLOY_PACKAGE_H
#define DEPLOY_PACKAGE_H

#include "function/service.h"

enum { PACKAGE_MAX_FILES = 10000 }; /* a manifest of as many is JSON that can be read */

struct package_options {
    const char *dir;      /* of the service */
    const char *config;   /* its file, which is not packed; NULL: one of the usual names */
    const char *out_dir;  /* DIR/.interlude when NULL */
    bool is_for_lambda;   /* nothing newer than AWS's libc */
    bool is_verbose;      /* compiler commands on stderr */
    const char *only;     /* one function and nothing else: its key; NULL: all of the service */
    bool is_config_only;  /* of that one its settings, not its code */
    int64_t timestamp_ms; /* 0: that of the last package with the same content, else SOURCE_DATE_EPOCH, else now */
};

struct package_function {
    const char *key;
    const char *file, *symbol; /* "dist/quote.so", "handler" */
    const char *sha256;        /* hexadecimal */
    uint64_t bytes;
    uint32_t abi;
};

/* A module of actions and pages. */
struct package_route {
    const char *file; /* "routes/refund.so" */
    const char *sha256;
    uint64_t bytes;
    uint32_t abi;
};

struct package {
    struct arena arena;
    const char *path; /* of the .tgz */
    uint64_t bytes, file_bytes;
    size_t file_count;
    int64_t timestamp_ms;
    const char *sha256; /* of the artefact */
    const char *only;   /* the function that it holds, or of which it holds the settings; NULL: the whole service */
    struct str manifest;
    struct package_function *functions; /* in the order of the service */
    size_t function_count;
    struct package_route *routes; /* by name */
    size_t route_count;
};

/* false: problems has at least one error. package_fini in both cases. */
bool package_make(struct package *package, const struct service *service, const struct package_options *options,
                  struct service_problems *problems) MUST_CHECK;
void package_fini(struct package *package);

#endif
