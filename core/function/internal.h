/* SPDX-License-Identifier: MIT */
/* What call.c (http threads) and control.c (control thread) say to each other. */
#ifndef FUNCTION_INTERNAL_H
#define FUNCTION_INTERNAL_H

#include "function/stream.h"

struct scope;

/* The table and the streams of the calling http thread. */
struct seat {
    struct http_thread *thread;
    struct function_table *table; /* counted */
    struct list streams;          /* stream.in_seat */
};

/* ---- http threads */
void seat_set_table(struct seat *seat, struct function_table *table); /* takes over the reference */
void seat_add_stream(struct seat *seat, struct target *target, uint64_t runner, int fd);
void seat_fail_waiting(struct seat *seat, struct target *target);
void seat_close_streams(struct seat *seat, uint64_t runner, bool is_gone);

/* ---- any thread: asks control */
void control_ask_runner(struct target *target, uint64_t last_runner); /* the one whose stream the thread had; 0: none */
void control_tell_stuck(struct target *target, uint64_t runner);
void control_tell_finished(struct target *target, uint32_t slot);

void functions_control_init(size_t thread_count, struct scope *scope);

extern struct seat *function_seats; /* by index of the http thread */

#endif
