/* SPDX-License-Identifier: MIT */
/* Keys of functions: one per name and value in each service; what is used of their quotas adds up. */
#include "store/function_key.h"

#include "temp.h"

static const struct function_key model = { .id = "k1",
                                           .service = "shop",
                                           .stage = "dev",
                                           .name = "partner",
                                           .prefix = "abcdefgh",
                                           .hash = "h1",
                                           .is_enabled = true,
                                           .rate_milli = 1500,
                                           .burst_limit = 3,
                                           .quota_limit = 0,
                                           .quota_period = "WEEK",
                                           .quota_offset = 2 };

static void
insert(struct function_key key, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_function_key_insert(write, &key);
    temp_write(&temp, write, expected);
}

static struct function_key *
keys(size_t expected)
{
    struct function_key *found;
    size_t count;

    assert_true(store_function_key_list(temp.store, &temp.arena, &found, &count, NULL));
    assert_int_equal(count, expected);
    return found;
}

static void
f7_names_and_values_are_those_of_a_service(void **state)
{
    struct function_key other = model;

    (void)state;
    insert(model, STORE_DONE);
    other.id = "k2";
    insert(other, STORE_REFUSED);
    other.name = "another";
    insert(other, STORE_REFUSED); /* the same value */
    other.stage = "prod";
    insert(other, STORE_DONE);
    other = keys(2)[0];
    assert_string_equal(other.name, "partner");
    assert_string_equal(other.quota_period, "WEEK");
    assert_int_equal(other.rate_milli, 1500);
    assert_int_equal(other.quota_limit, 0);
    assert_int_equal(other.quota_offset, 2);
    assert_int_equal(other.used, 0);
}

static void
f7_a_key_is_changed_and_removed(void **state)
{
    struct store_write *write = store_write_new();
    struct function_key changed = model;

    (void)state;
    changed.hash = "h3";
    changed.quota_limit = -1;
    changed.quota_period = NULL;
    changed.is_enabled = false;
    store_function_key_update(write, &changed);
    temp_write(&temp, write, STORE_DONE);
    changed = keys(2)[0];
    assert_string_equal(changed.hash, "h3");
    assert_int_equal(changed.quota_limit, -1);
    assert_null(changed.quota_period);
    assert_false(changed.is_enabled);
    write = store_write_new();
    store_function_key_remove(write, "k2");
    temp_write(&temp, write, STORE_DONE);
    keys(1);
    write = store_write_new();
    store_function_key_remove(write, "k2");
    temp_write(&temp, write, STORE_REFUSED);
}

static void
f7_what_is_used_adds_up(void **state)
{
    struct function_key *key;

    (void)state;
    for (int64_t i = 1; i <= 3; i++) {
        struct store_write *write = store_write_new();
        struct err err;

        store_function_usage_add(write, "k1", 1000, i);
        assert_int_equal(store_write_wait(temp.store, write, &err), STORE_DONE);
    }
    key = keys(1);
    assert_int_equal(key->used, 6);
    assert_int_equal(key->period_start, 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f7_names_and_values_are_those_of_a_service),
        cmocka_unit_test(f7_a_key_is_changed_and_removed),
        cmocka_unit_test(f7_what_is_used_adds_up),
    };

    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
