/* SPDX-License-Identifier: MIT */
/*
 * The HTTP API of dashboard and CLI: one table of calls, each a plain function. Owns the way of a call: http thread,
 * api thread (who is asking? then the handler, which may block on the store), or on to control for what lives there.
 */
#ifndef API_API_H
#define API_API_H

#include "auth/secrets.h"
#include "base/arena.h"
#include "http/call.h"
#include "http/server.h"
#include "json/read.h"
#include "json/write.h"
#include "loop/inbox.h"
#include "store/org.h"
#include "store/store.h"
#include "transaction/viewer.h"

enum api_place {
    API_WORKER,  /* the handler runs on an api thread and may block */
    API_CONTROL, /* the handler runs on the control loop and must not */
    API_SERIAL,  /* an api thread, but never two at a time: password hashing needs much memory */
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
    const char *rest;   /* the path behind the row's, decoded; "" for rows without a '/' at the end */
    struct str cookies; /* the Cookie header; p NULL: none */
    const char *address, *user_agent;
    bool is_local;        /* from loopback with a loopback Host header */
    bool is_https;        /* as the person sees it: TLS here, or in front of us (APP_URL) */
    struct principal who; /* API_SIGNED_IN */
    unsigned status;      /* of the answer; 0: 200, or 400 when refused */
    const char *set_cookie;
    const char *retry_after;
    struct buf out; /* the answer, JSON */
    struct json_out json;
};

struct api_row {
    unsigned method;  /* enum http_method */
    const char *path; /* below it, too, when it ends with '/' */
    enum api_place place;
    enum api_access access;
    /* false: refused, with call->status and the reason */
    bool (*run)(struct api_call *call, struct err *err);
};

struct api_spec {
    struct store *store;
    const struct secrets *secrets;
    const struct principal *local; /* whom `interlude dev` signs in; NULL for `start` */
    const char *app_url;
    const char *version;
};
extern struct api_spec api_spec;

void api_init(struct http_server *server, const struct api_spec *spec);

/* ---- for handlers */

/* A parameter of the query, decoded, in the arena; NULL: not given. */
const char *api_query(struct api_call *call, const char *name);
bool api_body(struct api_call *call, struct json *root, struct err *err) MUST_CHECK;
/* Refuses with a status: `return api_refuse(call, 404, err, "…")`. */
bool api_refuse(struct api_call *call, unsigned status, struct err *err, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Does the call's `org` parameter name the caller's organization? Refuses with 404 otherwise. */
bool api_own_org(struct api_call *call, const char *slug, struct err *err);

/* Api threads: an environment of the caller's organization. NULL: refused with 404 (or 500). */
struct org_env *api_find_env(struct api_call *call, const char *slug, struct err *err);

/* ---- for /websocket */

/* Where a request comes from, as far as signing in matters. Texts are the caller's. */
struct api_origin {
    struct str cookies;
    const char *address;
    bool is_local, is_https;
};
/* Api threads. false: nobody. */
bool api_identify(struct arena *arena, const struct api_origin *origin, struct principal *who);
/* http threads. */
bool api_origin_is_ours(struct http_request *request);
bool api_is_local(struct http_request *request);
bool api_is_https(const struct http_request *request);

extern const struct api_row api_session_rows[], api_route_rows[], api_transaction_rows[], api_key_rows[];

#endif
