/* SPDX-License-Identifier: MIT */
/* Reading JSON: places in a document, conversions, and what a missing place answers. */
#include "json/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static struct json
parse(const char *text)
{
    struct json root;
    struct err err;

    if (!json_parse(&arena, str_of(text), &root, &err))
        fail_msg("%s", err.text);
    return root;
}

static void
finds_members_and_elements(void **state)
{
    struct json root = parse("{\"a\":{\"b\":[10,[20,21],{\"c\":30}]},\"d\":\"x\",\"a\\u0062\":1,\"d\":\"y\"}");
    struct json list = json_get(json_get(root, "a"), "b");

    (void)state;
    assert_int_equal(json_count(root), 4);
    assert_int_equal(json_count(list), 3);
    assert_int_equal(json_int(json_at(list, 0), -1), 10);
    assert_int_equal(json_int(json_at(json_at(list, 1), 1), -1), 21);
    assert_int_equal(json_int(json_get(json_at(list, 2), "c"), -1), 30);
    assert_int_equal(json_type(json_at(list, 3)), JSON_MISSING);
    assert_int_equal(json_int(json_get(root, "ab"), -1), 1); /* the key is escaped in the text */
    assert_true(json_is(json_get(root, "d"), "y"));          /* the last one wins */
    assert_true(str_is(json_raw(list), "[10,[20,21],{\"c\":30}]"));
    assert_true(str_is(json_raw(json_get(root, "d")), "\"y\""));
}

static void
walks_members_in_order(void **state)
{
    static const char *const keys[] = { "one", "t\nwo", "three", "four" };
    struct json root = parse("{\"one\":{\"x\":[1,2]},\"t\\nwo\":[[],{}],\"three\":null,\"four\":\"z\"}");
    size_t i = 0;

    (void)state;
    for (struct json node = json_first(root); json_type(node) != JSON_MISSING; node = json_next(node))
        assert_string_equal(json_key(&arena, node).p, keys[i++]);
    assert_int_equal(i, 4);
    assert_null(json_key(&arena, root).p);
    assert_int_equal(json_type(json_next(root)), JSON_MISSING);
    assert_int_equal(json_type(json_first(parse("[]"))), JSON_MISSING);
    assert_int_equal(json_type(json_first(parse("{}"))), JSON_MISSING);
    assert_null(json_key(&arena, json_first(parse("[1]"))).p);
}

static void
a_missing_place_is_harmless(void **state)
{
    struct json none = json_get(json_at(json_get(parse("[1]"), "a"), 7), "b");

    (void)state;
    assert_int_equal(json_type(none), JSON_MISSING);
    assert_int_equal(json_count(none), 0);
    assert_int_equal(json_raw(none).len, 0);
    assert_null(json_text(&arena, none));
    assert_true(json_bool(none, true));
    assert_int_equal(json_int(none, 5), 5);
    assert_true(json_double(none, 0.5) == 0.5);
    assert_false(json_is(none, ""));
    assert_int_equal(json_type(json_next(none)), JSON_MISSING);
}

static void
knows_every_type(void **state)
{
    static const enum json_type types[] = { JSON_NULL,   JSON_BOOL,  JSON_BOOL,  JSON_NUMBER,
                                            JSON_STRING, JSON_ARRAY, JSON_OBJECT };
    struct json node = json_first(parse("[null,true,false,-1,\"\",[],{}]"));

    (void)state;
    for (size_t i = 0; i < 7; i++, node = json_next(node))
        assert_int_equal(json_type(node), types[i]);
    assert_int_equal(json_type(parse("7")), JSON_NUMBER);
    assert_int_equal(json_type(parse(" \"s\" ")), JSON_STRING);
}

static void
unescapes(void **state)
{
    struct json root =
        parse("[\"\\\"\\\\\\/"
              "\\b\\f\\n\\r\\t\",\"\\u00e9\\u20AC\\ud83d\\ude00\",\"a\\ud83d\\u0041\\udc00b\",\"x\\u0000y\",\"\"]");
    struct str with_nul = json_str(&arena, json_at(root, 3));

    (void)state;
    assert_string_equal(json_text(&arena, json_at(root, 0)), "\"\\/\b\f\n\r\t");
    assert_string_equal(json_text(&arena, json_at(root, 1)), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_string_equal(json_text(&arena, json_at(root, 2)), "a\xef\xbf\xbd"
                                                             "A\xef\xbf\xbd"
                                                             "b");
    assert_true(str_eq(with_nul, STR("x\0y")));
    assert_null(json_text(&arena, json_at(root, 3)));
    assert_string_equal(json_text(&arena, json_at(root, 4)), "");
    assert_true(json_is(json_at(root, 1), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    assert_false(json_is(json_at(root, 1), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98"));
    assert_false(json_is(json_at(root, 1), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80x"));
}

static void
converts_numbers(void **state)
{
    struct json n =
        parse("[0,-0,9223372036854775807,-9223372036854775808,9223372036854775808,1.0,1e3,1.5,1e30,-12.25e1]");

    (void)state;
    assert_int_equal(json_int(json_at(n, 0), 9), 0);
    assert_int_equal(json_int(json_at(n, 1), 9), 0);
    assert_true(json_int(json_at(n, 2), 9) == INT64_MAX);
    assert_true(json_int(json_at(n, 3), 9) == INT64_MIN);
    assert_int_equal(json_int(json_at(n, 4), 9), 9);
    assert_int_equal(json_int(json_at(n, 5), 9), 1);
    assert_int_equal(json_int(json_at(n, 6), 9), 1000);
    assert_int_equal(json_int(json_at(n, 7), 9), 9);
    assert_int_equal(json_int(json_at(n, 8), 9), 9);
    assert_true(json_double(json_at(n, 9), 0) == -122.5);
    assert_true(json_double(json_at(n, 8), 0) == 1e30);
}

static void
refuses_what_is_invalid_or_too_large(void **state)
{
    struct arena small;
    struct json root;
    struct err err;

    (void)state;
    assert_false(json_parse(&arena, STR("[1"), &root, &err));
    assert_int_equal(json_type(root), JSON_MISSING);
    arena_init(&small, 256);
    assert_false(json_parse(&small, STR("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]"), &root, &err));
    assert_non_null(strstr(err.text, "memory limit"));
    arena_fini(&small);
}

static void
many_elements_are_linear(void **state)
{
    enum { COUNT = 60000 };
    char *text = malloc(COUNT * 2 + 2);
    struct json root;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(text + i * 2, i ? ",1" : "[1", 2);
    text[COUNT * 2] = ']';
    assert_true(json_parse(&arena, (struct str){ text, COUNT * 2 + 1 }, &root, NULL));
    for (struct json node = json_first(root); json_type(node) != JSON_MISSING; node = json_next(node))
        count++;
    assert_int_equal(count, COUNT);
    free(text);
}

static int
clear(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(finds_members_and_elements, clear),
        cmocka_unit_test_teardown(walks_members_in_order, clear),
        cmocka_unit_test_teardown(a_missing_place_is_harmless, clear),
        cmocka_unit_test_teardown(knows_every_type, clear),
        cmocka_unit_test_teardown(unescapes, clear),
        cmocka_unit_test_teardown(converts_numbers, clear),
        cmocka_unit_test_teardown(refuses_what_is_invalid_or_too_large, clear),
        cmocka_unit_test_teardown(many_elements_are_linear, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
