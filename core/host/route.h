/* SPDX-License-Identifier: MIT */
/*
 * A route: a slug and the action, page or function behind it, as control sees it. Owns the record and the rules for
 * slugs; who serves a route is host.h, which routes exist is registry.h.
 */
#ifndef HOST_ROUTE_H
#define HOST_ROUTE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "host/breaker.h"
#include "json/read.h"
#include "json/write.h"

enum route_kind { ROUTE_ACTION, ROUTE_PAGE, ROUTE_FUNCTION };

struct host;

struct route {
    enum route_kind kind;
    char *slug;        /* full: "users/edit" */
    char *name;        /* never NULL: the last slug segment if the author gave none */
    char *description; /* or NULL */
    char *symbol;      /* the handler's name in the module; NULL for remote hosts */
    char *access;      /* JSON as the host declared it, or NULL: everyone */
    char *method;      /* functions: "POST", "ANY" */
    char *path;        /* functions: "orders/{id}", below /fn/; NULL: the slug */
    bool unlisted, backgroundable, warn_on_close, has_handler, is_private, cors;
    uint32_t timeout_ms; /* functions; 0: the default */
    uint32_t slot;       /* its place in the module, as the runner counts */
    struct host *host;
    struct route *next; /* the registry's: the same slug at the next best host */
    void *owner;        /* the host's own: for native routes their struct version */
    struct breaker breaker;
};

const char *route_kind_name(enum route_kind kind);

/* One slug: segments of [A-Za-z0-9_.-]+ joined by '/', none of them "." or "..". */
bool slug_is_valid(struct str slug);
/*
 * "users/edit.so" -> "users/edit", "users/index.so" -> "users", "index.so" -> "index"; the caller frees. NULL: no valid
 * slug.
 */
char *slug_from_file(struct str file);
/* The folder of a module file as slug prefix: "users/tools.so" -> "users", "tools.so" -> "". The caller frees. */
char *slug_folder(struct str file);

/* Reads one route as the runner's probe describes it; `slug` is already full. */
bool route_from_json(struct route *route, const char *slug, struct json node, struct err *err) MUST_CHECK;
void route_fini(struct route *route);
/* Appends the `Route` object of the dashboard API. `file` is the module it comes from, NULL for remote hosts. */
void route_to_json(const struct route *route, const char *file, struct json_out *out);

#endif
