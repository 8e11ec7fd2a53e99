/* SPDX-License-Identifier: MIT */
#include "rpc/host_declare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;
static struct declaration declaration;
static struct err err;

static bool
declare(const char *text, bool honours_access)
{
    struct json root;

    assert_true(json_parse(&arena, str_of(text), &root, &err));
    return declaration_read(&declaration, &arena, root, honours_access, &err);
}

static const struct route *
find(const char *slug)
{
    for (size_t i = 0; i < declaration.count; i++)
        if (strcmp(declaration.routes[i].slug, slug) == 0)
            return &declaration.routes[i];
    return NULL;
}

static int
set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    declaration_fini(&declaration);
    arena_fini(&arena);
    return 0;
}

/* The example of host-protocol.md 3.1. */
static void
reads_what_the_sdk_sends(void **state)
{
    (void)state;
    assert_true(declare(
        "{\"actions\":[{\"slug\":\"text\"},{\"groupSlug\":\"users\",\"slug\":\"create\",\"name\":\"Create user\","
        "\"description\":\"Makes one\",\"backgroundable\":true,\"unlisted\":true,\"warnOnClose\":false,"
        "\"access\":\"entire-organization\"},{\"groupSlug\":\"users\",\"slug\":\"plain\"},"
        "{\"groupSlug\":\"users/nested\",\"slug\":\"leaf\"}],\"groups\":[{\"slug\":\"users\",\"name\":\"Users\","
        "\"hasHandler\":true,\"access\":{\"teams\":[\"support\",\"ghosts\"]}},"
        "{\"slug\":\"users/nested\",\"name\":\"Nested\",\"hasHandler\":false,\"unlisted\":true}]}",
        true));
    assert_int_equal(declaration.count, 6);
    assert_int_equal(declaration.invalid_count, 0);
    assert_string_equal(find("users/create")->name, "Create user");
    assert_true(find("users/create")->backgroundable && !find("users/create")->warn_on_close);
    assert_string_equal(find("users/create")->access, "\"entire-organization\"");
    assert_string_equal(find("users/plain")->access, "{\"teams\":[\"support\",\"ghosts\"]}");
    assert_string_equal(find("users/nested/leaf")->access, "{\"teams\":[\"support\",\"ghosts\"]}");
    assert_null(find("text")->access);
    assert_true(find("text")->warn_on_close && find("text")->has_handler);
    assert_true(find("users")->has_handler && !find("users/nested")->has_handler);
    assert_int_equal(declaration.warning_count, 1);
    assert_non_null(strstr(declaration.warnings[0], "page users: support; page users: ghosts"));
}

static void
access_counts_only_where_it_is_in_force(void **state)
{
    (void)state;
    assert_true(declare("{\"actions\":[{\"slug\":\"a\",\"access\":{\"teams\":[\"x\"]}}]}", false));
    assert_null(find("a")->access);
    assert_int_equal(declaration.warning_count, 0);
}

static void
skips_invalid_slugs(void **state)
{
    (void)state;
    assert_true(
        declare("{\"actions\":[{\"slug\":\"\"},{\"slug\":\"a b\"},{\"slug\":\"a/b\"},{\"slug\":\"..\"},{\"slug\":7},7,"
                "{\"slug\":\"good\"},{\"groupSlug\":\"x//y\",\"slug\":\"z\"}],\"groups\":[{\"slug\":\"/"
                "\"},{\"slug\":\"p/q\"}]}",
                false));
    assert_int_equal(declaration.count, 2);
    assert_non_null(find("good"));
    assert_non_null(find("p/q"));
    assert_int_equal(declaration.invalid_count, 8);
}

static void
the_first_of_two_stays(void **state)
{
    (void)state;
    assert_true(declare("{\"actions\":[{\"slug\":\"a\",\"name\":\"1\"},{\"slug\":\"a\",\"name\":\"2\"}]}", false));
    assert_int_equal(declaration.count, 1);
    assert_string_equal(find("a")->name, "1");
    assert_int_equal(declaration.warning_count, 1);
}

static void
reads_the_oldest_form(void **state)
{
    (void)state;
    assert_true(declare("{\"callableActionNames\":[\"one\",\"no good\",7]}", false));
    assert_int_equal(declaration.count, 1);
    assert_int_equal(find("one")->kind, ROUTE_ACTION);
    assert_int_equal(declaration.invalid_count, 2);
}

static void
refuses_what_is_no_declaration(void **state)
{
    (void)state;
    assert_false(declare("{}", false));
    assert_false(declare("{\"actions\":{}}", false));
    assert_false(declare("[]", false));
    assert_false(declare("7", false));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_the_sdk_sends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(access_counts_only_where_it_is_in_force, set_up, tear_down),
        cmocka_unit_test_setup_teardown(skips_invalid_slugs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_of_two_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_the_oldest_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_declaration, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
