/* SPDX-License-Identifier: MIT */
/*
 * Which handler gets a request: exact paths first, then the longest prefix. Registered before the server starts, fixed
 * after.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/request.h"

typedef void http_handler(struct http_request *request, void *arg);

/*
 * methods is a set of enum http_method; 0 lets all through, OPTIONS too. HEAD goes wherever GET goes. Other methods get
 * 405 with Allow, OPTIONS 204 with Allow. A request nothing matches goes to the default handler.
 */
struct http_route {
    /* outlives the server; "/api/" with a '/' at the end takes everything below, "/healthz" only itself */
    const char *path;
    unsigned methods;
    unsigned listener; /* only requests of the listener with this tag */
    http_handler *handler;
    void *arg;
    size_t path_len; /* the table's */
};

struct http_route_table {
    struct http_route *routes; /* longest path first */
    size_t count;
    http_handler *fallback;
    void *fallback_arg;
};

void http_route_add(struct http_route_table *table, const struct http_route *route);
void http_route_fini(struct http_route_table *table);
void http_route_dispatch(const struct http_route_table *table, struct http_request *request);

#endif
