/* SPDX-License-Identifier: MIT */
/*
 * The HTTP API of dashboard and CLI: one table of calls, each a plain function. Owns the way of a call: http thread, api thread (who is
 * asking? then the handler, which may block on the store), or on to control for what lives there.
 */
#ifndef API_API_H
#define API_API_H

#include "auth/identity.h"
#include "base/arena.h"
#include "http/call.h"
#include "http/server.h"
#include "json/read.h"
#include "json/write.h"
#include "loop/inbox.h"

enum api_place {
    API_WORKER,  /* the handler runs on an api thread and may block */
    API_CONTROL, /* the handler runs on the control loop and must not */
};

enum api_access {
    API_PUBLIC,    /* without signing in */
    API_SIGNED_IN, /* 401 otherwise */
};

struct api_call {
    struct message message;
    struct http_call *http;
    const struct api_row *row;
    struct arena arena; /* everything below, and what the handler needs */
    struct str query, body;
    struct str rest; /* of the path, behind the row's */
    const char *cookie, *address;
    bool is_local; /* from loopback with a loopback Host header */
    bool is_tls;
    struct identity who; /* API_SIGNED_IN */
    unsigned status;     /* 200 unless the handler says otherwise */
    const char *set_cookie;
    struct buf out; /* the answer, JSON */
};

struct api_row {
    unsigned method; /* enum http_method */
    const char *path;
    enum api_place place;
    enum api_access access;
    /* false: refused, with status (400 unless set) and reason */
    bool (*run)(struct api_call *call, struct err *err);
};

/* Registers the calls; `local` is the developer whom `interlude dev` signs in, NULL for `start`. */
void api_init(struct http_server *server, const struct identity *local, const char *app_url);

/* A parameter of the query, decoded; NULL: not given. */
const char *api_query(struct api_call *call, const char *name);
int64_t api_query_int(struct api_call *call, const char *name, int64_t fallback);
/* The body as JSON object. */
bool api_body(struct api_call *call, struct json *root, struct err *err) MUST_CHECK;

/* Who sent this upgrade request? For /websocket, on an api thread. */
bool api_identify(struct arena *arena, const char *cookie, bool is_local, struct identity *who);
bool api_origin_is_ours(const struct http_request *request);
bool api_is_local(struct http_request *request);

extern const struct api_row api_session_rows[], api_route_rows[], api_transaction_rows[], api_key_rows[];

#endif
