/* SPDX-License-Identifier: MIT */
/*
 * The breaker of one route: from the third crash within ten seconds the route is disabled; after 1, 2, 4 … 30 s one
 * call is let through to try. A trial that tells nothing (a person left, a form stays open) does not hold up the next
 * one for longer than that again. Pure arithmetic on times that the caller passes (monotonic, ms); owns no timer.
 */
#ifndef HOST_BREAKER_H
#define HOST_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_CRASHES = 3,
    BREAKER_WINDOW_MS = 10 * 1000,
    BREAKER_FIRST_WAIT_MS = 1000,
    BREAKER_LONGEST_WAIT_MS = 30 * 1000
};

struct breaker {
    int64_t crashes[BREAKER_CRASHES]; /* ring of the last crash times, 0: none */
    unsigned next;
    bool is_open;
    int64_t until; /* open: when the next trial is allowed */
    int64_t wait_ms;
};

/* May a call start now? When open and the wait is over this allows exactly one, the trial. */
bool breaker_allow(struct breaker *breaker, int64_t now);
/* As allow, without taking the trial. 0: a call would be allowed now; else ms to wait. */
int64_t breaker_wait_ms(const struct breaker *breaker, int64_t now);
void breaker_crashed(struct breaker *breaker, int64_t now);
void breaker_finished(struct breaker *breaker); /* a run ended without a crash: closed again */
/* The trial ended without saying anything about the route (cancelled before it ran): let another one try. */
void breaker_trial_void(struct breaker *breaker);

#endif
