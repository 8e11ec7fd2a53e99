/* SPDX-License-Identifier: MIT */
/* Calls of functions, from the request to the answer. Http threads; what control does for them is control.c. */
#ifndef FUNCTION_CALL_H
#define FUNCTION_CALL_H

#include "function/stream.h"
#include "host/native.h"
#include "http/server.h"
#include "queue/dispatch.h"

struct functions_spec {
    struct scope *scope;
    bool is_strict;                                    /* --aws-strict */
    void (*cancel_call)(struct http_request *request); /* DELETE /async-function/ID, when no function has that name */
};
/* Registers /fn/ and its likes. Before the server starts. */
void functions_init(struct http_server *server, const struct functions_spec *spec);

/* Once the http threads run, before anything becomes live. */
void functions_start(struct http_server *server);

/* For http_config: a request for a function, or of the invoke API, that is too large or malformed. */
bool functions_refusal(const struct http_refused *refused, struct arena *arena, struct http_response *response);

/* Answers a request if its path is that of a service mounted elsewhere. false: nobody of ours is there. */
bool functions_take(struct http_request *request);

/* What nobody has answered, is told so by the service that is mounted at '/'. false: there is none. */
bool functions_refuse_unknown(struct http_request *request);

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

/* ---- control thread */

/*
 * A service as it is live. The owner keeps it; after it has changed anything here, functions_changed() makes a table of
 * it. To change modules and addresses at once: first this, then native_retire() of the versions it does not have any
 * more.
 */
struct live_service {
    struct list link; /* list_init before the first functions_serve */
    struct service *service;
    struct version **versions; /* one for each function; NULL: its module is not there */
    uint32_t *slots;           /* of the function in it */
    struct stats_tally *tally; /* NULL: nobody watches */
    bool with_stage;           /* --aws-urls */
    void (*clash)(struct live_service *live, const char *message); /* what could not be given an address */
};
void functions_serve(struct live_service *live); /* from now on; again is nothing */
void functions_withdraw(struct live_service *live);
void functions_changed(void);
void functions_publish(void); /* a changed table goes to the http threads now, not when this turn of the loop ends */
/* All that are served: LIST_ENTRY(node, struct live_service, link). */
struct list *functions_services(void);

/* All functions of it. */
void functions_each(void (*visit)(void *arg, const struct function *function), void *arg);
/* The addresses that a function declares, with their public paths: "/fn/shop/dev/quote/{id}". */
void function_endpoints(const struct function *function,
                        void (*visit)(void *arg, const struct endpoint *endpoint, const char *url), void *arg);

/* How much memory its process uses now; 0: it is cold. */
int64_t function_memory(const char *name);

/* The present table; control's own reference. NULL before the first. */
const struct function_table *functions_table(void);

/* What the native host tells us (control thread). */
extern const struct native_functions function_native;

/* For queue_dispatch_start: durable calls go through the same streams as all others. */
extern const struct queue_runner function_runner;

#endif
