/* SPDX-License-Identifier: MIT */
/* What --startTime takes. */
#include "cli/log_start.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t now = 1795219200123; /* 2026-11-21T00:00:00.123Z */

static void
takes_many_forms(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } rows[] = {
        { "90s", now - 90 * 1000 },
        { "30m", now - 30 * 60 * 1000 },
        { "2h", now - 2 * 3600 * 1000 },
        { "1d", now - 86400 * 1000 },
        { "0", 0 },
        { "1795132800", 1795132800000 },
        { "1795132800000", 1795132800000 },
        { "2026-11-20", 1795132800000 },
        { "2026-11-20T00:00", 1795132800000 },
        { "2026-11-20T00:00:00", 1795132800000 },
        { "2026-11-20T00:00:00.999Z", 1795132800000 },
        { "2026-11-20T01:30:00+01:30", 1795132800000 },
        { "2026-11-19T23:00:00-01:00", 1795132800000 },
    };
    struct err err;
    int64_t at;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!log_start_read(rows[i].text, now, &at, &err))
            fail_msg("%s", err.text);
        assert_int_equal(at, rows[i].at);
    }
}

static void
refuses_the_rest(void **state)
{
    static const char *const texts[] = { "",
                                         "soon",
                                         "-5m",
                                         "5x",
                                         "5 m",
                                         "1h30m",
                                         "2026-13-01",
                                         "2026-11-20T",
                                         "2026-11-20T00:00:00Zulu",
                                         "2026-11-20T00:00:00+1" };
    struct err err;
    int64_t at;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (log_start_read(texts[i], now, &at, &err))
            fail_msg("\"%s\" was taken", texts[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(takes_many_forms), cmocka_unit_test(refuses_the_rest) };

    return cmocka_run_group_tests_name("cli/log_start", tests, NULL, NULL);
}
