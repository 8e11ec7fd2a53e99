/* SPDX-License-Identifier: MIT */
/* Calls of functions, from the request to the answer. Http threads; what control does for them is control.c. */
#ifndef FUNCTION_CALL_H
#define FUNCTION_CALL_H

#include "function/stream.h"
#include "host/native.h"
#include "http/server.h"
#include "queue/dispatch.h"

/* Registers /fn/ and its likes. Before the server starts. */
void functions_init(struct http_server *server, struct scope *scope);

/* Once the http threads run, before anything becomes live. */
void functions_start(struct http_server *server);

/* Answers a request if its path is that of a service mounted elsewhere. false: nobody of ours is there. */
bool functions_take(struct http_request *request);

/* After ADMIT_LATER: goes on, now or as a durable call. */
void function_call_admitted(struct function_call *call);

/* The answer of the server itself, with a text of its own; ends the call. error_type: x-amzn-errortype, or NULL. */
void function_refuse_text(struct function_call *call, unsigned status, const char *error_type, struct str body);

/*
 * Runs another function with an event of its own, before `outer` may go on: an authorizer. done is told once, on this
 * thread, perhaps before this returns; not any more once the outer call has ended, which has the time limit for both.
 */
void function_invoke(struct function_call *outer, const struct function *function, struct str event,
                     function_invoked *done, void *arg);

/* What the native host tells us (control thread). */
extern const struct native_functions function_native;

/* For queue_dispatch_start: durable calls go through the same streams as all others. */
extern const struct queue_runner function_runner;

#endif
