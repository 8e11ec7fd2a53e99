/* SPDX-License-Identifier: MIT */
/*
 * The HTTP API of dashboard and CLI: one table of calls, each a plain function. Owns the way of a call: http thread,
 * api thread (who is asking? then the handler, which may block on the store), or on to control for what lives there.
 */
#ifndef API_API_H
#define API_API_H

#include "auth/key.h"
#include "auth/role.h"
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
#include "upload/upload.h"

enum api_place {
    API_WORKER,  /* the handler runs on an api thread and may block */
    API_CONTROL, /* the handler runs on the control loop and must not */
    API_SERIAL,  /* an api thread, but never two at a time: password hashing needs much memory */
};

enum api_access {
    API_PUBLIC,         /* without signing in */
    API_SIGNED_IN,      /* 401 otherwise */
    API_SIGNED_IN_LONG, /* the same, and the call may take as long as a deployment */
    API_KEY_OR_IN,      /* signed in, or with an API key (Authorization: Bearer): 401 otherwise */
    API_BY_KEY,         /* an SDK with its API key: 401 and 403 otherwise, and errors as SDKs read them */
    API_SIGNED,         /* a deployer's signature over the call or its body (functions.md 2.3): 403 otherwise */
    API_SIGNED_OR_IN,   /* one of both: `deployer` is set unless somebody is signed in */
};

struct api_call;
struct deployer;
typedef bool api_step(struct api_call *call, struct err *err); /* false: refused, with call->status and the reason */

struct api_call {
    struct message message;
    struct http_call *http;
    const struct api_row *row;
    api_step *next; /* what is left to do, and where: set by api_go_on */
    enum api_place place;
    void *state;        /* the handler's own, from one step to the next; in the arena */
    struct arena arena; /* everything below, and what the handler needs */
    struct str query, body;
    const char *rest;                  /* the path behind the row's, decoded; "" for rows without a '/' at the end */
    struct str cookies, authorization; /* these headers; p NULL: none */
    struct str function_key;           /* x-api-key: what callers of functions show; p NULL: none */
    const char *address, *user_agent;
    const char *origin;   /* the Origin header, checked where something changes; NULL: none */
    bool is_local;        /* from loopback with a loopback Host header */
    bool is_https;        /* as the person sees it: TLS here, or in front of us (APP_URL) */
    struct principal who; /* API_SIGNED_IN; API_BY_KEY: whose key it is */
    struct api_key *key;  /* API_BY_KEY */
    const char *method;   /* API_SIGNED: what was signed, with the next four */
    struct str target;    /* the path with its query, as sent */
    struct str signature, signed_at, signed_for;
    struct deployer *deployer; /* API_SIGNED: whose signature it is */
    bool is_waiting;           /* for api_resume */
    unsigned status;           /* of the answer; 0: 200, or 400 when refused */
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
    api_step *run;
};

struct api_spec {
    struct store *store;
    const struct secrets *secrets;
    const struct principal *local; /* whom `interlude dev` signs in; NULL for `start` */
    const struct upload_ops *uploads;
    const char *app_url;
    bool wants_server_name; /* signatures that are good for any server are not taken */
    const char *version;
};
extern struct api_spec api_spec;

void api_init(struct http_server *server, const struct api_spec *spec);

/* ---- for handlers */

/* Is the query, decoded, UTF-8 without a NUL? Others are refused: a filter that is misread must not mean "all". */
bool api_query_is_text(struct api_call *call);
/* A parameter of the query, decoded, in the arena; NULL: not given. */
const char *api_query(struct api_call *call, const char *name);
bool api_body(struct api_call *call, struct json *root, struct err *err) MUST_CHECK;
/* Refuses with a status: `return api_refuse(call, 404, err, "…")`. */
bool api_refuse(struct api_call *call, unsigned status, struct err *err, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The call is not done yet: `return api_go_on(call, API_CONTROL, tell)`. The step runs after this one has returned. */
bool api_go_on(struct api_call *call, enum api_place place, api_step *next);
/*
 * Control steps only: `return api_wait(call)` keeps the call until somebody resumes it, on control too, once and not
 * before the step has returned.
 */
bool api_wait(struct api_call *call);
void api_resume(struct api_call *call, enum api_place place, api_step *next);
/* The store could not: 500 with what is in err. */
bool api_fail(struct api_call *call);
/*
 * The cursor of lists, newest first, in `before`: created_at and id of the last row shown; as given, and as returned.
 */
bool api_cursor(struct api_call *call, int64_t *at, const char **id, struct err *err);
const char *api_cursor_text(struct api_call *call, int64_t at, const char *id);
/* Does the call's `org` parameter name the caller's organization? Refuses with 404 otherwise. */
bool api_own_org(struct api_call *call, const char *slug, struct err *err);
/*
 * May the caller do this with functions, their calls and deployments, which are one organization's? The second one
 * refuses with 403 otherwise.
 */
bool api_may_functions(const struct api_call *call, enum permission permission);
bool api_own_functions(struct api_call *call, enum permission permission, struct err *err);

/* Api threads: an environment of the caller's organization. NULL: refused with 404 (or 500). */
struct org_env *api_find_env(struct api_call *call, const char *slug, struct err *err);
/* Whose console an environment is, as rows name it: the caller's in development, "" (everybody's) elsewhere. */
const char *api_developer(const struct api_call *call, const char *environment);

/* ---- for other doors: /websocket, DELETE /async-function/ID */

/* A request as a call of this row, whatever its path; the row's path is a beginning of it. */
void api_take(struct http_request *request, const struct api_row *row);
/* call.c: DELETE /async-function/ID */
void api_cancel_call(struct http_request *request);

/* Where a request comes from, as far as signing in matters. Texts are the caller's. */
struct api_origin {
    struct str cookies;
    const char *address;
    bool is_local, is_https;
};
/* Api threads. false: nobody. */
bool api_identify(struct arena *arena, const struct api_origin *origin, struct principal *who);
/* Api threads: whose signature a call carries. NULL: good; otherwise why not, with *status. */
const char *api_check_signature(struct api_call *call, unsigned *status);
/* Api threads: the owner of a key. */
struct principal api_principal_of_key(const struct api_key *key);
/* Api threads: finds out who is asking, by session or, if there is none, by API key. false: nobody. */
bool api_identify_caller(struct api_call *call);
/* Is this host name (of a Host header or URL, port included) this machine's own? Any thread. */
bool api_is_loopback_name(struct str host);
/* http threads. */
bool api_origin_is_ours(struct http_request *request);
bool api_is_local(struct http_request *request);
bool api_is_https(const struct http_request *request);

extern const struct api_row api_session_rows[], api_route_rows[], api_transaction_rows[], api_key_rows[];
extern const struct api_row api_deployment_rows[], api_deployments_rows[];
extern const struct api_row api_call_rows[], api_function_rows[], api_journal_rows[];
extern const struct api_row api_function_key_rows[];
extern const struct api_row api_queue_rows[], api_notification_rows[], api_enqueue_rows[], api_sdk_rows[],
    api_identity_rows[], api_upload_rows[];

#endif
