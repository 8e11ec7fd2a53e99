/* SPDX-License-Identifier: MIT */
/*
 * A request that is answered later, perhaps by another thread. The handle survives the client: once the client has gone
 * or the deadline has passed, answers are dropped.
 */
#ifndef HTTP_CALL_H
#define HTTP_CALL_H

#include "http/response.h"

struct http_call;
struct ws;
struct ws_handler;

/*
 * http thread: the handler may return without having answered. After deadline_ms on_expire(request, arg) has to answer;
 * NULL answers 504. The caller owns the handle and must give it back by exactly one of http_call_respond,
 * http_call_problem, http_call_drop, http_call_accept.
 */
struct http_call *http_hold(struct http_request *request, int64_t deadline_ms,
                            void (*on_expire)(struct http_request *request, void *arg), void *arg);

/* Any thread. The response is copied (the body too, unless is_static). */
void http_call_respond(struct http_call *call, const struct http_response *response);
void http_call_problem(struct http_call *call, unsigned status, const char *detail);
void http_call_drop(struct http_call *call); /* answers 500 if nobody else did */

/* Owning http thread only: the request, or NULL when the client has gone or the deadline has answered. */
struct http_request *http_call_request(struct http_call *call);

/*
 * Owning http thread, only while there is a request: it is as if it had not been held, and is answered or held again at
 * once. Instead of an answer.
 */
void http_call_release(struct http_call *call);

/*
 * Owning http thread only: the answer is certain and comes from another thread within limit_ms, whatever http_hold said
 * of deadline and on_expire.
 */
void http_call_await(struct http_call *call, int64_t limit_ms);

/* The http thread that owns the request. Any thread. */
struct http_thread *http_call_thread(const struct http_call *call);

#endif
