/* SPDX-License-Identifier: MIT */
/* Buckets and quotas of keys (functions.md 1.11, F7). */
#include "function/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"

enum { MS = 1000000 };

static int64_t
day(int year, int month, int mday)
{
    struct tm date = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = mday };

    return (int64_t)timegm(&date) / 86400;
}

static int64_t
noon(int year, int month, int mday)
{
    return (day(year, month, mday) * 86400 + 43200) * 1000;
}

static void
f7_periods_begin_in_utc(void **state)
{
    static const struct {
        enum service_period period;
        uint32_t offset;
        int now[3], begin[3];
    } cases[] = {
        { PERIOD_DAY, 0, { 2026, 11, 21 }, { 2026, 11, 21 } },
        { PERIOD_WEEK, 0, { 2026, 11, 21 }, { 2026, 11, 15 } }, /* a Saturday */
        { PERIOD_WEEK, 0, { 2026, 11, 22 }, { 2026, 11, 22 } },
        { PERIOD_WEEK, 1, { 2026, 11, 22 }, { 2026, 11, 16 } },
        { PERIOD_WEEK, 6, { 2026, 11, 21 }, { 2026, 11, 21 } },
        { PERIOD_MONTH, 0, { 2026, 11, 21 }, { 2026, 11, 1 } },
        { PERIOD_MONTH, 20, { 2026, 11, 21 }, { 2026, 11, 21 } },
        { PERIOD_MONTH, 21, { 2026, 11, 21 }, { 2026, 10, 22 } },
        { PERIOD_MONTH, 27, { 2027, 1, 3 }, { 2026, 12, 28 } },
        { PERIOD_MONTH, 27, { 2027, 3, 1 }, { 2027, 2, 28 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct usage_plan plan = { .period = cases[i].period, .offset_days = cases[i].offset };
        const int *now = cases[i].now, *begin = cases[i].begin;

        assert_int_equal(usage_period_day(&plan, noon(now[0], now[1], now[2])), day(begin[0], begin[1], begin[2]));
    }
}

static void
f7_a_burst_then_the_rate(void **state)
{
    static const struct usage_plan plan = { .rate_milli = 10000, .burst = 3, .quota_limit = -1 }; /* 10 per second */
    struct usage *usage = usage_new();
    int64_t now = INT64_C(1000) * 1000 * MS;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(usage_take(usage, &plan, now, 0), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &plan, now, 0), USAGE_OVER_RATE);
    assert_int_equal(usage_take(usage, &plan, now + 99 * MS, 0), USAGE_OVER_RATE);
    assert_int_equal(usage_take(usage, &plan, now + 100 * MS, 0), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &plan, now + 100 * MS, 0), USAGE_OVER_RATE);
    now += INT64_C(3600) * 1000 * MS; /* it fills up to the burst and no further */
    for (int i = 0; i < 3; i++)
        assert_int_equal(usage_take(usage, &plan, now, 0), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &plan, now, 0), USAGE_OVER_RATE);
    usage_put(usage);
}

static void
extreme_rates_do_not_overflow(void **state)
{
    static const struct usage_plan slow = { .rate_milli = 1, .burst = INT64_MAX, .quota_limit = -1 },
                                   fast = { .rate_milli = INT64_MAX, .burst = 1, .quota_limit = -1 };
    struct usage *usage = usage_new();

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(usage_take(usage, &slow, 5, 0), USAGE_GOOD);
    usage_put(usage);
    usage = usage_new();
    assert_int_equal(usage_take(usage, &fast, 5, 0), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &fast, 6, 0), USAGE_GOOD);
    usage_put(usage);
}

static void
f7_a_quota_counts_what_was_let_through(void **state)
{
    static const struct usage_plan plan = { .rate_milli = 1000, .burst = 1, .quota_limit = 2, .period = PERIOD_DAY },
                                   none = { .quota_limit = 0 };
    struct usage *usage = usage_new();
    int64_t today = noon(2026, 11, 21), second = INT64_C(1000) * MS;

    (void)state;
    assert_int_equal(usage_take(usage, &plan, second, today), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &plan, second, today), USAGE_OVER_RATE);
    assert_int_equal(usage_take(usage, &plan, 2 * second, today), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &plan, 3 * second, today), USAGE_OVER_QUOTA);
    assert_int_equal(usage_take(usage, &plan, 4 * second, noon(2026, 11, 22)), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &none, 4 * second, today), USAGE_OVER_QUOTA);
    usage_put(usage);
}

static void
f7_store_and_memory_agree(void **state)
{
    static const struct usage_plan plan = { .quota_limit = 100, .period = PERIOD_DAY };
    struct usage *usage = usage_new();
    int64_t now = noon(2026, 11, 21), today = day(2026, 11, 21), at;

    (void)state;
    usage_restore(usage, today, 40);
    assert_int_equal(usage_unsaved(usage, &at), 0);
    for (int i = 0; i < 5; i++)
        usage_take(usage, &plan, 0, now);
    assert_int_equal(usage_unsaved(usage, &at), 5);
    assert_int_equal(at, today);
    usage_take(usage, &plan, 0, now);         /* while it is written */
    usage_saved(usage, today, 5, 40 + 5 + 7); /* another server used 7 */
    assert_int_equal(usage_unsaved(usage, &at), 1);
    for (int i = 0; i < 100 - 40 - 5 - 7 - 1; i++)
        assert_int_equal(usage_take(usage, &plan, 0, now), USAGE_GOOD);
    assert_int_equal(usage_take(usage, &plan, 0, now), USAGE_OVER_QUOTA);
    usage_take(usage, &plan, 0, noon(2026, 11, 22));
    assert_int_equal(usage_unsaved(usage, &at), 1);
    assert_int_equal(at, today + 1);
    usage_put(usage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f7_periods_begin_in_utc),       cmocka_unit_test(f7_a_burst_then_the_rate),
        cmocka_unit_test(extreme_rates_do_not_overflow), cmocka_unit_test(f7_a_quota_counts_what_was_let_through),
        cmocka_unit_test(f7_store_and_memory_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
