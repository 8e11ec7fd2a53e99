/* SPDX-License-Identifier: MIT */
#include "host/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* One row per SDK of host-protocol.md 8.2, and the thresholds of P13. */
static void
versions_are_numbers(void **state)
{
    static const struct {
        const char *name, *version;
        bool append_ui, pages, io_error, object_errors, old_environment, python, access;
    } rows[] = {
        { "@interval/sdk", "2.0.0", true, true, true, true, false, false, true },
        { "@interval/sdk", "1.4.0", true, true, true, true, false, false, true },
        { "@interval/sdk", "0.100.0", true, true, false, true, false, false, true }, /* less than 0.38 as text */
        { "@interval/sdk", "0.38.1", true, true, false, true, false, false, true },
        { "@interval/sdk", "0.38.0", true, true, false, true, true, false, true },
        { "@interval/sdk", "0.37.9", false, false, false, true, true, false, true },
        { "@interval/sdk", "0.34.0", false, false, false, true, true, false, true },
        { "@interval/sdk", "0.21.0", false, false, false, true, true, false, false },
        { "@interval/sdk", "0.17.0", false, false, false, false, true, false, false },
        { "@interval/sdk", "2.0.0-dev", true, true, true, true, false, false, true },
        { "interval-py", "1.5.1", true, true, true, true, false, true, false },
        { "interval-py", "???", true, true, true, true, false, true, false },
        { "interval-py", "0.1.0", true, true, true, true, false, true, false },
        { "something else", "2.0.0", true, true, true, true, false, false, false },
        { NULL, NULL, false, false, false, false, true, false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sdk_profile profile = profile_of(rows[i].name, rows[i].version);

        assert_int_equal(profile.has_append_ui, rows[i].append_ui);
        assert_int_equal(profile.has_close_transaction, rows[i].append_ui);
        assert_int_equal(profile.has_pages, rows[i].pages);
        assert_int_equal(profile.has_io_error_object, rows[i].io_error);
        assert_int_equal(profile.has_object_errors, rows[i].object_errors);
        assert_int_equal(profile.uses_old_environment, rows[i].old_environment);
        assert_int_equal(profile.is_python, rows[i].python);
        assert_int_equal(profile.has_code_access, rows[i].access);
        assert_int_equal(profile.max_frame_bytes, rows[i].python ? 1 << 20 : 100 << 20);
    }
}

/* Said to those who can do something about it, and to nobody else. */
static void
old_sdks_are_told(void **state)
{
    static const struct {
        const char *name, *version, *severity;
    } rows[] = {
        { "@interval/sdk", "0.17.99", "ERROR" }, { "@interval/sdk", "0.18.0", "INFO" },
        { "@interval/sdk", "0.21.0", "INFO" },   { "@interval/sdk", "0.38.0", NULL },
        { "@interval/sdk", "2.0.0", NULL },      { "@interval/sdk", "2.1.0-dev", NULL },
        { "interval-py", "0.1.0", NULL },        { "interval-py", "???", NULL },
        { "my-own-host", "0.0.1", NULL },        { NULL, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct sdk_alert *alert = profile_alert(rows[i].name, rows[i].version);

        assert_int_equal(alert != NULL, rows[i].severity != NULL);
        if (alert)
            assert_string_equal(alert->severity, rows[i].severity);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_numbers),
        cmocka_unit_test(old_sdks_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
