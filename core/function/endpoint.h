/* SPDX-License-Identifier: MIT */
/*
 * Functions and their addresses (functions.md 1.4). A table is immutable: control makes one whenever something changed,
 * each http thread holds one at a time. It names all functions of routes/ and of services, and finds which of their
 * endpoints a path means. What happens to a call is call.c.
 */
#ifndef FUNCTION_ENDPOINT_H
#define FUNCTION_ENDPOINT_H

#include "base/arena.h"
#include "base/map.h"
#include "function/event.h"
#include "function/match.h"
#include "function/service.h"
#include "function/target.h"
#include "http/request.h"

/* One address of a function. */
struct endpoint {
    const char *method; /* "GET", "ANY" */
    const char *path;   /* "/quote/{id}", below the place of its service; of routes/ "/orders/{id}", below /fn; "*" */
    unsigned methods;   /* enum http_method; 0: any */
    enum event_kind kind;
    bool answers_as_v2; /* which column of functions.md 1.8 its errors are of */
    const struct function *function;
    const struct service_endpoint *declared; /* NULL: routes/, or an address without an event (by name, invoke API) */
    const struct service_cors *cors;         /* NULL: none */
    bool has_cors_headers;                   /* its answers get headers, too (cors_headers) */
    bool has_finish;                         /* answer.h has something to do */
    int64_t compress_from;                   /* answers of so many bytes are compressed; SERVICE_UNSET: none */
    struct {
        const char *format;
        struct journal *log; /* NULL: no access log */
    } access;
    bool is_private, is_async;
    bool is_gated;      /* admit() has something to look at: key, authorizer, parameters, signature */
    bool is_closed;     /* /function/NAME of a function whose events have guards that differ: for durable calls only */
    uint32_t limit_ms;  /* of the caller's patience: time limit of function and gateway */
    struct str context; /* pairs for the runner, the same for every call */
};

struct function {
    const char *name;                        /* "shop-dev-quote"; of routes/ its slug: "users/list" */
    const char *key;                         /* "quote"; NULL: routes/ */
    const struct service *service;           /* NULL: routes/ */
    const struct service_function *declared; /* in it */
    uint32_t slot, timeout_ms;
    int32_t reserved;      /* most calls at once; SERVICE_UNSET: no limit */
    struct target *target; /* NULL: its module is not there (yet); counted */
    struct function_stats *stats;
    struct stats_tally *tally; /* of its service; NULL: nobody watches */
    struct journal *journal;
    struct endpoint *by_name; /* /function/NAME: any method, guarded by all that guards its own endpoints */
    struct endpoint *raw;     /* the body is the event */
    struct endpoint *url;     /* /fn-url/NAME; NULL: none */
    struct endpoint **own;    /* those that it declares */
    size_t own_count;
};

/* The addresses of one service, or of routes/. */
struct site {
    const struct service *service; /* NULL: routes/ */
    struct stats_tally *tally;     /* counted; NULL: nobody watches */
    struct match_tree *tree;
    bool is_strict;    /* --aws-strict: GET does not answer HEAD */
    struct site *next; /* in the table */
};

struct mount {
    struct str prefix; /* "/p", "" */
    const struct site *site;
};

struct function_table {
    atomic_uint refs;
    bool is_strict;
    struct arena arena; /* all below */
    struct function **functions;
    size_t count;
    struct map names; /* slug or deployed name -> struct function */
    struct map keys;  /* short name -> struct function, where it is one function's only */
    struct site *sites;
    struct site *routes;
    struct map services;  /* "/fn/shop/dev" -> struct site */
    struct mount *mounts; /* outside /fn/, longest prefix first */
    size_t mount_count;
};

/* ---- making: control thread */

/* refs is 1. is_strict: services answer as AWS does where we are kinder, --aws-strict */
struct function_table *function_table_new(bool is_strict);

/*
 * A function of routes/ at /fn/<path>; path "orders/{id}", NULL: its slug. Takes over one reference to model's target;
 * what else it points to is copied. false: it has no address of its own, but a name.
 */
struct route_address {
    const char *path, *method;
    bool has_cors, is_private;
    bool is_deployed; /* may stand below the place of its service */
};
bool function_table_route(struct function_table *table, const struct function *model,
                          const struct route_address *address, struct err *err) MUST_CHECK;

/* All functions and addresses of a service, before those of routes/. */
struct service_spec {
    struct service *service;   /* the table takes references of its own */
    struct stats_tally *tally; /* here too; NULL: nobody watches */
    bool with_stage;           /* --aws-urls: http events at /<stage>/<path>, too */
    /* Where a function runs: one reference, and its slot in there. NULL: its module is not there. */
    struct target *(*target)(void *arg, const struct service_function *function, uint32_t *slot);
    void (*clash)(void *arg, const char *message); /* what has to be left out */
    void *arg;
};
void function_table_service(struct function_table *table, const struct service_spec *spec);

/* ---- using: any thread */

/* The public path of an endpoint of function->own, as it is mounted: "/fn/shop/dev/quote/{id}". */
void endpoint_url(const struct endpoint *endpoint, struct buf *out);

void function_table_put(struct function_table *table);

/* By slug, deployed name, or short name if it is one function's only. NULL: none. */
const struct function *function_find(const struct function_table *table, struct str name);
/* The name most like it, until the table goes. NULL: none is near. */
const char *function_find_near(const struct function_table *table, struct str name, bool of_services_only);

struct endpoint_match {
    const struct endpoint *endpoint; /* NULL: there is none for this path and method */
    const struct endpoint *other;    /* one of this path, when only the method does not fit */
    /* a preflight is answered by the rule of this one: of the same path, which has no OPTIONS of its own; or NULL */
    const struct endpoint *preflight;
    const struct service *service; /* whose addresses they are; NULL: routes/, or nobody's */
    bool is_ours;                  /* the path belongs to functions, found or not */
    bool is_async;                 /* to be kept and run later */
    struct str path;               /* what was matched: without "/async" at its end */
    uint32_t base_len;             /* of `path`: what stands before the function's own */
    struct match match;            /* parameters; methods of the path */
};

/* path: as sent, without query. */
void endpoint_find(const struct function_table *table, struct str path, enum http_method method,
                   struct endpoint_match *found);

/* "/fn/shop/dev" of "/fn/shop/dev/quote"; empty: too short for that. */
struct str endpoint_service_place(struct str path);

/* Its parameters as pairs for the runner (event.h), decoded. */
void endpoint_params_put(const struct endpoint_match *found, struct buf *out);

/* "GET, HEAD, POST": what a path with these methods lets through. */
enum { ENDPOINT_ALLOW_MAX = 64 };
const char *endpoint_allow(unsigned methods, char text[ENDPOINT_ALLOW_MAX]);

#endif
