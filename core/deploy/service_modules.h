/* SPDX-License-Identifier: MIT */
/*
 * The modules of a service, which become live together: one of each function, then the files of its routes. Owns names
 * and references to versions; who makes and switches them is deployment.c, service_live.c. Control thread.
 */
#ifndef DEPLOY_SERVICE_MODULES_H
#define DEPLOY_SERVICE_MODULES_H

#include "function/service.h"
#include "function/stats.h"
#include "host/version.h"

struct service_module {
    const char *name;  /* "shop/prod/quote", "shop/prod/routes/refund.so": unique here, and where its data lies */
    const char *label; /* for people: "functions.quote: dist/quote.handler", "routes/refund.so" */
    const char *file;  /* below the directory of the service: "dist/quote.so" */
    const struct service_function *function; /* NULL: a file of its routes */
    const char *slug_file;                   /* of its routes: "shop/prod/refund.so"; NULL: none are registered */
};

struct service_modules {
    struct arena arena;
    struct service *service; /* one reference */
    struct service_module *items;
    size_t count;              /* the functions first, in the order of the service */
    struct version **versions; /* of each module, one reference; NULL: it is not there */
    uint32_t *slots;           /* of the function in it */
    struct stats_tally *tally; /* what they answered while they were watched, one reference; NULL: they were not */
};

/* No versions yet. routes: files of its actions and pages; copied. */
struct service_modules *service_modules_new(struct service *service, struct service_texts routes);
/* The same, with references of its own; what nobody has watched yet. */
struct service_modules *service_modules_copy(const struct service_modules *modules);
void service_modules_free(struct service_modules *modules); /* NULL is fine */

/* By name. SIZE_MAX: there is none. */
size_t service_modules_find(const struct service_modules *modules, const char *name);
bool service_modules_have(const struct service_modules *modules, const struct version *version);

#endif
