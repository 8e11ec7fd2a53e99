/* SPDX-License-Identifier: MIT */
/* The breaker of a route: third crash within ten seconds, then trials after 1, 2, 4 … 30 s. */
#include "host/breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void
crash_three_times(struct breaker *breaker, int64_t at)
{
    for (int i = 0; i < 3; i++) {
        assert_true(breaker_allow(breaker, at));
        breaker_crashed(breaker, at);
    }
}

static void
opens_at_the_third_crash_in_ten_seconds(void **state)
{
    struct breaker breaker = { 0 };

    (void)state;
    breaker_crashed(&breaker, 1000);
    breaker_crashed(&breaker, 2000);
    assert_true(breaker_allow(&breaker, 2000));
    breaker_crashed(&breaker, 11000);
    assert_false(breaker_allow(&breaker, 11000));
    assert_int_equal(breaker_wait_ms(&breaker, 11000), 1000);
}

static void
stays_closed_when_crashes_are_far_apart(void **state)
{
    struct breaker breaker = { 0 };

    (void)state;
    for (int64_t at = 1000; at < 100000; at += 5001) {
        breaker_crashed(&breaker, at);
        assert_true(breaker_allow(&breaker, at));
    }
}

static void
lets_one_trial_through_and_waits_longer_each_time(void **state)
{
    static const int64_t waits[] = { 1000, 2000, 4000, 8000, 16000, 30000, 30000 };
    struct breaker breaker = { 0 };
    int64_t now = 5000;

    (void)state;
    crash_three_times(&breaker, now);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        assert_int_equal(breaker_wait_ms(&breaker, now), waits[i]);
        assert_false(breaker_allow(&breaker, now + waits[i] - 1));
        now += waits[i];
        assert_true(breaker_allow(&breaker, now));
        assert_false(breaker_allow(&breaker, now)); /* only one */
        breaker_crashed(&breaker, now);
    }
}

static void
closes_when_the_trial_ends_well(void **state)
{
    struct breaker breaker = { 0 };

    (void)state;
    crash_three_times(&breaker, 5000);
    assert_true(breaker_allow(&breaker, 6000));
    breaker_finished(&breaker);
    assert_true(breaker_allow(&breaker, 6000));
    breaker_crashed(&breaker, 6001); /* counts from the beginning again */
    assert_true(breaker_allow(&breaker, 6001));
}

static void
a_void_trial_allows_another_one(void **state)
{
    struct breaker breaker = { 0 };

    (void)state;
    crash_three_times(&breaker, 5000);
    assert_true(breaker_allow(&breaker, 6000));
    breaker_trial_void(&breaker);
    assert_true(breaker_allow(&breaker, 6000));
}

static void
a_trial_that_never_ends_holds_up_the_next_one_only_for_a_while(void **state)
{
    struct breaker breaker = { 0 };

    (void)state;
    crash_three_times(&breaker, 5000);
    assert_true(breaker_allow(&breaker, 6000)); /* and this person goes to lunch */
    assert_int_equal(breaker_wait_ms(&breaker, 6400), 600);
    assert_true(breaker_allow(&breaker, 7000));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_at_the_third_crash_in_ten_seconds),
        cmocka_unit_test(stays_closed_when_crashes_are_far_apart),
        cmocka_unit_test(lets_one_trial_through_and_waits_longer_each_time),
        cmocka_unit_test(closes_when_the_trial_ends_well),
        cmocka_unit_test(a_void_trial_allows_another_one),
        cmocka_unit_test(a_trial_that_never_ends_holds_up_the_next_one_only_for_a_while),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
