/* SPDX-License-Identifier: MIT */
/**
 * HTTP functions: one request in, one answer out, nobody to ask. A handler that returns anything but IL_OK, or returns
 * without il_respond, makes the server answer 502. All of it on the handler's thread; everything lives until the
 * handler returns.
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

/** Path without query, as sent: "/fn/ping". Never NULL. Since 1.0. */
static inline const char *
il_path(il_request *req)
{
    return il_api_->path(req);
}

/** What stands in the path for `{name}` of .path, percent-decoded. NULL: no such parameter. Since 1.0. */
static inline const char *
il_path_param(il_request *req, const char *name)
{
    return il_api_->path_param(req, name);
}

/** First value of a query parameter, percent-decoded. NULL: absent. Since 1.0. */
static inline const char *
il_query(il_request *req, const char *name)
{
    return il_api_->query(req, name);
}

/** First value of a header; name in any case. NULL: absent. Since 1.0. */
static inline const char *
il_header(il_request *req, const char *name)
{
    return il_api_->header(req, name);
}

/** The body: .p, .len; not NUL-terminated; .len 0: none. Since 1.0. */
static inline il_str
il_body(il_request *req)
{
    return il_api_->body(req);
}

/** A text made with printf. NULL: the request holds 64 MiB. Since 1.0. */
#define il_rfmt(req, ...) (il_api_->request_format)((req), __VA_ARGS__)

/**
 * Adds a header to the answer; call it before or after il_respond. name, value: copied; a name that is not a token, or
 * a control character in the value, is IL_INVALID. Since 1.0.
 */
static inline il_status
il_respond_header(il_response *res, const char *name, const char *value)
{
    return il_api_->respond_header(res, name, value);
}

/**
 * Sets the answer; the last call counts.
 *
 * status  100 to 599 is checked, 200 … 599 makes sense
 * type    content-type; NULL: none
 * body    len bytes, copied; at most 10 MiB
 *
 * IL_OK, IL_INVALID, IL_NO_MEMORY. Since 1.0.
 */
static inline il_status
il_respond(il_response *res, int status, const char *type, const void *body, size_t len)
{
    return il_api_->respond(res, status, type, body, len);
}

#endif
