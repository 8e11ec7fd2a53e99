/* SPDX-License-Identifier: MIT */
/* identityValidationExpression (functions.md 1.12). */
#include "function/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

static void
patterns_of_aws(void **state)
{
    static const struct {
        const char *pattern, *token;
        bool matches;
    } cases[] = {
        { "^Bearer [-0-9a-zA-Z\\._]*$", "Bearer abc.DEF-1_2", true },
        { "^Bearer [-0-9a-zA-Z\\._]*$", "Bearer abc\\", false },
        { "^Bearer [-0-9a-zA-Z\\._]*$", "bearer abc", false },
        { "^\\d{3}$", "123", true },
        { "^\\d{3}$", "12a", false },
        { "^[\\w\\s]+$", "a_1 b", true },
        { "^\\S+@\\S+$", "ada@example.com", true },
        { "^\\S+@\\S+$", "ada @example.com", false },
        { "^\\D\\W$", "a-", true },
        { "^(?:allow|deny)$", "deny", true },
        { "^a\\.b$", "axb", false },
        { "x-[a-z]+", "my x-abc", true },
        { "^[a\\]]+$", "aaa", true },
        { "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "01a1fd41-11aa-7888-bc23-4ed2f94b6d3b", true },
        { "^([a-z]+\\.)+[a-z]{2,}$", "a.bc.de", true },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(pattern_is_in(cases[i].pattern, str_of(cases[i].token), &err), cases[i].matches);
        assert_string_equal(err.text, "");
    }
}

static void
what_is_no_pattern_lets_nobody_in(void **state)
{
    static const char *const patterns[] = { "(",
                                            "(a)\\1",
                                            "(?=x)",
                                            "[",
                                            "\\bx",
                                            "a++",
                                            "a{2}{2}",
                                            "(((((a+)+)+)+)+)+",
                                            "(a{300}){300}",
                                            "a{99999}",
                                            "a{1,99999999999999999999}" };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        assert_false(pattern_is_in(patterns[i], STR("aa"), &err));
        assert_string_not_equal(err.text, "");
    }
}

static void
long_tokens_do_not_match(void **state)
{
    static char token[PATTERN_MAX_TEXT + 1];
    struct err err;

    (void)state;
    memset(token, 'a', sizeof token);
    assert_true(pattern_is_in("a*", (struct str){ token, PATTERN_MAX_TEXT }, &err));
    assert_false(pattern_is_in("a*", (struct str){ token, sizeof token }, &err));
    assert_false(pattern_is_in("a", (struct str){ "a\0b", 3 }, &err));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_of_aws),
        cmocka_unit_test(what_is_no_pattern_lets_nobody_in),
        cmocka_unit_test(long_tokens_do_not_match),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
