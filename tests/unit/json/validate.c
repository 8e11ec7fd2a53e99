/* SPDX-License-Identifier: MIT */
/* The JSON gate: what it lets through, what it refuses, and that its limits hold. */
#include "json/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

struct accepted {
    const char *text;
    size_t tokens;
};

static void
accepts_valid_texts_and_counts_tokens(void **state)
{
    static const struct accepted table[] = {
        { "null", 1 },
        { " true ", 1 },
        { "\t\r\nfalse\n", 1 },
        { "0", 1 },
        { "-0", 1 },
        { "-0.5e+10", 1 },
        { "1E5", 1 },
        { "12345678901234567890123", 1 },
        { "\"\"", 1 },
        { "\"plain text longer than eight bytes\"", 1 },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", 1 },
        { "\"\\ud83d\\ude00\"", 1 },
        { "\"\\ud83d lone\"", 1 },
        { "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", 1 },
        { "\"\x7f\"", 1 },
        { "[]", 1 },
        { "[ ]", 1 },
        { "{}", 1 },
        { "{ }", 1 },
        { "[1,2,[3],{}]", 6 },
        { "{\"a\":1,\"b\":{\"c\":[]}}", 7 },
        { " { \"a\" : [ 1 , 2 ] } ", 5 },
        { "{\"\":\"\",\"\":0}", 5 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = { "" };
        size_t tokens = 0;

        if (!json_validate(str_of(table[i].text), 0, &tokens, &err))
            fail_msg("%s: %s", table[i].text, err.text);
        assert_int_equal(tokens, table[i].tokens);
    }
}

static void
refuses_invalid_texts(void **state)
{
    const struct str table[] = {
        STR(""),
        STR(" "),
        STR("{\"a\" 1}"),
        STR("{\"a\":1,}"),
        STR("[1 2]"),
        STR("{a:1}"),
        STR("[1,,2]"),
        STR("[,1]"),
        STR("[1,]"),
        STR("\"\\u12\""),
        STR("\"\\u12g4\""),
        STR("\"\\u"),
        STR("nul"),
        STR("nulll"),
        STR("True"),
        STR("{\"a\":1}}"),
        STR("[tru]"),
        STR("{\"a\":\"b\" \"c\"}"),
        STR("[01]"),
        STR("-01"),
        STR("1e"),
        STR("1e+"),
        STR("1."),
        STR(".5"),
        STR("+1"),
        STR("-"),
        STR("[-]"),
        STR("[1.2.3]"),
        STR("0x10"),
        STR("NaN"),
        STR("-Infinity"),
        STR("{\"a\"}"),
        STR("{\"a\":}"),
        STR("{1:2}"),
        STR("[\"\\x\"]"),
        STR("[\"a\tb\"]"),
        STR("[\"a\0b\"]"),
        STR("{\"a\":1 \"b\":2}"),
        STR("{,}"),
        STR("{:1}"),
        STR("[}"),
        STR("{]"),
        STR("["),
        STR("{"),
        STR("[1"),
        STR("{\"a\":1"),
        STR("\"abc"),
        STR("\"abc\\"),
        STR("\"abc\\\""),
        STR("1 2"),
        STR("'a'"),
        STR("[1]\0"),
        STR("\xef\xbb\xbf[]"),
        STR("// c\n1"),
        STR("\"\x80\""),
        STR("\"\xc3\""),
        STR("\"\xc3(\""),
        STR("\"\xc0\xaf\""),
        STR("\"\xe0\x80\x80\""),
        STR("\"\xed\xa0\x80\""),
        STR("\"\xf4\x90\x80\x80\""),
        STR("\"\xf8\x88\x80\x80\x80\""),
        STR("\"abcdefgh\x1f\""),
        STR("\"abcdefg\n\""),
        STR("\xc2\xa0"
            "1"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = { "" };

        if (json_validate(table[i], 0, NULL, &err))
            fail_msg("row %zu was accepted: %.*s", i, STR_ARG(table[i]));
        assert_true(str_starts(str_of(err.text), STR("invalid JSON at byte ")));
    }
}

static void
refuses_every_prefix(void **state)
{
    struct str text = STR("{\"a\":[1.5e3,true,\"x\\u00e9\xc3\xa9\"],\"b\":null}");

    (void)state;
    assert_true(json_validate(text, 0, NULL, NULL));
    for (size_t len = 0; len < text.len; len++) {
        char *copy = mem_strndup(text.p, len); /* exact size, so that a sanitizer sees a read past the end */

        assert_false(json_validate((struct str){ copy, len }, 0, NULL, NULL));
        free(copy);
    }
}

/* Every byte value at every place of a word: the fast path must agree with the definition. */
static void
finds_special_bytes_anywhere_in_a_string(void **state)
{
    (void)state;
    for (size_t at = 1; at <= 20; at++)
        for (unsigned c = 0; c < 256; c++) {
            char text[24];
            bool expected = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';

            memset(text, 'a', sizeof text);
            text[0] = text[22] = '"';
            text[at] = (char)c;
            assert_int_equal(json_validate((struct str){ text, 23 }, 0, NULL, NULL), expected);
        }
}

static void
limits_depth(void **state)
{
    (void)state;
    for (size_t depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
        struct buf buf;

        buf_init(&buf, 4096);
        for (size_t i = 0; i < depth; i++)
            buf_str(&buf, i % 2 ? "[" : "{\"k\":");
        buf_str(&buf, "0");
        for (size_t i = depth; i-- > 0;)
            buf_char(&buf, i % 2 ? ']' : '}');
        assert_int_equal(json_validate(buf_view(&buf), 0, NULL, NULL), depth <= JSON_MAX_DEPTH);
        buf_fini(&buf);
    }
}

static void
limits_tokens(void **state)
{
    struct err err;

    (void)state;
    assert_true(json_validate(STR("{\"a\":[1,2]}"), 5, NULL, NULL));
    assert_false(json_validate(STR("{\"a\":[1,2]}"), 4, NULL, &err));
    assert_non_null(strstr(err.text, "too many values"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_valid_texts_and_counts_tokens),
        cmocka_unit_test(refuses_invalid_texts),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(finds_special_bytes_anywhere_in_a_string),
        cmocka_unit_test(limits_depth),
        cmocka_unit_test(limits_tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
