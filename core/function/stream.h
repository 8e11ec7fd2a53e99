/* SPDX-License-Identifier: MIT */
/*
 * The stream from one http thread to one runner: function calls out, answers back. Its http thread only, unless said
 * otherwise.
 */
#ifndef FUNCTION_STREAM_H
#define FUNCTION_STREAM_H

#include "base/list.h"
#include "function/endpoint.h"
#include "function/refuse.h"
#include "http/call.h"
#include "link/stream.h"

struct grant;
struct queue_job;
struct rehearsal_call;
struct seat;

/* What a call from inside ended with; error NULL: it answered. response of a rehearsal: what a caller would get. */
typedef void function_invoked(void *arg, const struct http_response *response, const char *error);

/*
 * One request on its way through a function: somebody's who waits for the answer, an attempt of a durable call, or one
 * from inside (function_invoke).
 */
struct function_call {
    struct list link;             /* in the seat's waiting list, or in the stream's pending one */
    struct function_table *table; /* counted: the endpoint lives in it */
    const struct endpoint *endpoint;
    struct target *target;            /* NULL: it has not begun yet */
    struct stream *stream;            /* NULL: waits for one */
    struct http_call *http;           /* NULL: nobody waits at a connection */
    struct queue_job *job;            /* NULL: none, or its end was reported already */
    struct list in_jobs;              /* of the seat */
    struct rehearsal_call *rehearsal; /* rehearsal.h; NULL: it is none */
    function_invoked *done;           /* a call from inside; NULL: none, or told already */
    void *done_arg;
    struct str raw;              /* the event of a call from inside */
    struct function_call *inner; /* the one it waits for before it may begin */
    struct function_call *outer; /* and the other way round */
    struct grant *grant;         /* admit.h: what the caller showed; NULL: nothing was asked for */
    struct stats_timing timing;
    char id[40];
    struct str path; /* as endpoint_match.path; of an http request */
    struct event_call event;
    char *memory;    /* what event.params and raw point to */
    uint32_t number; /* on the stream */
    uint32_t slot;
    int64_t init_us; /* how long it waited for its process to start */
    int64_t came_us; /* of an address with an access log */
    bool is_async;   /* to be kept and run later */
    bool is_refused; /* its answer is ours, not the function's */
    bool wants_log;  /* invoke API: its answer carries the end of the function's log */
    bool is_trial;   /* the breaker let it through to try */
    bool is_expired; /* the client got its 504; only the runner still works on it */
};

struct stream {
    struct list in_seat;
    struct http_thread *thread;
    struct target *target; /* counted */
    uint64_t runner;       /* its serial: a name for control */
    struct http_watch *watch;
    struct link_in in;
    struct link_out out;
    struct http_turn flush;
    struct list pending;
    uint32_t last_number;
    bool is_closing, is_waiting_writable;
};

struct stream *stream_new(struct seat *seat, struct target *target, uint64_t runner, int fd);
void stream_send(struct stream *stream, struct function_call *call);
/* Nobody waits for the call any more: its handler may look. */
void stream_cancel(struct stream *stream, const struct function_call *call);
/* No new calls; ends when the pending ones are answered. */
void stream_drain(struct stream *stream);
/* The runner is gone: pending calls fail. */
void stream_fail(struct stream *stream);

/* call.c */
void function_call_answer(struct function_call *call, const struct link_received *received);
void function_refuse(struct function_call *call, enum refusal refusal); /* ends the call */
/* control.c; any thread */
void function_stream_ended(uint64_t runner);

#endif
