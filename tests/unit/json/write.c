/* SPDX-License-Identifier: MIT */
/* Writing JSON: exact bytes, and that everything written reads back the same. */
#include "json/write.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "json/read.h"

static struct buf buf;
static struct json_out out;

static int
begin(void **state)
{
    (void)state;
    buf_init(&buf, 1 << 20);
    json_out_init(&out, &buf);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    buf_fini(&buf);
    return 0;
}

static void
writes_nested_values(void **state)
{
    (void)state;
    json_object(&out);
    json_pair_text(&out, "a", "x");
    json_name(&out, "b");
    json_array(&out);
    json_put_int(&out, -5);
    json_object(&out);
    json_object_end(&out);
    json_array(&out);
    json_array_end(&out);
    json_put_bool(&out, true);
    json_put_null(&out);
    json_array_end(&out);
    json_pair_text(&out, "c", NULL);
    json_pair_raw(&out, "d", STR("[1]"));
    json_pair_bool(&out, "e", false);
    json_pair_int(&out, "f", INT64_MIN);
    json_pair_str(&out, "g", STR(""));
    json_object_end(&out);
    assert_string_equal(buf_text(&buf), "{\"a\":\"x\",\"b\":[-5,{},[],true,null],\"c\":null,\"d\":[1],\"e\":false,"
                                        "\"f\":-9223372036854775808,\"g\":\"\"}");
}

static void
escapes_texts(void **state)
{
    (void)state;
    json_array(&out);
    json_put_str(&out, STR("\"\\/\b\f\n\r\t\x01\x1f\x7f"));
    json_put_str(&out, STR("a\0b"));
    json_put_str(&out, STR("caf\xc3\xa9 \xf0\x9f\x98\x80"));
    json_put_str(&out, STR("bad \xff\xc3 end\xe2\x82"));
    json_array_end(&out);
    assert_string_equal(
        buf_text(&buf),
        "[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\",\"a\\u0000b\",\"caf\xc3\xa9 \xf0\x9f\x98\x80\","
        "\"bad \xef\xbf\xbd\xef\xbf\xbd end\xef\xbf\xbd\xef\xbf\xbd\"]");
}

static void
any_bytes_read_back(void **state)
{
    struct arena arena;
    struct json root;

    (void)state;
    srand(7);
    arena_init(&arena, 0);
    for (int round = 0; round < 2000; round++) {
        char text[40];
        struct str s = { text, (size_t)(rand() % (int)sizeof text) };

        for (size_t i = 0; i < s.len; i++)
            text[i] = (char)rand();
        buf_clear(&buf);
        json_out_init(&out, &buf);
        json_put_str(&out, s);
        assert_true(json_parse(&arena, buf_view(&buf), &root, NULL));
        if (str_is_utf8(s))
            assert_true(str_eq(json_str(&arena, root), s));
        arena_reset(&arena);
    }
    arena_fini(&arena);
}

static void
numbers_read_back_and_are_short(void **state)
{
    static const struct {
        double value;
        const char *text;
    } table[] = {
        { 0, "0" },
        { -1, "-1" },
        { 0.1, "0.1" },
        { 1.5, "1.5" },
        { 1e21, "1e+21" },
        { 1e-7, "1e-07" },
        { 100, "100" },
        { 123456789012345, "123456789012345" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { DBL_MAX, "1.7976931348623157e+308" },
        { NAN, "null" },
        { INFINITY, "null" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        buf_clear(&buf);
        json_out_init(&out, &buf);
        json_put_double(&out, table[i].value);
        assert_string_equal(buf_text(&buf), table[i].text);
    }
}

/* A route module may call setlocale; numbers must not change with it. */
static void
numbers_ignore_the_locale(void **state)
{
    struct arena arena;
    struct json root;

    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
        skip(); /* none installed */
    json_put_double(&out, 2.5);
    assert_string_equal(buf_text(&buf), "2.5");
    arena_init(&arena, 0);
    assert_true(json_parse(&arena, STR("2.5"), &root, NULL));
    assert_true(json_double(root, 0) == 2.5);
    arena_fini(&arena);
    setlocale(LC_NUMERIC, "C");
}

static void
passing_the_maximum_is_noticed(void **state)
{
    struct buf tiny;

    (void)state;
    buf_init(&tiny, 8);
    json_out_init(&out, &tiny);
    json_put_text(&out, "more than eight");
    assert_true(tiny.over);
    buf_fini(&tiny);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_nested_values, begin, end),
        cmocka_unit_test_setup_teardown(escapes_texts, begin, end),
        cmocka_unit_test_setup_teardown(any_bytes_read_back, begin, end),
        cmocka_unit_test_setup_teardown(numbers_read_back_and_are_short, begin, end),
        cmocka_unit_test_setup_teardown(numbers_ignore_the_locale, begin, end),
        cmocka_unit_test_setup_teardown(passing_the_maximum_is_noticed, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
