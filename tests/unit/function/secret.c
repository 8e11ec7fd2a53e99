/* SPDX-License-Identifier: MIT */
/* Secrets of functions: kept sealed, opened by name, of no use under another name or key. */
#include "function/secret.h"

#include "../store/temp.h"
#include "store/function_secret.h"

static struct secrets keys;

static void
put(const char *name, const char *sealed)
{
    struct store_write *write = store_write_new();

    store_function_secret_put(write, temp.local.org_id, name, sealed);
    temp_write(&temp, write, STORE_DONE);
}

static int
set_up(void **state)
{
    struct err err = { "" };

    if (temp_setup(state) != 0)
        return -1;
    if (!secrets_load(&keys, temp.dir, NULL, NULL, &err))
        fail_msg("%s", err.text);
    return 0;
}

static void
what_was_written_is_found_again(void **state)
{
    struct function_secret_set *set;
    struct err err = { "" };

    (void)state;
    put("stripe", function_secret_seal(&keys, &temp.arena, "stripe", STR("old")));
    put("stripe", function_secret_seal(&keys, &temp.arena, "stripe", STR("whsec_1")));
    put("github", function_secret_seal(&keys, &temp.arena, "github", STR("x y")));
    assert_non_null(set = function_secrets_load(temp.store, &keys, temp.local.org_id, &err));
    assert_string_equal(function_secret_find(set, STR("stripe")), "whsec_1");
    assert_string_equal(function_secret_find(set, STR("github")), "x y");
    assert_null(function_secret_find(set, STR("slack")));
    function_secrets_free(set);
    assert_non_null(set = function_secrets_load(temp.store, &keys, "another organization", &err));
    assert_null(function_secret_find(set, STR("stripe")));
    function_secrets_free(set);
}

static void
a_row_under_another_name_does_not_open(void **state)
{
    struct err err = { "" };

    (void)state;
    put("theirs", function_secret_seal(&keys, &temp.arena, "mine", STR("value")));
    assert_null(function_secrets_load(temp.store, &keys, temp.local.org_id, &err));
    assert_non_null(strstr(err.text, "interlude secrets set theirs"));
}

static void
names_are_short_and_plain(void **state)
{
    (void)state;
    assert_true(function_secret_is_name(STR("a.b-c_D9")));
    assert_false(function_secret_is_name(STR("")));
    assert_false(function_secret_is_name(STR("a b")));
    assert_false(function_secret_is_name(STR("a}")));
    assert_false(function_secret_is_name(STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_found_again, set_up, temp_teardown),
        cmocka_unit_test_setup_teardown(a_row_under_another_name_does_not_open, set_up, temp_teardown),
        cmocka_unit_test(names_are_short_and_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
