/* SPDX-License-Identifier: MIT */
/*
 * Authorizers that are functions (functions.md 1.12): what they are asked, and what their answer means. Asking them is
 * admit.c; tokens that need no function are jwt.h.
 */
#ifndef FUNCTION_AUTHORIZER_H
#define FUNCTION_AUTHORIZER_H

#include "function/stream.h"
#include "json/read.h"

/* The request that somebody has to decide about. Http thread; everything made lies in the arena. */
struct authorizer_case {
    struct arena *arena;
    const struct service *service;
    const struct service_authorizer *authorizer;
    uint64_t version; /* of the function that decides; 0: none does */
    const struct function_call *call;
    struct http_request *request;
};

enum { AUTHORIZER_MAX_SOURCES = 16 };

struct identity {
    struct str values[AUTHORIZER_MAX_SOURCES];
    size_t count;
};

/* The values of its identity sources. false: one is not there, so nobody has to be asked. */
bool authorizer_identity(const struct authorizer_case *which, struct identity *identity) MUST_CHECK;

/* What its answer is remembered by, as long as the same code would give it. p NULL: it must not be remembered. */
struct str authorizer_cache_key(const struct authorizer_case *which, const struct identity *identity);

/* The name that policies have for this call: "arn:aws:execute-api:local:000000000000:shop/dev/GET/quote/7". */
struct str authorizer_arn(const struct authorizer_case *which);

/* JSON. p NULL: there is too much in the request. */
struct str authorizer_event(const struct authorizer_case *which, const struct identity *identity);

enum authorizer_verdict {
    AUTHORIZER_ALLOWS,
    AUTHORIZER_DENIES,
    AUTHORIZER_KNOWS_NOBODY, /* the handler answered 401: where JavaScript throws "Unauthorized" */
    AUTHORIZER_FAILED,       /* err: what is wrong */
};

/* Reads an answer; *context is what the function is told of the caller, JSON. Any thread. */
enum authorizer_verdict authorizer_judge(struct arena *arena, const struct service_authorizer *authorizer,
                                         struct str answer, struct str arn, struct str *context, struct err *err);

#endif
