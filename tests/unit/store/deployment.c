/* SPDX-License-Identifier: MIT */
/* The newest package of a service and stage is remembered, whatever was done with it. */
#include "store/deployment.h"

#include "store/deployer.h"
#include "temp.h"

static void
note(const char *stage, const char *action, int64_t timestamp_ms, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_deployment_insert(
        write,
        &(struct deployment_row){
            .service = "shop", .stage = stage, .action = action, .timestamp_ms = timestamp_ms, .deployer_id = "a1" });
    temp_write(&temp, write, expected);
}

static int64_t
newest(const char *stage)
{
    int64_t timestamp_ms;

    assert_true(store_deployment_newest(temp.store, &temp.arena, "shop", stage, &timestamp_ms, NULL));
    return timestamp_ms;
}

static void
f9_the_newest_is_known_after_a_removal(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    store_deployer_insert(write, &(struct deployer){ .id = "a1", .name = "ann", .public_key = "cHVibGlj" });
    temp_write(&temp, write, STORE_DONE);
    assert_int_equal(newest("prod"), 0);
    note("prod", "deploy", 5, STORE_DONE);
    note("prod", "deploy", 9, STORE_DONE);
    note("prod", "rollback", 5, STORE_DONE);
    note("prod", "remove", 5, STORE_DONE);
    note("prod", "explode", 12, STORE_REFUSED);
    assert_int_equal(newest("prod"), 9);
    assert_int_equal(newest("dev"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(f9_the_newest_is_known_after_a_removal) };

    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
