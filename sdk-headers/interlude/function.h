/* SPDX-License-Identifier: MIT */
/**
 * HTTP functions: one request in, one answer out, nobody to ask. A handler that returns anything but IL_OK, or returns
 * without an answer, makes the server answer 502 (behind httpApi 500); why stands in the function's log, `interlude
 * logs -f NAME`. All of it on the handler's thread, except il_request_canceled, and before the handler returns: what
 * these functions give belongs to the host and is gone then, so copy what another thread needs. Calls of one process
 * run at the same time on several threads; what handlers share needs a lock. Texts are UTF-8 and NUL-terminated; what
 * the client sent may be any bytes but NUL. Functions that take a name take NULL, too: nothing has it. What they copy,
 * and il_rfmt, counts towards the 64 MiB of a request.
 *
 * Two ways to the same call: il_method, il_query, il_header, il_body and il_respond are the fast one; il_event_json and
 * il_respond_lambda speak the JSON of AWS Lambda. A call that did not come through HTTP (invoke, a schedule, a queue)
 * has its event as il_body, and what il_respond says becomes a Lambda-proxy result.
 */
#ifndef INTERLUDE_FUNCTION_H
#define INTERLUDE_FUNCTION_H

#include "api.h"

/** Method, upper case: "GET". Never NULL. Since 1.0. */
static inline const char *
il_method(il_request *req)
{
    return il_api_->method(req);
}

/** Path without query, as sent (not decoded): "/fn/ping". Never NULL. Since 1.0. */
static inline const char *
il_path(il_request *req)
{
    return il_api_->path(req);
}

/**
 * What stands in the path for `{name}` or `{name+}` of .path, percent-decoded once. NULL: no such parameter. Since 1.0.
 */
static inline const char *
il_path_param(il_request *req, const char *name)
{
    return il_api_->path_param(req, name);
}

/** First value of a query parameter, decoded: %XX, and + is a blank; "" for a bare `?flag`. NULL: absent. Since 1.0. */
static inline const char *
il_query(il_request *req, const char *name)
{
    return il_api_->query(req, name);
}

/** The index-th value of a query parameter that is repeated, from 0. NULL: there are fewer. Since 1.2. */
static inline const char *
il_query_at(il_request *req, const char *name, size_t index)
{
    return il_api_->query_at(req, name, index);
}

/** First value of a header; name in any case. NULL: absent. Since 1.0. */
static inline const char *
il_header(il_request *req, const char *name)
{
    return il_api_->header(req, name);
}

/** The index-th line of a header that is repeated, from 0. NULL: there are fewer. Since 1.2. */
static inline const char *
il_header_at(il_request *req, const char *name, size_t index)
{
    return il_api_->header_at(req, name, index);
}

/**
 * The body, whole: .p, .len; any bytes, not NUL-terminated; .len 0: none. At most 10 MiB, of a durable call 1 MiB
 * (ASYNC_BODY). Since 1.0.
 */
static inline il_str
il_body(il_request *req)
{
    return il_api_->body(req);
}

/** il_rfmt(req, format, …): a text made with printf, a char *. NULL: the request holds 64 MiB. Since 1.0. */
#define il_rfmt(req, ...) (il_api_->request_format)((req), __VA_ARGS__)

/**
 * Adds a header line to the answer, also to one of the same name; call it before or after il_respond. A content-type
 * wins over il_respond's. Headers of the connection (Transfer-Encoding, Content-Length) are the server's own affair and
 * left out.
 *
 * name   a token of HTTP, copied
 * value  copied; no control characters but tabs
 *
 * IL_OK; IL_INVALID: not such a name or value; IL_NO_MEMORY: more than 100 lines or 64 KiB. What is wrong stands in the
 * log if the handler returns it. Since 1.0.
 */
static inline il_status
il_respond_header(il_response *res, const char *name, const char *value)
{
    return il_api_->respond_header(res, name, value);
}

/**
 * Sets the answer; the last call counts.
 *
 * status  200 to 599
 * type    content-type, copied; NULL: none
 * body    len bytes, copied, at most 10 MiB; NULL: none, len is 0
 *
 * IL_OK; IL_INVALID: not such an answer; IL_NO_MEMORY: too large. Then the answer of an earlier call, if there was one,
 * stays, and what is wrong stands in the log if the handler returns it. Since 1.0.
 */
static inline il_status
il_respond(il_response *res, int status, const char *type, const void *body, size_t len)
{
    return il_api_->respond(res, status, type, body, len);
}

/* ---- as AWS Lambda has it */

/**
 * The Lambda-proxy event of the request, one JSON object: payload 2.0 behind httpApi and in routes/, 1.0 behind http;
 * the event itself where the call did not come through HTTP. Built at the first call, the same text after it.
 *
 * .p is NUL-terminated behind .len; NULL: the event has more than 6,291,456 bytes, and if the handler fails then, the
 * answer is 413. Since 1.2.
 */
static inline il_str
il_event_json(il_request *req)
{
    return il_api_->event_json(req);
}

/**
 * Sets the answer from a Lambda-proxy result; the last call counts, and headers set before are dropped.
 *
 * json  one JSON text, copied, at most 6,291,556 bytes: {"statusCode": 200, "headers": {…}, "multiValueHeaders": {…},
 *       "cookies": […], "body": "…", "isBase64Encoded": false}. Behind http statusCode must be there, multiValueHeaders
 *       win over headers and cookies are ignored; behind httpApi multiValueHeaders are ignored, cookies become
 *       Set-Cookie lines, and a result without statusCode is itself the body of a 200. Where the call did not come
 *       through HTTP, any JSON is the result. Without content-type it is application/json.
 *
 * IL_OK; IL_INVALID: not such a result, or it is too large; what is wrong stands in the server's log, and without a
 * later answer the client gets 502 (500). Since 1.2.
 */
static inline il_status
il_respond_lambda(il_response *res, const char *json)
{
    return il_api_->respond_lambda(res, json);
}

/* ---- the call: names of the Lambda context */

/** All of the below in one struct. Never NULL; texts are never NULL except client_context. Since 1.2. */
static inline const il_call_info *
il_call(il_request *req)
{
    return il_api_->call_info(req);
}

/** Id of the request, as in the event. Since 1.2. */
static inline const char *
il_aws_request_id(il_request *req)
{
    return il_api_->call_info(req)->aws_request_id;
}

/** "shop-dev-quote"; in routes/ the slug. Since 1.2. */
static inline const char *
il_function_name(il_request *req)
{
    return il_api_->call_info(req)->function_name;
}

/** "$LATEST". Since 1.2. */
static inline const char *
il_function_version(il_request *req)
{
    return il_api_->call_info(req)->function_version;
}

/** "arn:aws:lambda:local:000000000000:function:shop-dev-quote". Since 1.2. */
static inline const char *
il_invoked_function_arn(il_request *req)
{
    return il_api_->call_info(req)->invoked_function_arn;
}

/** What memorySize allows, MB. 0: no limit was set. Since 1.2. */
static inline uint32_t
il_memory_limit_mb(il_request *req)
{
    return il_api_->call_info(req)->memory_limit_mb;
}

/** "/aws/lambda/shop-dev-quote". Since 1.2. */
static inline const char *
il_log_group_name(il_request *req)
{
    return il_api_->call_info(req)->log_group_name;
}

/** "2026/11/21/[$LATEST]5b0f…": one for each process. Since 1.2. */
static inline const char *
il_log_stream_name(il_request *req)
{
    return il_api_->call_info(req)->log_stream_name;
}

/** When the call is given up: Unix time in ms. 0: never. Since 1.2. */
static inline int64_t
il_deadline_ms(il_request *req)
{
    return il_api_->call_info(req)->deadline_ms;
}

/** JSON that whoever invoked the function sent along. NULL: none. Since 1.2. */
static inline const char *
il_client_context(il_request *req)
{
    return il_api_->call_info(req)->client_context;
}

/** "Root=1-…;Parent=…", as header X-Amzn-Trace-Id has it, sent or made. Since 1.2. */
static inline const char *
il_trace_id(il_request *req)
{
    return il_api_->call_info(req)->trace_id;
}

/** Id of the call; stays the same when a durable call is tried again. Since 1.2. */
static inline const char *
il_call_id(il_request *req)
{
    return il_api_->call_info(req)->call_id;
}

/** Which attempt this is, from 1. Since 1.2. */
static inline uint32_t
il_attempt(il_request *req)
{
    return il_api_->call_info(req)->attempt;
}

/** How many there are at most. 1: somebody waits for the answer. Since 1.2. */
static inline uint32_t
il_max_attempts(il_request *req)
{
    return il_api_->call_info(req)->max_attempts;
}

/** "dev"; in routes/ "$default". Since 1.2. */
static inline const char *
il_stage(il_request *req)
{
    return il_api_->call_info(req)->stage;
}

/** ms until the call is given up, 0 when that has passed; INT64_MAX: never. Since 1.2. */
static inline int64_t
il_remaining_ms(il_request *req)
{
    return il_api_->remaining_ms(req);
}

/**
 * Does nobody wait for the answer any more: the durable call was cancelled, or given up? Ask now and then in work that
 * takes long, and return. Since 1.2.
 */
static inline bool
il_request_canceled(il_request *req)
{
    return il_api_->request_canceled(req);
}

#endif
