/* SPDX-License-Identifier: MIT */
/* A request as LINK_FUNCTION frame, and an answer frame as response (core/link/frame.h has the layout). */
#ifndef FUNCTION_REQUEST_H
#define FUNCTION_REQUEST_H

#include "function/stream.h"

/*
 * Queues the request of a call; false: it does not fit (the runner does not read), no descriptor was left for a large
 * body, or the client has gone.
 */
bool function_request_put(struct link_out *out, const struct function_call *call) MUST_CHECK;

/*
 * The heads of a durable call as they are kept: method, the path of its function, query, headers that is_kept (asked in
 * lower case) and the context behind them. Returns how many headers; the buffer's maximum decides whether it fits.
 */
uint32_t function_request_keep(struct buf *heads, struct http_request *request, struct str path,
                               const struct event_call *event, bool (*is_kept)(struct str name));

/*
 * Takes an answer apart. Texts lie in the payload; a body that came as memfd is read into *body_memory, which the
 * caller frees. false: the answer is malformed; or the handler failed and *reason says why.
 */
enum { FUNCTION_MAX_FIELDS = LINK_MAX_HEADERS };
bool function_answer_read(const struct link_received *received, struct http_response *response,
                          struct http_field fields[FUNCTION_MAX_FIELDS], char **body_memory,
                          struct str *reason) MUST_CHECK;

#endif
