/* SPDX-License-Identifier: MIT */
/*
 * What an address does to every answer before it leaves, whoever gave it: headers for pages of other origins (cors.h),
 * compression (minimumCompressionSize), a line in the access log (access_log.h). Most addresses want none of it:
 * endpoint->has_finish says so. Http threads.
 */
#ifndef FUNCTION_ANSWER_H
#define FUNCTION_ANSWER_H

#include "function/stream.h"

/* Answers its caller; the call goes on. */
void function_call_respond(struct function_call *call, const struct http_response *response);

/* The same for a request whose time is over: `request` is about to be answered, whatever holds it. */
void answer_late(struct function_call *call, struct http_request *request, const struct http_response *response);

/* A preflight: no function is asked. */
void answer_preflight(const struct endpoint *endpoint, struct http_request *request);

#endif
