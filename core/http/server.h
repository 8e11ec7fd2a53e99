/* SPDX-License-Identifier: MIT */
/*
 * The HTTP server: listeners, http threads, routes. Everything that touches h2o is in this folder and nothing of it
 * shows in the public headers (server, thread, request, response, call, route, ws, asset, limits).
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/arena.h"
#include "base/err.h"
#include "http/limits.h"
#include "http/route.h"
#include "http/thread.h"

struct http_response;
struct http_server;

/* A request that no handler gets to see: texts as they were sent, perhaps cut. */
struct http_refused {
    unsigned status;
    struct str method, target, origin; /* target: path and query; origin: the header */
};

struct http_config {
    unsigned thread_count; /* 0: one below four cores, then one for every two */
    const char *spool_dir; /* large bodies lie there, unlinked; NULL: /tmp */
    struct http_limits limits;
    /*
     * How one is answered that is too large, malformed or too slow. Fills the response, with texts in the arena, or
     * returns false: problem+json. http threads; NULL: always that.
     */
    bool (*refusal)(const struct http_refused *refused, struct arena *arena, struct http_response *response);
};

struct http_listen {
    const char *address;          /* NULL: all addresses, IPv6 and IPv4 */
    uint16_t port;                /* 0: any free one */
    int inherited_fd;             /* a listening socket passed by systemd; 0: bind one */
    unsigned tag;                 /* shows as request->listener and picks routes */
    const char *certificate_file; /* PEM; both or neither */
    const char *key_file;
};

struct http_server *http_server_new(const struct http_config *config);

/* Binds and listens at once, so that a port in use is known before anything else starts. At most 8. */
bool http_server_listen(struct http_server *server, const struct http_listen *listen, struct err *err) MUST_CHECK;
uint16_t http_server_port(const struct http_server *server, size_t index); /* of the index-th listener */

/* Before start. */
void http_server_route(struct http_server *server, const struct http_route *route);
void http_server_fallback(struct http_server *server, http_handler *handler, void *arg);

bool http_server_start(struct http_server *server, struct err *err) MUST_CHECK;

/*
 * Stops accepting (what waits in the accept queue is still served), closes idle connections, lets requests finish for
 * grace_ms, closes WebSockets (1012) when no request is left or the time is up. done(arg) runs on the last http thread.
 * Any thread, once.
 */
void http_server_stop(struct http_server *server, int64_t grace_ms, void (*done)(void *arg), void *arg);

void http_server_free(struct http_server *server); /* after done, or before start; joins the threads */

#endif
