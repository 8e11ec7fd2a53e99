/* SPDX-License-Identifier: MIT */
/*
 * What an address does to every answer before it leaves, whoever gave it: headers for pages of other origins (cors.h),
 * compression (minimumCompressionSize), a line in the access log (access_log.h). Most addresses want none of it:
 * endpoint->has_finish says so. And how answers of the server's own are put together. Http threads.
 */
#ifndef FUNCTION_ANSWER_H
#define FUNCTION_ANSWER_H

#include "function/cors.h"
#include "function/stream.h"

/* What the server says itself: it names the call. Texts stay the caller's until the response has left. */
struct answer {
    struct http_field fields[5 + CORS_MAX_FIELDS];
    struct http_response response;
};
void answer_init(struct answer *answer, unsigned status, struct str body, const char *id);
void answer_init_refusal(struct answer *answer, const struct refusal_text *text, const char *id);
void answer_add(struct answer *answer, struct str name, struct str value);

/* Answers its caller; the call goes on. */
void function_call_respond(struct function_call *call, const struct http_response *response);

/* The same for a request whose time is over: `request` is about to be answered, whatever holds it. */
void answer_late(struct function_call *call, struct http_request *request, const struct http_response *response);

/* A preflight: no function is asked. */
void answer_preflight(const struct endpoint *endpoint, struct http_request *request);

#endif
