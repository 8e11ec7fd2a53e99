/* SPDX-License-Identifier: MIT */
/* What the parts of making a package say to each other: package.c, package_build.c (objects), package_files.c. */
#ifndef DEPLOY_PACKAGE_INTERNAL_H
#define DEPLOY_PACKAGE_INTERNAL_H

#include "deploy/package.h"
#include "function/service_problem.h"

enum {
    PACKAGE_MAX_FILE = 64 << 20,
    PACKAGE_MAX_BYTES = 64 << 20,
    PACKAGE_MAX_UNPACKED = 256 << 20,
    PACKAGE_MAX_MANIFEST = 16 << 20,
    PACKAGE_MAX_ROUTES = 4096
};

struct package_file {
    const char *name;   /* in the artefact: "dist/quote.so" */
    const char *source; /* where it is read */
    bool is_executable;
    uint64_t bytes;
    char sha256[65];
};

struct package_maker {
    struct package *package;
    const struct service *service;
    const struct package_options *options;
    struct service_problems *problems;
    const char *dir, *work_dir, *out_dir; /* absolute: the service, its .interlude, where the artefact goes */
    struct package_file *files;           /* sorted by name */
    size_t file_count, module_count;      /* modules come first until all are sorted */
    const char *compiler;                 /* of the first module */
};

/* "functions.quote: …": an error without a place, because the file was read before. Always false. */
bool package_error(struct package_maker *maker, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Where the shared object of "dist/quote" is, compiled if it has to be. label: "functions.quote", in messages. NULL: it
 * was said.
 */
const char *package_build(struct package_maker *maker, const char *label, const char *stem);
bool package_run_command(struct package_maker *maker); /* custom.interlude.build.command, before */

/*
 * what: "functions.quote: dist/quote.so", in messages. symbol: the function that must be in there; NULL: any routes.
 * Fills the version of the headers that it was made with.
 */
bool package_check_module(struct package_maker *maker, const char *what, const char *symbol, struct str bytes,
                          uint32_t *abi);

bool package_add_routes(struct package_maker *maker); /* package_routes.c */
/* Has each of them a slug of its own, as far as their names say? */
bool package_check_slugs(struct package_maker *maker);

/* Every file that the patterns choose. false: it was said. */
bool package_collect(struct package_maker *maker);
/* Among the first `count`; NULL. */
struct package_file *package_find_file(struct package_maker *maker, const char *name, size_t count);
bool package_is_inside(const struct package_maker *maker, const char *path); /* a link leads nowhere else */
struct package_file *package_add_file(struct package_maker *maker, const char *name, const char *source);

void package_sha256(struct str bytes, char hex[65]);
/* Relative, tidy, and the same everywhere: no .., control characters, backslashes or broken UTF-8. */
bool package_is_good_name(const char *name);

#endif
