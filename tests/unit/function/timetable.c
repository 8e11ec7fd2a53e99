/* SPDX-License-Identifier: MIT */
/* rate(), at() and what is none of them (functions.md 6.1); cron() has its own table (cron.c). */
#include "function/timetable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "function/zone.h"

static const int64_t START_MS = 1704067200000; /* 2024-01-01 */

static void
f19_rates_keep_their_phase(void **state)
{
    static const int64_t every = 5 * 60000;
    struct timetable timetable;
    struct err err;

    (void)state;
    assert_true(timetable_parse(STR("rate(5 minutes)"), &timetable, &err));
    assert_int_equal(timetable_next(&timetable, NULL, START_MS, START_MS), START_MS + every);
    assert_int_equal(timetable_next(&timetable, NULL, START_MS, START_MS + every - 1), START_MS + every);
    assert_int_equal(timetable_next(&timetable, NULL, START_MS, START_MS + every), START_MS + 2 * every);
    assert_true(timetable_parse(STR("rate(1 day)"), &timetable, &err));
    assert_int_equal(timetable_next(&timetable, NULL, START_MS, START_MS), START_MS + 86400000);
}

static void
f19_at_is_once(void **state)
{
    struct zone *berlin;
    struct timetable timetable;
    struct err err;

    (void)state;
    assert_non_null(berlin = zone_open("Europe/Berlin", &err));
    assert_true(timetable_parse(STR("at(2024-01-01T08:00:00)"), &timetable, &err));
    assert_int_equal(timetable_next(&timetable, NULL, 0, START_MS), START_MS + 8 * 3600000);
    assert_int_equal(timetable_next(&timetable, berlin, 0, START_MS), START_MS + 7 * 3600000);
    assert_int_equal(timetable_next(&timetable, NULL, 0, START_MS + 8 * 3600000), INT64_MAX);
    zone_free(berlin);
}

static void
f19_unix_cron_is_five_fields(void **state)
{
    struct timetable timetable;
    struct err err;

    (void)state;
    assert_true(timetable_parse(STR("*/5 * * * *"), &timetable, &err));
    assert_int_equal(timetable_next(&timetable, NULL, 0, START_MS), START_MS + 300000);
}

static void
f19_what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "rate(1 minutes)", "with 1 it is \"minute\"" },
        { "rate(5 minute)", "with 5 it is \"minutes\"" },
        { "rate(0 minutes)", "a number from 1" },
        { "rate(5 weeks)", "units are minutes, hours and days" },
        { "rate(99999 days)", "up to 3660 days" },
        { "rate(five minutes)", "a number from 1" },
        { "rate(-1 minutes)", "a number from 1" },
        { "at(2026-02-30T00:00:00)", "there is no such time" },
        { "at(tomorrow)", "2026-12-01T08:00:00" },
        { "cron(0 0 * * ?)", "six fields" },
        { "every(5 minutes)", "rate(…), cron(…), at(…)" },
        { "hourly", "five fields" },
        { "", "five fields" },
    };
    struct timetable timetable;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(timetable_parse(str_of(cases[i].text), &timetable, &err));
        if (!strstr(err.text, cases[i].said))
            fail_msg("\"%s\": %s", cases[i].text, err.text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f19_rates_keep_their_phase),
        cmocka_unit_test(f19_at_is_once),
        cmocka_unit_test(f19_unix_cron_is_five_fields),
        cmocka_unit_test(f19_what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
