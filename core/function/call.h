/* SPDX-License-Identifier: MIT */
/* Function calls: /fn/<slug>, from the request to the answer. Http threads; what control does for them is control.c. */
#ifndef FUNCTION_CALL_H
#define FUNCTION_CALL_H

#include "function/target.h"
#include "host/native.h"
#include "http/server.h"
#include "queue/dispatch.h"

/* Registers /fn/. Before the server starts. */
void functions_init(struct http_server *server, struct scope *scope);

/* Once the http threads run, before anything becomes live. */
void functions_start(struct http_server *server);

/* What the native host tells us (control thread). */
extern const struct native_functions function_native;

/* For queue_dispatch_start: durable calls go through the same streams as all others. */
extern const struct queue_runner function_runner;

#endif
