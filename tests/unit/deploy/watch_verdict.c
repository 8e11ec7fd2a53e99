/* SPDX-License-Identifier: MIT */
/* When the window after a switch says no, and what it has seen. */
#include "deploy/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct watch watch;
static struct stats_tally *tally;
static char verdict[160];

static int
setup(void **state)
{
    (void)state;
    tally = stats_tally_new();
    watch_init(&watch, tally, 60000);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    watch_fini(&watch);
    stats_tally_put(tally);
    return 0;
}

static bool
look(uint64_t requests, uint64_t errors)
{
    atomic_store(&tally->requests, requests);
    atomic_store(&tally->errors, errors);
    return watch_look(&watch, verdict, sizeof verdict);
}

static void
f9_nine_requests_are_too_few(void **state)
{
    (void)state;
    assert_false(look(0, 0));
    assert_false(look(9, 9));
    assert_true(look(10, 9));
    assert_non_null(strstr(verdict, "9 of 10 requests failed with a 5xx"));
}

static void
f9_five_of_a_hundred_are_few_enough(void **state)
{
    (void)state;
    assert_false(look(100, 5));
    assert_true(look(100, 6));
    assert_false(look(120, 6));
    assert_true(look(119, 6));
}

static void
f9_what_is_over_is_not_judged(void **state)
{
    (void)state;
    assert_false(watch_is_over(&watch));
    watch_end(&watch, WATCH_LIVE, NULL);
    assert_false(look(100, 100));
    assert_int_equal(watch.requests, 0);
    watch_fini(&watch);
    watch_init(&watch, NULL, 0);
    assert_int_equal(watch.state, WATCH_LIVE);
    assert_true(watch_is_over(&watch));
    assert_false(watch_look(&watch, verdict, sizeof verdict));
}

static void
f9_samples_add_up(void **state)
{
    uint64_t requests = 0, errors = 0;
    struct json_out out;
    struct buf text;

    (void)state;
    look(7, 1);
    watch.began_ms -= 2000; /* two seconds later */
    look(20, 1);
    look(30, 4);
    assert_int_equal(watch.seconds, 3);
    for (size_t i = 0; i < watch.seconds; i++) {
        requests += watch.samples[2 * i];
        errors += watch.samples[2 * i + 1];
    }
    assert_int_equal(requests, 30);
    assert_int_equal(errors, 4);
    assert_int_equal(watch.samples[2], 0);
    watch_end(&watch, WATCH_RETURNED, "it failed");
    buf_init(&text, 4096);
    json_out_init(&out, &text);
    json_object(&out);
    watch_json(&watch, &out);
    json_object_end(&out);
    assert_non_null(strstr(buf_text(&text), "\"state\":\"returned\""));
    assert_non_null(strstr(buf_text(&text), "\"requests\":30,\"errors\":4,\"reason\":\"it failed\""));
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(f9_nine_requests_are_too_few, setup, teardown),
        cmocka_unit_test_setup_teardown(f9_five_of_a_hundred_are_few_enough, setup, teardown),
        cmocka_unit_test_setup_teardown(f9_what_is_over_is_not_judged, setup, teardown),
        cmocka_unit_test_setup_teardown(f9_samples_add_up, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
