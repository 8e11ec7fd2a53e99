/* SPDX-License-Identifier: MIT */
/*
 * The Lambda-proxy event of a request (functions.md 1.5, 1.6), written when a handler asks for it, and what a handler
 * may know of its call (call_info.c). What comes back is lambda.h.
 */
#ifndef RUNTIME_EVENT_H
#define RUNTIME_EVENT_H

#include "runtime/request.h"

/* Of the event and of a result, in bytes: those of AWS Lambda (functions.md 1.9). */
enum { EVENT_MAX = 6291456, RESULT_MAX = 6291556 };

enum event_kind {
    EVENT_V2,       /* httpApi, and what is not told */
    EVENT_V1,       /* http */
    EVENT_V1_NAMED, /* httpApi with payload 1.0 */
    EVENT_RAW,      /* the body is the event */
};

enum event_kind event_kind(const il_request *req);

/* ---- api.c */
il_str event_json(il_request *req);
const il_call_info *call_info(il_request *req);
int64_t call_remaining_ms(il_request *req);
bool call_is_canceled(il_request *req);

/* The other name of a trace, for who knows only that: made from X-Amzn-Trace-Id. NULL: not needed, or impossible. */
const char *call_traceparent(il_request *req);

#endif
