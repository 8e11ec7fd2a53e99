/* SPDX-License-Identifier: MIT */
/*
 * Loading state and log of one run. Changes of the loading state within 100 ms leave as one message, sent by a thread
 * of this process that exists from the first il_loading_* on; it must not outlive what it points to: progress_stop
 * before the run ends or asks.
 */
#ifndef RUNTIME_PROGRESS_H
#define RUNTIME_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct run;

struct progress {
    atomic_uint log_count;
    /* the rest is guarded by progress.c's lock */
    struct list pending; /* among the runs whose change has not been sent; zero: never used */
    int64_t due_ms;      /* monotonic */
    struct run *run;
    char *label, *description; /* malloc; NULL: not given */
    uint32_t items, done;
    bool is_started;
};

/* Forgets a change that was not sent: something newer is on the screen. Any thread. */
void progress_drop(struct progress *progress);
void progress_fini(struct progress *progress);

#endif
