/* SPDX-License-Identifier: MIT */
/*
 * What callers of functions are told when the server itself answers (functions.md 1.8). Owns the table of status, text
 * and error type by kind of address. Any thread.
 */
#ifndef FUNCTION_REFUSE_H
#define FUNCTION_REFUSE_H

#include "base/str.h"

enum refusal {
    REFUSE_NOT_FOUND,
    REFUSE_NOT_FOUND_AS_AWS, /* custom.interlude.awsErrors */
    REFUSE_METHOD,           /* with Allow: routes/ only */
    REFUSE_KEY,              /* missing, unknown, disabled */
    REFUSE_RATE,
    REFUSE_QUOTA,
    REFUSE_UNAUTHORIZED, /* no token */
    REFUSE_DENIED,
    REFUSE_AUTHORIZER, /* it failed */
    REFUSE_TOO_LARGE,
    REFUSE_FAILED, /* handler error, crash, malformed result, module not there */
    REFUSE_TIMEOUT,
    REFUSE_CONCURRENCY,
    REFUSE_UNAVAILABLE, /* disabled after crashes; cannot be started */
};

struct refusal_text {
    unsigned status;
    struct str body;
    struct str error_type; /* x-amzn-errortype; empty: none */
};

struct refusal_text refusal_text(enum refusal refusal, bool answers_as_v2);

#endif
