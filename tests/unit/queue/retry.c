/* SPDX-License-Identifier: MIT */
/* When attempts are made again: the formula, its jitter, the codes, Retry-After (functions.md 3.4). */
#include "queue/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct retry_policy policy = { .min_wait_ms = 10000, .max_wait_ms = 120000, .backoff = RETRY_EXPONENTIAL };

static void
f13_waits_double_up_to_the_longest(void **state)
{
    static const int64_t wanted[] = { 10000, 20000, 40000, 80000, 120000, 120000 };

    (void)state;
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(retry_wait_ms(&policy, i + 1, 12345), wanted[i]);
    assert_int_equal(retry_wait_ms(&policy, 1000000, 0), 120000);
}

static void
f13_jitter_stays_within_its_bounds(void **state)
{
    struct retry_policy full = policy, equal = policy;

    (void)state;
    full.backoff = RETRY_FULL;
    equal.backoff = RETRY_EQUAL;
    assert_int_equal(retry_wait_ms(&full, 2, 0), 0);
    assert_int_equal(retry_wait_ms(&full, 2, 20000), 20000);
    assert_int_equal(retry_wait_ms(&full, 2, 20001), 0);
    assert_int_equal(retry_wait_ms(&equal, 2, 0), 10000);
    assert_int_equal(retry_wait_ms(&equal, 2, 10000), 20000);
    for (uint64_t i = 0, random = 1; i < 60; i++, random *= 3) {
        assert_in_range(retry_wait_ms(&full, 3, random), 0, 40000);
        assert_in_range(retry_wait_ms(&equal, 3, random), 20000, 40000);
    }
}

static void
f13_codes_are_read(void **state)
{
    struct retry_policy read = { 0 };
    struct err err;

    (void)state;
    assert_true(retry_codes_parse("429,503", &read, &err));
    assert_true(retry_is_wanted(&read, 429));
    assert_true(retry_is_wanted(&read, 503));
    assert_false(retry_is_wanted(&read, 500));
    assert_true(retry_codes_parse("", &read, &err));
    assert_false(retry_is_wanted(&read, 429));
    assert_false(retry_codes_parse("42", &read, &err));
    assert_false(retry_codes_parse("429 503", &read, &err));
    assert_false(retry_codes_parse("4299", &read, &err));
}

static void
f13_retry_after_is_seconds_or_a_date(void **state)
{
    static const int64_t now = 784111777000; /* Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 */

    (void)state;
    assert_int_equal(retry_after_ms(STR("0"), now), 0);
    assert_int_equal(retry_after_ms(STR("120"), now), 120000);
    assert_int_equal(retry_after_ms(STR("Sun, 06 Nov 1994 08:50:37 GMT"), now), 60000);
    assert_int_equal(retry_after_ms(STR("Sun, 06 Nov 1994 08:48:37 GMT"), now), 0);
    assert_true(retry_after_ms(STR("soon"), now) < 0);
    assert_true(retry_after_ms(STR("-1"), now) < 0);
    assert_true(retry_after_ms(STR(""), now) < 0);
    assert_int_equal(retry_after_ms(STR("Sunday, 06-Nov-94 08:50:37 GMT"), now), 60000);
    assert_int_equal(retry_after_ms(STR("Sun Nov  6 08:50:37 1994"), now), 60000);
    assert_true(retry_after_ms(STR("Sun, 06 Nov 1994 08:50:37 GMT, or so"), now) < 0);
    assert_true(retry_after_ms(STR("1.5"), now) < 0);
    assert_true(retry_after_ms(STR("99999999999999999999"), now) > INT64_C(1000) * 86400 * 1000);
}

static void
f13_backoffs_have_names(void **state)
{
    enum retry_backoff backoff;
    struct err err;

    (void)state;
    assert_true(retry_backoff_parse("equal", &backoff, &err));
    assert_int_equal(backoff, RETRY_EQUAL);
    assert_false(retry_backoff_parse("linear", &backoff, &err));
    assert_non_null(strstr(err.text, "linear"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f13_waits_double_up_to_the_longest),
        cmocka_unit_test(f13_jitter_stays_within_its_bounds),
        cmocka_unit_test(f13_codes_are_read),
        cmocka_unit_test(f13_retry_after_is_seconds_or_a_date),
        cmocka_unit_test(f13_backoffs_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
