/* SPDX-License-Identifier: MIT */
/* Counters of functions: what counts once, what is told apart, what is forgotten. */
#include "function/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static uint64_t
count_of(const struct function_stats *stats, uint32_t status)
{
    for (size_t i = 0; i < STATS_STATUSES; i++)
        if (stats->statuses[i].status == status)
            return stats->statuses[i].count;
    return 0;
}

static void
counts_ends_once(void **state)
{
    struct function_stats *stats = stats_of("once", NULL);
    struct stats_timing timing;

    (void)state;
    stats_begin(&timing, stats, NULL);
    assert_int_equal(stats->started, 1);
    assert_int_equal(stats->ended, 0);
    stats_end(&timing, 504);
    stats_end(&timing, 200); /* it came after all */
    assert_int_equal(stats->ended, 1);
    assert_int_equal(stats->errors, 1);
    assert_int_equal(count_of(stats, 504), 1);
    assert_int_equal(count_of(stats, 200), 0);
    stats_refused(stats, NULL, 429);
    assert_int_equal(count_of(stats, 429), 1);
    assert_int_equal(stats->ended, 1);
    stats_refused(NULL, NULL, 429);
}

static void
one_block_per_name(void **state)
{
    struct function_stats *first = stats_of("shop-dev-quote", "quote.shop"), *other = stats_of("other", NULL);
    size_t seen = 0;

    (void)state;
    assert_ptr_equal(stats_of("shop-dev-quote", NULL), first);
    assert_string_equal(first->label, "quote.shop");
    assert_string_equal(other->label, "other");
    for (struct function_stats *stats = stats_first(); stats; stats = stats->next)
        seen += stats == first || stats == other;
    assert_int_equal(seen, 2);
}

static void
more_statuses_than_places(void **state)
{
    struct function_stats *stats = stats_of("many", NULL);
    uint64_t sum = 0;

    (void)state;
    for (uint32_t status = 100; status < 100 + STATS_STATUSES + 5; status++)
        stats_refused(stats, NULL, status);
    for (size_t i = 0; i < STATS_STATUSES; i++)
        sum += stats->statuses[i].count;
    assert_int_equal(sum, STATS_STATUSES);
    assert_int_equal(stats->other, 5);
}

static void
durations_and_minutes(void **state)
{
    struct function_stats *stats = stats_of("slow", NULL);
    struct stats_sample samples[STATS_MINUTES];
    struct stats_timing timing;
    uint32_t count = 0, errors = 0;
    int64_t now = clock_wall_ms() / 60000;

    (void)state;
    stats_begin(&timing, stats, NULL);
    timing.began_us -= 40000; /* the bucket up to 50 ms */
    stats_end(&timing, 500);
    assert_int_equal(stats->buckets[6], 1);
    stats_begin(&timing, stats, NULL);
    timing.began_us -= 60 * 1000000;
    stats_end(&timing, 200);
    assert_int_equal(stats->buckets[STATS_BUCKETS - 1], 1);
    stats->minutes[(now + 30) % STATS_MINUTES].minute = now - 90; /* an hour and a half ago: it is not shown */
    stats->minutes[(now + 30) % STATS_MINUTES].count = 1000;
    stats_minutes(stats, samples, STATS_MINUTES);
    for (size_t i = 0; i < STATS_MINUTES; i++) {
        count += samples[i].count;
        errors += samples[i].errors;
    }
    assert_int_equal(count, 2);
    assert_int_equal(errors, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_ends_once),
        cmocka_unit_test(one_block_per_name),
        cmocka_unit_test(more_statuses_than_places),
        cmocka_unit_test(durations_and_minutes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
