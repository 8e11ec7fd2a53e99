/* SPDX-License-Identifier: MIT */
/* The table of keys (functions.md 1.11, F7). */
#include "function/key.h"

#include <ctype.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

#define VALUE "0123456789abcdefghij"

static struct arena arena;

static struct function_key
row(const char *id, const char *service, const char *value)
{
    struct function_key row = { .id = id, .service = service, .stage = "dev", .is_enabled = true, .quota_limit = -1 };

    key_set_value(&arena, &row, str_of(value));
    return row;
}

static const char *
found(const struct key_table *table, const char *value, const char *service, const char *stage)
{
    const struct key *key = key_find(table, str_of(value), service, stage);

    return key ? key->id : "none";
}

static void
f7_a_key_is_found_by_value_and_service(void **state)
{
    const struct function_key rows[] = { row("a", "shop", VALUE), row("b", "shop", "another-value-of-a-key"),
                                         row("c", "bank", VALUE) };
    struct key_table *table = key_table_new(rows, COUNT_OF(rows), 7, NULL), *empty = key_table_new(NULL, 0, 0, NULL);

    (void)state;
    assert_string_equal(found(table, VALUE, "shop", "dev"), "a");
    assert_string_equal(found(table, VALUE, "bank", "dev"), "c");
    assert_string_equal(found(table, VALUE, "bank", "prod"), "none");
    assert_string_equal(found(table, VALUE, "", ""), "none");
    assert_string_equal(found(table, "another-value-of-a-key", "shop", "dev"), "b");
    assert_string_equal(found(table, VALUE "x", "shop", "dev"), "none");
    assert_string_equal(found(table, "", "shop", "dev"), "none");
    assert_string_equal(found(empty, VALUE, "shop", "dev"), "none");
    assert_string_equal(rows[0].prefix, "01234567");
    key_table_put(table);
    key_table_put(empty);
}

static void
f7_a_new_table_goes_on_counting(void **state)
{
    struct function_key rows[] = { row("a", "shop", VALUE), row("b", "shop", "another-value-of-a-key") };
    struct key_table *first, *second;
    const struct key *key;
    int64_t day;

    (void)state;
    rows[0].quota_limit = 10;
    rows[0].quota_period = "MONTH";
    rows[0].used = 4;
    rows[0].period_start = INT64_C(86400000) * 20000;
    first = key_table_new(rows, 1, 0, NULL);
    key = key_find(first, STR(VALUE), "shop", "dev");
    assert_int_equal(key->plan.period, PERIOD_MONTH);
    for (int i = 0; i < 10; i++)
        assert_int_equal(usage_take(key->usage, &key->plan, 0, 0), USAGE_GOOD); /* another month */
    rows[0].quota_limit = 11;
    second = key_table_new(rows, 2, 0, first);
    key_table_put(first);
    key = key_find(second, STR(VALUE), "shop", "dev");
    assert_int_equal(usage_unsaved(key->usage, &day), 10);
    assert_int_equal(usage_take(key->usage, &key->plan, 0, 0), USAGE_GOOD);
    assert_int_equal(usage_take(key->usage, &key->plan, 0, 0), USAGE_OVER_QUOTA);
    key_table_put(second);
}

static void
plans_become_rows(void **state)
{
    const struct service_plan plan = { .quota_limit = 5,
                                       .quota_offset = 2,
                                       .period = PERIOD_WEEK,
                                       .rate_limit = 0.5,
                                       .burst_limit = SERVICE_UNSET },
                              open = { .quota_limit = SERVICE_UNSET, .burst_limit = 5 };
    struct function_key key = { .id = "a" };

    (void)state;
    key_set_plan(&key, &plan);
    assert_int_equal(key.rate_milli, 500);
    assert_int_equal(key.burst_limit, 1);
    assert_int_equal(key.quota_limit, 5);
    assert_string_equal(key.quota_period, "WEEK");
    assert_int_equal(key.quota_offset, 2);
    key = (struct function_key){ .id = "a" };
    key_set_plan(&key, &open);
    assert_int_equal(key.rate_milli, 0);
    assert_true(key.quota_limit < 0);
    key_set_plan(&key, NULL);
    assert_true(key.quota_limit < 0);
}

static void
f7_generated_values(void **state)
{
    char one[KEY_LEN + 1], other[KEY_LEN + 1];

    (void)state;
    key_generate(one);
    key_generate(other);
    assert_int_equal(strlen(one), 40);
    assert_string_not_equal(one, other);
    for (size_t i = 0; i < KEY_LEN; i++)
        assert_true(isalnum((unsigned char)one[i]));
}

static int
setup(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return sodium_init() < 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f7_a_key_is_found_by_value_and_service),
        cmocka_unit_test(f7_a_new_table_goes_on_counting),
        cmocka_unit_test(plans_become_rows),
        cmocka_unit_test(f7_generated_values),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
