/* SPDX-License-Identifier: MIT */
/* Cron expressions against a table that another program made (cron_table.py), and what is refused. */
#include "function/cron.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "function/zone.h"

enum { MINUTE_MS = 60 * 1000 };
static const int64_t BEGIN_MS = 1704067200000, END_MS = 1861920000000; /* 2024-01-01 and 2029-01-01 */

static size_t
count_char(const char *text, char c)
{
    size_t count = 0;

    for (; *text; text++)
        count += *text == c;
    return count;
}

/* One line of the table. */
static void
check_line(char *line)
{
    char *rest = line, *expression = strsep(&rest, "\t"), *name = strsep(&rest, "\t");
    int64_t wanted_count = strtoll(strsep(&rest, "\t"), NULL, 10),
            wanted_sum = strtoll(strsep(&rest, "\t\n"), NULL, 10);
    int64_t count = 0, sum = 0;
    struct zone *zone = NULL;
    struct cron cron;
    struct err err;

    if (strcmp(name, "UTC") != 0)
        assert_non_null(zone = zone_open(name, &err));
    if (count_char(expression, ' ') == 4)
        assert_true(cron_parse_unix(str_of(expression), &cron, &err));
    else
        assert_true(cron_parse(str_of(expression), &cron, &err));
    for (int64_t at = BEGIN_MS - 1; (at = cron_next(&cron, zone, at)) < END_MS; count++) {
        char *first = count < 3 ? strsep(&rest, "\t\n") : NULL;

        if (first)
            assert_int_equal(at / MINUTE_MS, strtoll(first, NULL, 10));
        sum += at / MINUTE_MS;
    }
    if (count != wanted_count || sum != wanted_sum)
        fail_msg("\"%s\" in %s: %lld runs, the table has %lld", expression, name, (long long)count,
                 (long long)wanted_count);
    zone_free(zone);
}

static void
f19_two_hundred_expressions_over_five_years(void **state)
{
    FILE *table = fopen("tests/unit/function/cron_table.tsv", "r");
    char *line = NULL;
    size_t size = 0, lines = 0;

    (void)state;
    assert_non_null(table);
    for (; getline(&line, &size, table) > 0; lines++)
        check_line(line);
    assert_true(lines >= 200);
    free(line);
    fclose(table);
}

static void
f19_refusals_name_the_field(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "0 0 * * *", "six fields" },
        { "0 0 * * ? * *", "this one 7" },
        { "0 0 * * * *", "must be ?" },
        { "0 0 ? * ? *", "must be ?" },
        { "60 0 * * ? *", "the minute takes 0 to 59" },
        { "0 24 * * ? *", "the hour takes 0 to 23" },
        { "0 0 32 * ? *", "the day of the month" },
        { "0 0 * 13 ? *", "the month" },
        { "0 0 ? * 8 *", "the day of the week" },
        { "0 0 ? * MON#6 *", "the day of the week" },
        { "0 0 * * ? 2200", "the year" },
        { "9-5 0 * * ? *", "\"9-5\"" },
        { "*/0 0 * * ? *", "the step" },
        { "1,,2 0 * * ? *", "the minute" },
        { "", "this one 0" },
    };
    struct cron cron;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(cron_parse(str_of(cases[i].text), &cron, &err));
        if (!strstr(err.text, cases[i].said))
            fail_msg("\"%s\": %s", cases[i].text, err.text);
    }
}

static void
f19_what_never_comes_again_has_no_next(void **state)
{
    struct cron cron;
    struct err err;

    (void)state;
    assert_true(cron_parse(STR("0 0 30 2 ? *"), &cron, &err));
    assert_int_equal(cron_next(&cron, NULL, BEGIN_MS), INT64_MAX);
    assert_true(cron_parse(STR("0 0 1 1 ? 2023"), &cron, &err));
    assert_int_equal(cron_next(&cron, NULL, BEGIN_MS), INT64_MAX);
}

static void
f19_zones_are_names_of_this_machine(void **state)
{
    static const char *const wrong[] = { "", "Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "Europe", "a b" };
    struct err err;
    struct zone *zone;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_null(zone_open(wrong[i], &err));
    assert_non_null(zone = zone_open("Europe/Berlin", &err));
    assert_int_equal(zone_offset(zone, 1704067200), 3600);
    assert_int_equal(zone_offset(zone, 1720000000), 7200);
    assert_int_equal(zone_offset(zone, 5476204800), 7200); /* the summer of 2143: by the rule */
    zone_free(zone);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f19_two_hundred_expressions_over_five_years),
        cmocka_unit_test(f19_refusals_name_the_field),
        cmocka_unit_test(f19_what_never_comes_again_has_no_next),
        cmocka_unit_test(f19_zones_are_names_of_this_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
