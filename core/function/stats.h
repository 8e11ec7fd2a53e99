/* SPDX-License-Identifier: MIT */
/*
 * What is counted about each function: one block per name, which outlives the versions of the function and is never
 * freed. Http threads count with relaxed atomics, anybody reads at any time; numbers that belong together may be one
 * call apart.
 */
#ifndef FUNCTION_STATS_H
#define FUNCTION_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STATS_STATUSES = 32, /* different ones that are told apart; further ones count as 0 */
    STATS_BUCKETS = 15,  /* of the durations, the last one without a bound */
    STATS_MINUTES = 60,
};

/* Upper bounds of the buckets but the last: microseconds. */
extern const uint32_t stats_bounds_us[STATS_BUCKETS - 1];

struct stats_status {
    _Atomic uint32_t status; /* 0: this place and all behind it are free */
    _Atomic uint64_t count;
};

struct stats_minute {
    _Atomic int64_t minute; /* since 1970; the place belongs to one of every STATS_MINUTES */
    _Atomic uint32_t count, errors;
    _Atomic uint64_t sum_us;
};

struct function_stats {
    const char *name;       /* slug, or deployed name */
    const char *label;      /* as metrics have it: "quote.shop" */
    _Atomic uint64_t table; /* the newest one it was in: stats_new_table */
    _Atomic uint64_t started, ended, errors, sum_us;
    _Atomic uint64_t other; /* ended with a status for which there was no place */
    struct stats_status statuses[STATS_STATUSES];
    _Atomic uint64_t buckets[STATS_BUCKETS]; /* each counts its own durations only */
    struct stats_minute minutes[STATS_MINUTES];
    struct function_stats *next; /* made before */
};

/* The block of a function, made at its first use. label: of a new one; NULL: the name. Any thread; takes a lock. */
struct function_stats *stats_of(const char *name, const char *label);

/* NULL: there is none of that name. Any thread; takes a lock. */
struct function_stats *stats_find(const char *name);

/* Control: what is in the newest table of functions can be called. */
void stats_new_table(void);
void stats_in_table(struct function_stats *stats);
bool stats_is_live(const struct function_stats *stats);

/* The newest block; the others by ->next. Any thread. */
struct function_stats *stats_first(void);

/* What the functions of one version of a service have answered together, while somebody watches. Any thread. */
struct stats_tally {
    atomic_uint refs;
    _Atomic uint64_t requests, errors; /* that are over; with a 5xx */
};

struct stats_tally *stats_tally_new(void); /* one reference */
struct stats_tally *stats_tally_get(struct stats_tally *tally);
void stats_tally_put(struct stats_tally *tally);

/* One call, or one attempt of a durable one. */
struct stats_timing {
    struct function_stats *stats; /* NULL: nothing is counted (any more) */
    struct stats_tally *tally;    /* NULL: nobody watches; outlives the call */
    int64_t began_us;
};

void stats_begin(struct stats_timing *timing, struct function_stats *stats, struct stats_tally *tally);
void stats_end(struct stats_timing *timing, unsigned status); /* only the first end of a call counts */

/* It was refused before it began: its status counts, no duration does. */
void stats_refused(struct function_stats *stats, struct stats_tally *tally, unsigned status);

/* What the last `count` minutes (at most STATS_MINUTES) were like, oldest first; the last one is the present one. */
struct stats_sample {
    uint32_t count, errors;
    uint64_t sum_us;
};
void stats_minutes(const struct function_stats *stats, struct stats_sample *samples, size_t count);

#endif
