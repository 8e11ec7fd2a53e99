/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request of a function: what il_request and il_response are, unpacking a LINK_FUNCTION frame, and the
 * functions about requests that api.c puts into the table. Answers are response.h, events event.h; reading and writing
 * the stream is function.c.
 */
#ifndef RUNTIME_REQUEST_H
#define RUNTIME_REQUEST_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "interlude.h"
#include "link/frame.h"
#include "runtime/port.h"

enum {
    REQUEST_ARENA_MAX = 64 << 20,
    RESPONSE_MAX_BODY = 10 << 20,
    RESPONSE_MAX_HEADS = 64 << 10,
    RESPONSE_MAX_HEADERS = LINK_MAX_HEADERS - 1
};

struct il_request {
    struct arena arena;
    const char *method, *path, *query; /* into the frame */
    uint32_t base_len;                 /* of the path: what stands before the function's own */
    const char *headers, *params;      /* pairs, each NUL-terminated */
    uint32_t header_count, param_count;
    struct str context; /* pairs too, up to its end */
    int64_t time_ms, deadline_ms;
    il_str body;
    atomic_bool is_canceled; /* by any thread */
    il_call_info info;       /* call_info.c; size 0: not asked for yet */
    bool has_event, is_event_too_large;
    struct buf event; /* event.c */
};

struct il_response {
    int status; /* 0: not set yet */
    uint32_t header_count;
    struct buf heads; /* pairs, each NUL-terminated */
    char *type;       /* content-type; NULL: none. In the request's arena */
    struct buf body;
    bool is_result;      /* the body is a result already, for who invoked it without HTTP */
    const char *problem; /* why the handler's result is none; NULL: nothing is wrong */
    struct il_request *request;
};

/* ---- api.c */
const char *request_method(il_request *req);
const char *request_path(il_request *req);
const char *request_path_param(il_request *req, const char *name);
const char *request_query(il_request *req, const char *name);
const char *request_header(il_request *req, const char *name);
il_str request_body(il_request *req);
const char *request_context(const il_request *req, const char *key); /* of frame.h; NULL: not told */
char *request_format(il_request *req, const char *format, ...) PRINTF_LIKE(2, 3);
const char *request_query_at(il_request *req, const char *name, size_t index);
const char *request_header_at(il_request *req, const char *name, size_t index);

/* A part of the query without its escapes, NUL-terminated behind .len. p NULL: no memory. */
struct str request_decode(il_request *req, struct str text);

/* ---- function.c: the pair is made once per thread and used for one request after the other */
void request_init(struct il_request *req, struct il_response *res);
void request_fini(struct il_request *req, struct il_response *res);

/*
 * Points req into the payload of the frame, which must stay until request_done. fd: the sealed memfd with the body,
 * or -1; stays the caller's. false: a malformed frame, or a body that is not sealed.
 */
bool request_parse(struct il_request *req, struct str payload, int fd, struct err *err) MUST_CHECK;

/* response.c: runs the handler and queues the answer to `call`. */
void request_run(struct il_request *req, struct il_response *res, const il_route *route, const struct link_frame *call,
                 struct port *port);

/* Queues an answer that says why there is none: http_status 0, `reason` for the server's log. */
void request_refuse(const struct link_frame *call, const char *reason, struct port *port);

void request_done(struct il_request *req, struct il_response *res); /* forgets the request, keeps some memory */

#endif
