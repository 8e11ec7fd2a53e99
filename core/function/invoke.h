/* SPDX-License-Identifier: MIT */
/*
 * The Lambda invoke API (functions.md 1.7): POST /2015-03-31/functions/NAME[:QUALIFIER]/invocations, as AWS SDKs speak
 * it. Owns who may use it and how its answers look; the call itself is one with a raw event. http threads.
 */
#ifndef FUNCTION_INVOKE_H
#define FUNCTION_INVOKE_H

#include "function/stream.h"

struct http_server;
struct store;

struct invoke_spec {
    struct store *store;
    const char *organization_id;                       /* whose keys are operators' */
    bool (*is_operator)(struct http_request *request); /* without a key: `interlude dev`; NULL: nobody */
};

/* Registers the address. Before the server starts. */
void invoke_init(struct http_server *server, const struct invoke_spec *spec);

/* For http_config: a request of this API that is too large or malformed; texts of the response lie in the arena. */
bool invoke_refusal(struct str path, unsigned status, struct arena *arena, struct http_response *response);

/* How a raw call ends whose caller waits; none of them ends the call. */
void invoke_answered(struct function_call *call, const struct http_response *response);
void invoke_failed(struct function_call *call, struct str reason); /* in the handler's own words */
void invoke_refused(struct function_call *call, enum refusal refusal);
void invoke_expired(struct function_call *call, struct http_request *request);

#endif
