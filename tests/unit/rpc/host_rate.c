/* SPDX-License-Identifier: MIT */
#include "rpc/host_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LIMIT = 1024 };

static bool
hit(struct host_rate *rate, int64_t now_ms, unsigned count)
{
    bool is_ok = true;

    for (unsigned i = 0; i < count && is_ok; i++)
        is_ok = host_rate_hit(rate, now_ms, LIMIT);
    return is_ok;
}

static void
allows_up_to_the_limit_in_a_second(void **state)
{
    struct host_rate rate = { 0 };

    (void)state;
    assert_true(hit(&rate, 5000, LIMIT));
    assert_false(hit(&rate, 5999, 1));
    assert_true(hit(&rate, 6000, 1));
}

static void
allows_five_busy_seconds_in_ten(void **state)
{
    struct host_rate rate = { 0 };

    (void)state;
    for (int second = 10; second < 15; second++)
        assert_true(hit(&rate, second * 1000, LIMIT / 4 + 1));
    assert_true(hit(&rate, 15 * 1000, LIMIT / 4));
    assert_false(hit(&rate, 15 * 1000, 1));
}

static void
forgets_after_ten_seconds(void **state)
{
    struct host_rate rate = { 0 };

    (void)state;
    for (int second = 10; second < 15; second++)
        assert_true(hit(&rate, second * 1000, LIMIT));
    for (int second = 25; second < 30; second++)
        assert_true(hit(&rate, second * 1000, LIMIT));
    for (int second = 60; second < 65; second++)
        assert_true(hit(&rate, second * 1000, LIMIT));
}

static void
no_limit_is_none(void **state)
{
    struct host_rate rate = { 0 };

    (void)state;
    for (int i = 0; i < 100000; i++)
        assert_true(host_rate_hit(&rate, 1000, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_up_to_the_limit_in_a_second),
        cmocka_unit_test(allows_five_busy_seconds_in_ten),
        cmocka_unit_test(forgets_after_ten_seconds),
        cmocka_unit_test(no_limit_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
