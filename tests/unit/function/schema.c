/* SPDX-License-Identifier: MIT */
/* JSON schemas of draft 4 (functions.md 1.12): by a table of our own, and by the cases that all validators share. */
#include "function/schema.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "json/read.h"

static struct schema *
compiled(const char *text)
{
    struct err err = { "" };
    struct schema *schema = schema_new(str_of(text), &err);

    if (!schema)
        fail_msg("%s: %s", text, err.text);
    return schema;
}

static void
accepts_what_fits(void **state)
{
    static const struct {
        const char *schema, *good, *bad;
    } cases[] = {
        { "{}", "[1]", "{" },
        { "{\"type\":\"object\"}", "{}", "[]" },
        { "{\"type\":[\"string\",\"null\"]}", "null", "1" },
        { "{\"type\":\"integer\"}", "3", "3.5" },
        { "{\"type\":\"number\"}", "3.5", "\"3.5\"" },
        { "{\"type\":\"boolean\"}", "false", "0" },
        { "{\"required\":[\"a\",\"b\"]}", "{\"b\":1,\"a\":null}", "{\"a\":1}" },
        { "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":\"x\",\"c\":1}", "{\"a\":1}" },
        { "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}", "{\"a\":1,\"b\":2}" },
        { "{\"properties\":{\"a\":{}},\"additionalProperties\":{\"type\":\"null\"}}", "{\"b\":null}", "{\"b\":2}" },
        { "{\"properties\":{\"\\u00e9\":{\"type\":\"null\"}}}", "{\"\303\251\":null}", "{\"\\u00E9\":1}" },
        { "{\"patternProperties\":{\"^x-\":{\"type\":\"string\"}}}", "{\"x-a\":\"1\",\"y\":1}", "{\"x-a\":1}" },
        { "{\"minProperties\":1,\"maxProperties\":2}", "{\"a\":1}", "{}" },
        { "{\"dependencies\":{\"a\":[\"b\"]}}", "{\"a\":1,\"b\":1}", "{\"a\":1}" },
        { "{\"dependencies\":{\"a\":{\"required\":[\"c\"]}}}", "{\"b\":1}", "{\"a\":1}" },
        { "{\"items\":{\"type\":\"integer\"}}", "[1,2]", "[1,\"2\"]" },
        { "{\"items\":[{\"type\":\"integer\"}],\"additionalItems\":false}", "[1]", "[1,2]" },
        { "{\"minItems\":1,\"maxItems\":2}", "[1]", "[1,2,3]" },
        { "{\"uniqueItems\":true}", "[1,\"1\",{\"a\":1,\"b\":2}]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]" },
        { "{\"enum\":[\"red\",2,{\"a\":[1]}]}", "{\"a\":[1]}", "\"blue\"" },
        { "{\"minimum\":1,\"maximum\":2}", "1", "2.5" },
        { "{\"minimum\":1,\"exclusiveMinimum\":true}", "1.5", "1" },
        { "{\"maximum\":1,\"exclusiveMaximum\":true}", "0", "1" },
        { "{\"multipleOf\":0.0001}", "0.0075", "0.00751" },
        { "{\"minLength\":2,\"maxLength\":3}", "\"\303\251\303\251\"", "\"\303\251\"" },
        { "{\"pattern\":\"^\\\\S+@\\\\S+$\"}", "\"ada@example.com\"", "\"ada\"" },
        { "{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "1", "3" },
        { "{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":2}]}", "null", "1" },
        { "{\"oneOf\":[{\"minimum\":1},{\"minimum\":2}]}", "1", "2" },
        { "{\"not\":{\"type\":\"string\"}}", "1", "\"1\"" },
        { "{\"definitions\":{\"a/b\":{\"type\":\"null\"}},\"$ref\":\"#/definitions/a~1b\"}", "null", "1" },
        { "{\"items\":[{\"type\":\"null\"},{\"$ref\":\"#/items/0\"}]}", "[null,null]", "[null,1]" },
        /* a tree */
        { "{\"properties\":{\"l\":{\"$ref\":\"#\"}},\"additionalProperties\":false}", "{\"l\":{\"l\":{}}}",
          "{\"l\":{\"l\":{\"r\":1}}}" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct schema *schema = compiled(cases[i].schema);

        if (!schema_accepts(schema, str_of(cases[i].good)))
            fail_msg("%s refuses %s", cases[i].schema, cases[i].good);
        if (schema_accepts(schema, str_of(cases[i].bad)))
            fail_msg("%s accepts %s", cases[i].schema, cases[i].bad);
        schema_free(schema);
    }
}

static void
says_what_is_no_schema(void **state)
{
    static const struct {
        const char *schema, *why;
    } cases[] = {
        { "[]", "it must be a schema, not []" },
        { "{", "" },
        { "{\"type\":\"text\"}", "type must be null, boolean, number, integer, string, array or object, not \"text\"" },
        { "{\"minLength\":-1}", "minLength must be a whole number from 0 on, not -1" },
        { "{\"maximum\":\"1\"}", "maximum must be a number, not \"1\"" },
        { "{\"exclusiveMinimum\":1}", "exclusiveMinimum must be true or false, not 1" },
        { "{\"required\":true}", "required must be a list of names, not true" },
        { "{\"required\":[1]}", "required must be a list of names, not [1]" },
        { "{\"enum\":[]}", "enum must be a list of values, not []" },
        { "{\"properties\":{\"a\":1}}", "each of properties must be a schema, not 1" },
        { "{\"anyOf\":[]}", "anyOf must be a list of schemas, not []" },
        { "{\"not\":[]}", "not must be a schema, not []" },
        { "{\"multipleOf\":0}", "multipleOf must be a number above 0, not 0" },
        { "{\"pattern\":\"(\"}", "pattern \"(\" cannot be used: Unmatched ( or \\(" },
        { "{\"properties\":{\"a\":{}},\"properties\":{\"b\":{}}}", "properties is there twice" },
        { "{\"$ref\":\"other.json\"}",
          "$ref must be a place in the same schema, such as #/definitions/item, not \"other.json\"" },
        { "{\"$ref\":\"#/definitions/x\"}", "$ref leads to #/definitions/x, which is not there" },
        { "{\"$ref\":\"#/$ref\"}", "what $ref leads to must be a schema, not \"#/$ref\"" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { "" };

        assert_null(schema_new(str_of(cases[i].schema), &err));
        if (cases[i].why[0])
            assert_string_equal(err.text, cases[i].why);
    }
}

/* Schemas that lead to themselves, or that double the work with every step, come to an end, and that is a no. */
static void
has_an_end(void **state)
{
    static const char *const schemas[] = {
        "{\"$ref\":\"#\"}",
        "{\"allOf\":[{\"$ref\":\"#\"}]}",
        "{\"not\":{\"$ref\":\"#\"}}",
        "{\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},\"b\":{\"$ref\":\"#/definitions/a\"}},"
        "\"not\":{\"$ref\":\"#/definitions/a\"}}",
        "{\"not\":{\"items\":{\"anyOf\":[{\"$ref\":\"#/not\"},{\"$ref\":\"#/not\"},{\"$ref\":\"#/not\"}]},"
        "\"not\":{}}}",
    };
    struct buf deep;

    (void)state;
    buf_init(&deep, 1024);
    for (size_t i = 0; i < 60; i++)
        buf_char(&deep, '[');
    for (size_t i = 0; i < 60; i++)
        buf_char(&deep, ']');
    for (size_t i = 0; i < COUNT_OF(schemas); i++) {
        struct schema *schema = compiled(schemas[i]);

        assert_false(schema_accepts(schema, buf_view(&deep)));
        schema_free(schema);
    }
    buf_fini(&deep);
}

/* Ten thousand long texts that differ at their end: comparing all pairs is refused before it takes long. */
static void
does_not_compare_for_ever(void **state)
{
    struct schema *schema = compiled("{\"uniqueItems\":true}");
    struct buf list;

    (void)state;
    buf_init(&list, 16 << 20);
    for (size_t i = 0; i < 10000; i++)
        buf_printf(&list, "%c\"%0900zu\"", i ? ',' : '[', i);
    buf_char(&list, ']');
    assert_false(schema_accepts(schema, buf_view(&list)));
    schema_free(schema);
    buf_fini(&list);
}

/* ---- the suite that all validators share (Debian: json-schema-test-suite) ---- */

static const char suite[] = "/usr/share/json-schema-test-suite/tests/draft4";

/* What needs other files, or names of schemas that are no places. */
static bool
is_left_out(struct str description)
{
    static const char *const names[] = { "remote ref, containing refs itself", "Recursive references between schemas",
                                         "valid definition", "invalid definition" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(description, names[i]))
            return true;
    return false;
}

static size_t
run_group(struct arena *arena, const char *file, struct json group)
{
    struct str description = json_str(arena, json_get(group, "description"));
    struct err err = { "" };
    struct schema *schema;
    size_t count = 0;

    if (is_left_out(description))
        return 0;
    schema = schema_new(json_raw(json_get(group, "schema")), &err);
    if (!schema)
        fail_msg("%s: %.*s: %s", file, STR_ARG(description), err.text);
    for (struct json test = json_first(json_get(group, "tests")); json_type(test) != JSON_MISSING;
         test = json_next(test)) {
        struct str data = json_raw(json_get(test, "data"));

        if (schema_accepts(schema, data) != json_bool(json_get(test, "valid"), false))
            fail_msg("%s: %.*s: %.*s", file, STR_ARG(description), STR_ARG(data));
        count++;
    }
    schema_free(schema);
    return count;
}

static size_t
run_file(const char *name)
{
    struct arena arena;
    struct json root;
    struct buf text;
    struct err err;
    char path[512], part[4096];
    size_t len, count = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", suite, name);
    file = fopen(path, "r");
    assert_non_null(file);
    buf_init(&text, 1 << 20);
    while ((len = fread(part, 1, sizeof part, file)) > 0)
        buf_put(&text, part, len);
    fclose(file);
    arena_init(&arena, 0);
    assert_true(json_parse(&arena, buf_view(&text), &root, &err));
    for (struct json group = json_first(root); json_type(group) != JSON_MISSING; group = json_next(group))
        count += run_group(&arena, name, group);
    arena_fini(&arena);
    buf_fini(&text);
    return count;
}

static void
agrees_with_the_suite(void **state)
{
    DIR *dir = opendir(suite);
    struct dirent *entry;
    size_t count = 0;

    (void)state;
    if (!dir) {
        print_message("json-schema-test-suite is not installed\n");
        skip();
    }
    while ((entry = readdir(dir)))
        if (str_ends(str_of(entry->d_name), STR(".json")) && strcmp(entry->d_name, "refRemote.json") != 0)
            count += run_file(entry->d_name);
    closedir(dir);
    print_message("%zu cases of the suite\n", count);
    assert_true(count > 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_fits),
        cmocka_unit_test(says_what_is_no_schema),
        cmocka_unit_test(has_an_end),
        cmocka_unit_test(does_not_compare_for_ever),
        cmocka_unit_test(agrees_with_the_suite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
