/* SPDX-License-Identifier: MIT */
/*
 * The api threads: a small pool for work that blocks (handlers of the HTTP API, staging of files). Password hashing and
 * the like, which must not run twice at once because of its memory, goes through worker_post_serial.
 */
#ifndef LOOP_WORKER_H
#define LOOP_WORKER_H

#include "base/err.h"
#include "loop/inbox.h"

bool worker_start(unsigned thread_count, struct err *err) MUST_CHECK;
void worker_stop(void); /* finishes what is queued, then joins */

/* Any thread: `run` is called on one of the pool's threads. false: more than 4,096 wait already (answer 503). */
bool worker_post(struct message *message, void (*run)(struct message *message)) MUST_CHECK;

/* The same, but never two of these at a time. */
bool worker_post_serial(struct message *message, void (*run)(struct message *message)) MUST_CHECK;

/*
 * Index of the calling pool thread, 0 … thread_count-1: for per-thread things such as read connections. -1 elsewhere.
 */
int worker_index(void);

#endif
