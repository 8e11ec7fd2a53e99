/* SPDX-License-Identifier: MIT */
/* What a durable call says about itself: headers that are checked, and refused, in the order of functions.md 3.2. */
#ifndef FUNCTION_WISH_H
#define FUNCTION_WISH_H

#include "function/stream.h"
#include "queue/settings.h"

enum { WISH_MAX_ID = 128 };

struct wish {
    const struct queue_function_settings *settings; /* counted */
    struct arena arena;
    struct str id, key, ordering; /* p NULL: none */
    struct str callback_url;
    int64_t delay_ms;
    uint32_t depth; /* how many callbacks led to it */
};

/* http threads. false: the call was refused, and has ended. Texts are those of the request. wish_fini in any case. */
bool wish_read(struct wish *wish, struct function_call *call, struct http_request *request) MUST_CHECK;
void wish_fini(struct wish *wish);

#endif
