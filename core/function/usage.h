/* SPDX-License-Identifier: MIT */
/*
 * What a key may use: a token bucket and a quota by day, week or month (functions.md 1.11). One block of atomics per
 * key, which all http threads change and control writes to the store now and then (key.h).
 */
#ifndef FUNCTION_USAGE_H
#define FUNCTION_USAGE_H

#include <stdatomic.h>

#include "function/service.h"

struct usage_plan {
    int64_t rate_milli;  /* calls in 1,000 s; 0: no throttle */
    int64_t burst;       /* at least 1 */
    int64_t quota_limit; /* negative: no quota */
    enum service_period period;
    uint32_t offset_days; /* the period begins so many days late: the first one is shorter */
};

struct usage {
    atomic_uint refs;
    _Atomic int64_t full_at;  /* monotonic ns: when the bucket is full again */
    _Atomic uint64_t counted; /* the day the period began, and above it how many calls (usage.c) */
    int64_t saved_day, saved; /* control: what the store knows */
};

enum usage_verdict { USAGE_GOOD, USAGE_OVER_RATE, USAGE_OVER_QUOTA };

struct usage *usage_new(void);
struct usage *usage_get(struct usage *usage);
void usage_put(struct usage *usage); /* NULL is fine */

/* Any thread: one more call. What is refused is not counted. */
enum usage_verdict usage_take(struct usage *usage, const struct usage_plan *plan, int64_t mono_ns, int64_t wall_ms);

/* The day (since 1970-01-01, UTC) on which the period of that instant began. */
int64_t usage_period_day(const struct usage_plan *plan, int64_t wall_ms);

/* ---- control: between memory and store */

void usage_restore(struct usage *usage, int64_t day, int64_t used); /* before the first call */

/* What the store does not know yet. 0: nothing. */
int64_t usage_unsaved(const struct usage *usage, int64_t *day);

/* It does now: `sum` is what all servers used together, and counts here from now on. */
void usage_saved(struct usage *usage, int64_t day, int64_t unsaved, int64_t sum);

#endif
