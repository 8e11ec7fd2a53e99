/* SPDX-License-Identifier: MIT */
/*
 * The stream from one http thread to one runner: function calls out, answers back. Its http thread only, unless said
 * otherwise.
 */
#ifndef FUNCTION_STREAM_H
#define FUNCTION_STREAM_H

#include "base/list.h"
#include "function/event.h"
#include "function/target.h"
#include "http/call.h"
#include "link/stream.h"

struct queue_job;
struct seat;

/* One request on its way through a function: somebody's who waits for the answer, or an attempt of a durable call. */
struct function_call {
    struct list link; /* in the seat's waiting list, or in the stream's pending one */
    struct target *target;
    struct stream *stream;  /* NULL: waits for one */
    struct http_call *http; /* NULL: a durable call */
    struct queue_job *job;  /* NULL: none, or its end was reported already */
    struct list in_jobs;    /* of the seat */
    struct stats_timing timing;
    char id[40];
    struct event_call event;
    uint32_t number; /* on the stream */
    uint32_t slot;
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
/* No new calls; ends when the pending ones are answered. */
void stream_drain(struct stream *stream);
/* The runner is gone: pending calls fail. */
void stream_fail(struct stream *stream);

/* call.c */
void function_call_answer(struct function_call *call, const struct link_received *received);
void function_call_fail(struct function_call *call, unsigned status, const char *body);
/* control.c; any thread */
void function_stream_ended(uint64_t runner);

#endif
