/* SPDX-License-Identifier: MIT */
/* Counters of functions (stats.h). */
#include "function/stats.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

const uint32_t stats_bounds_us[STATS_BUCKETS - 1] = { 500,    1000,   2500,   5000,    10000,   25000,   50000,
                                                      100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000 };

static struct map blocks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct function_stats *_Atomic newest;
static _Atomic uint64_t newest_table;

struct function_stats *
stats_of(const char *name, const char *label)
{
    struct function_stats *stats;

    pthread_mutex_lock(&lock);
    stats = map_find(&blocks, str_of(name));
    if (!stats) {
        stats = mem_alloc(sizeof *stats);
        stats->name = mem_strdup(name);
        stats->label = mem_strdup(label ? label : name);
        stats->next = atomic_load(&newest);
        map_set(&blocks, str_of(name), stats);
        atomic_store(&newest, stats); /* complete by now */
    }
    pthread_mutex_unlock(&lock);
    return stats;
}

struct function_stats *
stats_find(const char *name)
{
    struct function_stats *stats;

    pthread_mutex_lock(&lock);
    stats = map_find(&blocks, str_of(name));
    pthread_mutex_unlock(&lock);
    return stats;
}

void
stats_new_table(void)
{
    atomic_fetch_add(&newest_table, 1);
}

void
stats_in_table(struct function_stats *stats)
{
    atomic_store(&stats->table, atomic_load(&newest_table));
}

bool
stats_is_live(const struct function_stats *stats)
{
    return atomic_load(&stats->table) == atomic_load(&newest_table) && atomic_load(&stats->table) > 0;
}

struct function_stats *
stats_first(void)
{
    return atomic_load(&newest);
}

static void
add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static void
count_status(struct function_stats *stats, uint32_t status)
{
    for (size_t i = 0; i < STATS_STATUSES; i++) {
        struct stats_status *place = &stats->statuses[i];
        uint32_t owner = atomic_load_explicit(&place->status, memory_order_relaxed);

        if (owner == 0 && atomic_compare_exchange_strong(&place->status, &owner, status))
            owner = status;
        if (owner == status) {
            add(&place->count, 1);
            return;
        }
    }
    add(&stats->other, 1);
}

static size_t
bucket_of(uint64_t us)
{
    size_t i = 0;

    while (i < STATS_BUCKETS - 1 && us > stats_bounds_us[i])
        i++;
    return i;
}

static int64_t
minute_now(void)
{
    return clock_wall_ms() / 60000;
}

static void
count_minute(struct function_stats *stats, bool is_error, uint64_t us)
{
    int64_t now = minute_now();
    struct stats_minute *place = &stats->minutes[now % STATS_MINUTES];
    int64_t owner = atomic_load_explicit(&place->minute, memory_order_relaxed);

    if (owner != now && atomic_compare_exchange_strong(&place->minute, &owner, now)) {
        atomic_store(&place->count, 0);
        atomic_store(&place->errors, 0);
        atomic_store(&place->sum_us, 0);
    }
    atomic_fetch_add_explicit(&place->count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&place->errors, is_error, memory_order_relaxed);
    add(&place->sum_us, us);
}

struct stats_tally *
stats_tally_new(void)
{
    struct stats_tally *tally = mem_alloc(sizeof *tally);

    atomic_init(&tally->refs, 1);
    return tally;
}

struct stats_tally *
stats_tally_get(struct stats_tally *tally)
{
    atomic_fetch_add_explicit(&tally->refs, 1, memory_order_relaxed);
    return tally;
}

void
stats_tally_put(struct stats_tally *tally)
{
    if (atomic_fetch_sub_explicit(&tally->refs, 1, memory_order_acq_rel) == 1)
        free(tally);
}

static void
count_tally(struct stats_tally *tally, unsigned status)
{
    if (!tally)
        return;
    atomic_fetch_add(&tally->requests, 1); /* before its error: see watch.c */
    if (status >= 500)
        atomic_fetch_add(&tally->errors, 1);
}

void
stats_begin(struct stats_timing *timing, struct function_stats *stats, struct stats_tally *tally)
{
    *timing = (struct stats_timing){ stats, tally, clock_mono_us() };
    if (stats)
        add(&stats->started, 1);
}

void
stats_end(struct stats_timing *timing, unsigned status)
{
    struct function_stats *stats = timing->stats;
    bool is_error = status >= 500;
    uint64_t us;

    if (!stats)
        return;
    timing->stats = NULL;
    us = (uint64_t)(clock_mono_us() - timing->began_us);
    count_status(stats, status);
    count_tally(timing->tally, status);
    add(&stats->ended, 1);
    add(&stats->errors, is_error);
    add(&stats->sum_us, us);
    add(&stats->buckets[bucket_of(us)], 1);
    count_minute(stats, is_error, us);
}

void
stats_refused(struct function_stats *stats, struct stats_tally *tally, unsigned status)
{
    if (!stats)
        return;
    count_status(stats, status);
    count_tally(tally, status);
}

void
stats_minutes(const struct function_stats *stats, struct stats_sample *samples, size_t count)
{
    int64_t now = minute_now();

    for (size_t i = 0; i < count; i++) {
        int64_t minute = now - (int64_t)(count - 1 - i);
        const struct stats_minute *place = &stats->minutes[minute % STATS_MINUTES];

        samples[i] = (struct stats_sample){ 0 };
        if (atomic_load(&place->minute) == minute)
            samples[i] = (struct stats_sample){ atomic_load(&place->count), atomic_load(&place->errors),
                                                atomic_load(&place->sum_us) };
    }
}
