/* SPDX-License-Identifier: MIT */
/*
 * What a runner is told about a call besides the request itself, so that it can build a Lambda event and fill the
 * context accessors (link/frame.h: context pairs). Owns the names of the keys on the server's side; the event itself is
 * written by runtime/event.c, and only when a handler asks for it.
 */
#ifndef FUNCTION_EVENT_H
#define FUNCTION_EVENT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum event_kind {
    EVENT_V2,       /* httpApi, and functions in routes/ */
    EVENT_V1,       /* http */
    EVENT_V1_NAMED, /* httpApi with payload: '1.0': v1 and its version */
    EVENT_RAW,      /* the body is the event: invoke API, schedules, sqs */
};

/* The same for every call of one endpoint. NULL and 0: not known, left out. */
struct event_source {
    enum event_kind kind;
    const char *method, *path; /* as declared: "ANY", "/quote/{id}"; path NULL: $default */
    const char *stage, *account, *api_id, *region;
    const char *function_name, *function_version; /* "shop-dev-quote", "$LATEST" */
    const char *binary_types;                     /* comma list: "image/png,audio/mpeg" */
    uint32_t memory_mb;
};

/* Appends the pairs; the block is made once and copied into the frame of each call. */
void event_context_put(struct buf *block, const struct event_source *source);

/* One pair of a path parameter or of the context; the value is copied as it is. */
void event_pair_put(struct buf *block, struct str name, struct str value);

/* What one call adds. Texts are borrowed until the request has left (stream_send). */
struct event_call {
    struct str context; /* the block of its endpoint */
    struct str params;  /* event_pair_put for each path parameter, decoded */
    uint32_t param_count;
    uint32_t base_len;     /* of the raw path: "/fn/shop/dev", what stands before the function's own path */
    uint32_t timeout_ms;   /* 0: none */
    struct str authorizer; /* JSON object; v1 flat with principalId, v2 {"lambda":{…}} or {"jwt":{…}} */
    struct str api_key, api_key_id;
    struct str client_context; /* JSON, of the invoke API */
};

#endif
