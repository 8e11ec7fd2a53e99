/* SPDX-License-Identifier: MIT */
/* What a key may use (usage.h). */
#include "function/usage.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

/* counted: the day in the upper 20 bits, the calls below, so that both change at once. */
enum { CALL_BITS = 44, DAY_MS = 24 * 60 * 60 * 1000, DAY_S = 24 * 60 * 60 };
static const uint64_t CALL_MASK = (UINT64_C(1) << CALL_BITS) - 1;

static uint64_t
pack(int64_t day, int64_t calls)
{
    return (uint64_t)day << CALL_BITS | (uint64_t)calls;
}

static int64_t
day_of(uint64_t counted)
{
    return (int64_t)(counted >> CALL_BITS);
}

static int64_t
calls_of(uint64_t counted)
{
    return (int64_t)(counted & CALL_MASK);
}

struct usage *
usage_new(void)
{
    struct usage *usage = mem_alloc(sizeof *usage);

    usage->refs = 1;
    return usage;
}

struct usage *
usage_get(struct usage *usage)
{
    atomic_fetch_add_explicit(&usage->refs, 1, memory_order_relaxed);
    return usage;
}

void
usage_put(struct usage *usage)
{
    if (usage && atomic_fetch_sub(&usage->refs, 1) == 1)
        free(usage);
}

static int64_t
month_day(int64_t day, uint32_t offset)
{
    time_t at = (time_t)(day * DAY_S);
    struct tm date;

    gmtime_r(&at, &date);
    if (date.tm_mday <= (int)offset)
        date.tm_mon--; /* timegm takes -1 for December */
    date.tm_mday = 1 + (int)offset;
    return (int64_t)timegm(&date) / DAY_S;
}

int64_t
usage_period_day(const struct usage_plan *plan, int64_t wall_ms)
{
    int64_t day = wall_ms / DAY_MS;

    switch (plan->period) {
    case PERIOD_WEEK: /* from Sunday; 1970-01-01 was a Thursday */
        return day - (day + 4 + 7 - plan->offset_days % 7) % 7;
    case PERIOD_MONTH:
        return month_day(day, plan->offset_days);
    case PERIOD_DAY:
    default:
        return day;
    }
}

/* Counts a call of the current period; false: the quota is used up. */
static bool
count(struct usage *usage, const struct usage_plan *plan, int64_t day)
{
    uint64_t old = atomic_load_explicit(&usage->counted, memory_order_relaxed), new;

    do {
        int64_t calls = day_of(old) == day ? calls_of(old) : 0;

        if (calls >= plan->quota_limit)
            return false;
        new = pack(day, calls + 1);
    } while (
        !atomic_compare_exchange_weak_explicit(&usage->counted, &old, new, memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* The call did not take place. */
static void
uncount(struct usage *usage, int64_t day)
{
    uint64_t old = atomic_load_explicit(&usage->counted, memory_order_relaxed);

    while (day_of(old) == day && calls_of(old) > 0 &&
           !atomic_compare_exchange_weak_explicit(&usage->counted, &old, old - 1, memory_order_relaxed,
                                                  memory_order_relaxed))
        ;
}

/*
 * The bucket as one number (GCRA): each call moves the moment at which it is full again by the time that one token
 * needs; it must not move further away than the whole bucket takes.
 */
static bool
take_token(struct usage *usage, const struct usage_plan *plan, int64_t now)
{
    int64_t each = INT64_C(1000000000000) / plan->rate_milli, most, next;
    int64_t old = atomic_load_explicit(&usage->full_at, memory_order_relaxed);

    if (each == 0)
        each = 1;
    if (__builtin_mul_overflow(each, plan->burst, &most) || most > INT64_MAX / 4)
        most = INT64_MAX / 4;
    do {
        next = (old > now ? old : now) + each;
        if (next - now > most)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&usage->full_at, &old, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

enum usage_verdict
usage_take(struct usage *usage, const struct usage_plan *plan, int64_t mono_ns, int64_t wall_ms)
{
    bool has_quota = plan->quota_limit >= 0;
    int64_t day = has_quota ? usage_period_day(plan, wall_ms) : 0;

    if (has_quota && !count(usage, plan, day))
        return USAGE_OVER_QUOTA;
    if (plan->rate_milli > 0 && !take_token(usage, plan, mono_ns)) {
        if (has_quota)
            uncount(usage, day);
        return USAGE_OVER_RATE;
    }
    return USAGE_GOOD;
}

void
usage_restore(struct usage *usage, int64_t day, int64_t used)
{
    atomic_store_explicit(&usage->counted, pack(day, used), memory_order_relaxed);
    usage->saved_day = day;
    usage->saved = used;
}

int64_t
usage_unsaved(const struct usage *usage, int64_t *day)
{
    uint64_t counted = atomic_load_explicit(&usage->counted, memory_order_relaxed);
    int64_t saved = day_of(counted) == usage->saved_day ? usage->saved : 0;

    *day = day_of(counted);
    return calls_of(counted) - saved;
}

void
usage_saved(struct usage *usage, int64_t day, int64_t unsaved, int64_t sum)
{
    int64_t before = day == usage->saved_day ? usage->saved : 0, others = sum - before - unsaved;
    uint64_t old = atomic_load_explicit(&usage->counted, memory_order_relaxed);

    usage->saved_day = day;
    usage->saved = sum;
    while (others && day_of(old) == day &&
           !atomic_compare_exchange_weak_explicit(&usage->counted, &old, pack(day, calls_of(old) + others),
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}
