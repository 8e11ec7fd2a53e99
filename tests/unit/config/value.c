/* SPDX-License-Identifier: MIT */
/* The notations of values. */
#include "config/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

static void
durations(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = { { "0", 0 },        { "500ms", 500 },   { "30s", 30000 }, { "5m", 300000 },
                 { "2h", 7200000 }, { "1d", 86400000 }, { "0s", 0 } };
    static const char *const bad[] = {
        "", "5", "s", "-1s", "1.5s", "5 s", "1h30m", "99999999999999999999s", "9223372036854775807d", "5S"
    };
    struct err err;
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(value_duration(str_of(good[i].text), &ms, &err));
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(value_duration(str_of(bad[i]), &ms, &err));
    assert_string_equal(err.text, "is not a duration such as 500ms, 30s, 5m, 2h or 1d");
}

static void
sizes(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = { { "0", 0 },           { "65536", 65536 }, { "64KiB", 65536 },
                 { "64K", 65536 },     { "64kB", 64000 },  { "10MiB", 10 << 20 },
                 { "10MB", 10000000 }, { "1G", 1 << 30 },  { "7B", 7 } };
    static const char *const bad[] = { "", "K", "-1", "1.5M", "1 M", "1T", "9223372036854775807K", "10mb" };
    struct err err;
    int64_t bytes;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(value_size(str_of(good[i].text), &bytes, &err));
        assert_int_equal(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(value_size(str_of(bad[i]), &bytes, &err));
}

static void
switches_and_levels(void **state)
{
    enum log_level level;
    bool on;

    (void)state;
    assert_true(value_bool(STR("on"), &on, NULL) && on);
    assert_true(value_bool(STR("False"), &on, NULL) && !on);
    assert_true(value_bool(STR("1"), &on, NULL) && on);
    assert_false(value_bool(STR("onn"), &on, NULL));
    assert_false(value_bool(STR(""), &on, NULL));
    assert_true(value_level(STR("warn"), &level, NULL) && level == LOG_LEVEL_WARN);
    assert_true(value_level(STR("silly"), &level, NULL) && level == LOG_LEVEL_DEBUG);
    assert_false(value_level(STR("loud"), &level, NULL));
}

static void
urls(void **state)
{
    static const char *const good[] = { "http://localhost", "https://tools.example.com/", "HTTP://a:8080",
                                        "http://[::1]:3000", "http://10.0.0.1" };
    static const char *const bad[] = { "",           "localhost",      "ftp://a",      "http://",
                                       "http:///",   "http://a/b",     "http://u:p@a", "http://a:",
                                       "http://a:b", "http://a:70000", "http://[::1",  "http://[zz]",
                                       "http://a b", "http://a?q",     "http://a#f" };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (!value_url(str_of(good[i]), &err))
            fail_msg("%s %s", good[i], err.text);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (value_url(str_of(bad[i]), &err))
            fail_msg("%s was accepted", bad[i]);
}

static void
addresses(void **state)
{
    const char *rest = "8080, 127.0.0.1:81 [::1]:82,";
    struct address address;

    (void)state;
    assert_true(address_next(&rest, &address));
    assert_string_equal(address.host, "");
    assert_int_equal(address.port, 8080);
    assert_true(address_next(&rest, &address));
    assert_string_equal(address.host, "127.0.0.1");
    assert_int_equal(address.port, 81);
    assert_true(address_next(&rest, &address));
    assert_string_equal(address.host, "::1");
    assert_int_equal(address.port, 82);
    assert_false(address_next(&rest, &address));
    assert_false(value_address(STR("localhost"), &address, NULL));
    assert_false(value_address(STR("a:65536"), &address, NULL));
    assert_false(value_address(STR(""), &address, NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations), cmocka_unit_test(sizes),     cmocka_unit_test(switches_and_levels),
        cmocka_unit_test(urls),      cmocka_unit_test(addresses),
    };

    return cmocka_run_group_tests_name("config/value", tests, NULL, NULL);
}
