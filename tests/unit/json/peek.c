/* SPDX-License-Identifier: MIT */
#include "json/peek.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json/read.h"

static void
assert_str(struct str got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.p, expected, got.len);
}

static void
finds_members(void **state)
{
    struct str text =
        STR(" { \"a\" : [1, {\"b\": \"}]\\\"\"}] , \"b\":\"x\\\"y\", \"c\": -1.5e3 ,\"d\":null,\"b\":2} ");

    (void)state;
    assert_str(json_peek(text, "a"), "[1, {\"b\": \"}]\\\"\"}]");
    assert_str(json_peek(text, "b"), "\"x\\\"y\"");
    assert_str(json_peek_text(json_peek(text, "b")), "x\\\"y");
    assert_str(json_peek(text, "c"), "-1.5e3");
    assert_str(json_peek(text, "d"), "null");
    assert_str(json_peek(text, "e"), "");
    assert_str(json_peek_text(json_peek(text, "d")), "");
}

static void
is_nothing_where_there_is_no_object(void **state)
{
    static const char *const texts[] = { "", " ", "[]", "[{\"a\":1}]", "1", "\"a\"", "null", "{}" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(json_peek(str_of(texts[i]), "a").len, 0);
}

static void
walks_arrays(void **state)
{
    struct str text = STR("[1 , \"a,]\",{\"x\":[1,2]} ,[] , null]"), element;
    static const char *const expected[] = { "1", "\"a,]\"", "{\"x\":[1,2]}", "[]", "null" };
    size_t at = 0, count = 0;

    (void)state;
    while (json_peek_next(text, &at, &element))
        assert_str(element, expected[count++]);
    assert_int_equal(count, 5);
    at = 0;
    assert_false(json_peek_next(STR("[]"), &at, &element));
    assert_false(json_peek_next(STR("[ ]"), &at, &element));
    assert_false(json_peek_next(STR("{\"a\":1}"), &at, &element));
    assert_false(json_peek_next(STR(""), &at, &element));
}

/* Whatever the reader finds, peeking finds, too. */
static void
agrees_with_the_reader(void **state)
{
    struct str text =
        STR("{\"inputGroupKey\":\"k\",\"toRender\":[{\"methodName\":\"INPUT_TEXT\",\"props\":{\"a\":[[],{}]}},"
            "{\"props\":{\"methodName\":\"no\"},\"methodName\":\"DISPLAY_CODE\"}],\"kind\":\"RENDER\"}");
    struct str list = json_peek(text, "toRender"), element;
    struct arena arena;
    struct json root;
    struct err err;
    size_t at = 0, index = 0;

    (void)state;
    arena_init(&arena, 0);
    assert_true(json_parse(&arena, text, &root, &err));
    while (json_peek_next(list, &at, &element)) {
        struct json node = json_at(json_get(root, "toRender"), index++);

        assert_true(str_eq(json_raw(node), element));
        assert_true(str_eq(json_raw(json_get(node, "methodName")), json_peek(element, "methodName")));
    }
    assert_int_equal(index, 2);
    arena_fini(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_members),
        cmocka_unit_test(is_nothing_where_there_is_no_object),
        cmocka_unit_test(walks_arrays),
        cmocka_unit_test(agrees_with_the_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
