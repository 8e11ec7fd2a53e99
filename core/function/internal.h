/* SPDX-License-Identifier: MIT */
/* What call.c, arrival.c (http threads) and control.c (control thread) say to each other. */
#ifndef FUNCTION_INTERNAL_H
#define FUNCTION_INTERNAL_H

#include "base/map.h"
#include "function/stream.h"
#include "queue/engine.h"

struct http_server;
struct live_service;
struct scope;

enum { FUNCTION_TIMEOUT_MS = 29 * 1000 };

/* The table and the streams of the calling http thread. */
struct seat {
    struct http_thread *thread;
    struct function_table *table; /* counted */
    struct list streams;          /* stream.in_seat */
    struct list jobs;             /* function_call.in_jobs: durable calls that run */
    struct queue_batch accepted;  /* durable calls of this turn of the loop … */
    struct http_turn flush;       /* … which become durable together at its end */
};

/* ---- http threads */
void seat_set_table(struct seat *seat, struct function_table *table); /* takes over the reference */
void seat_add_stream(struct seat *seat, struct target *target, uint64_t runner, int fd);
void seat_fail_waiting(struct seat *seat, struct target *target);
void seat_close_streams(struct seat *seat, uint64_t runner, bool is_gone);

struct seat *seat_here(void);
/*
 * May one more call of it begin? Its module is there. FUNCTION_ENTERED: its place is counted, and function_call_begin
 * must follow; FUNCTION_PAUSED: the breaker is open for *wait_ms.
 */
enum function_entry { FUNCTION_ENTERED, FUNCTION_FULL, FUNCTION_PAUSED };
enum function_entry function_enter(const struct function *function, bool *is_trial, int64_t *wait_ms);
/*
 * A new call of an endpoint of this table, which has not begun. Takes what the match says of parameters; found may be
 * NULL.
 */
struct function_call *function_call_new(struct function_table *table, const struct endpoint *endpoint,
                                        const struct endpoint_match *found);
/* Its caller waits from now on, limit_ms at most. */
void function_call_hold(struct function_call *call, struct http_request *request, int64_t limit_ms);
/* Begins, or is refused. */
void function_call_start(struct function_call *call);
/* It gets its target and goes to a runner, or waits for one. It has entered the function. */
void function_call_begin(struct function_call *call);
/* An attempt that ends without having begun, or a call that was kept for later. */
void function_call_free(struct function_call *call);
/* Whoever waited for it has been told; why: "it took longer …". */
void function_call_expired(struct function_call *call, const char *why);
/* Why, in the server's log and in the function's. */
void function_call_note_failure(const struct function_call *call, const char *why);

/* The way of a durable call: async.c, then attempt.c */
void async_take(struct function_call *call);
void async_flush(struct http_turn *turn);
void async_answered(struct function_call *call, const struct http_response *response);
void async_lost(struct function_call *call, const char *error);

/* ---- control thread */
uint32_t function_room(const char *fn, int64_t *wait_ms);
uint32_t function_timeout_ms(const char *fn);

/* A table that no thread has, and the targets of its functions. */
struct unpublished {
    struct list link;
    struct map targets; /* version pointer -> struct target, counted */
    struct function_table *table;
};
/* All of `versions` get a target, for their streams; one that is published before the end keeps it. */
void control_prepare_table(struct unpublished *prepared, const struct live_service *live,
                           struct version *const *versions, size_t version_count);
void control_drop_table(struct unpublished *prepared);

/* ---- any thread: asks control */
void control_ask_runner(struct target *target, uint64_t last_runner); /* the one whose stream the thread had; 0: none */
void control_tell_stuck(struct target *target, uint64_t runner);
void control_tell_finished(struct target *target, uint32_t slot);

void functions_control_init(size_t thread_count, struct scope *scope, bool is_strict);

extern struct seat *function_seats; /* by index of the http thread */
extern size_t function_seat_count;

#endif
