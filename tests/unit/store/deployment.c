/* SPDX-License-Identifier: MIT */
/* What was done to services: the newest package is remembered, whatever was done with it, and so is who did it. */
#include "store/deployment.h"

#include <sqlite3.h>

#include "store/deployer.h"
#include "temp.h"

static void
insert(const struct deployment_row *row, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_deployment_insert(write, row);
    temp_write(&temp, write, expected);
}

static void
note(const char *stage, const char *action, int64_t timestamp_ms, enum store_verdict expected)
{
    insert(
        &(struct deployment_row){
            .service = "shop", .stage = stage, .action = action, .timestamp_ms = timestamp_ms, .deployer_id = "a1" },
        expected);
}

static int64_t
newest(const char *stage)
{
    int64_t timestamp_ms;

    assert_true(store_deployment_newest(temp.store, &temp.arena, "shop", stage, &timestamp_ms, NULL));
    return timestamp_ms;
}

static struct deployment_row *
live(int64_t timestamp_ms)
{
    struct deployment_row *row;

    assert_true(store_deployment_live(temp.store, &temp.arena, "shop", "prod", timestamp_ms, &row, NULL));
    return row;
}

static int
setup(void **state)
{
    struct store_write *write;
    int result = temp_setup(state);

    write = store_write_new();
    store_deployer_insert(write, &(struct deployer){ .id = "a1", .name = "ann", .public_key = "cHVibGlj" });
    temp_write(&temp, write, STORE_DONE);
    return result;
}

static void
f9_the_newest_is_known_after_a_removal(void **state)
{
    (void)state;
    assert_int_equal(newest("prod"), 0);
    note("prod", "deploy", 5, STORE_DONE);
    note("prod", "deploy", 9, STORE_DONE);
    note("prod", "rollback", 5, STORE_DONE);
    note("prod", "remove", 5, STORE_DONE);
    note("prod", "explode", 12, STORE_REFUSED);
    assert_int_equal(newest("prod"), 9);
    assert_int_equal(newest("dev"), 0);
}

static void
f9_the_last_time_a_package_became_live_is_found(void **state)
{
    struct store_write *write = store_write_new();

    (void)state;
    assert_null(live(5));
    insert(&(struct deployment_row){ .id = "first",
                                     .service = "shop",
                                     .stage = "prod",
                                     .action = "deploy",
                                     .version = "5-ab",
                                     .timestamp_ms = 5,
                                     .bytes = 100,
                                     .deployer_id = "a1" },
           STORE_DONE);
    store_deployment_watched(write, "first", "{\"state\":\"live\"}");
    temp_write(&temp, write, STORE_DONE);
    assert_string_equal(live(5)->id, "first");
    assert_string_equal(live(5)->deployer, "ann");
    assert_string_equal(live(5)->watch, "{\"state\":\"live\"}");
    assert_int_equal(live(5)->bytes, 100);
    note("prod", "remove", 5, STORE_DONE);
    assert_string_equal(live(5)->action, "deploy");
    write = store_write_new();
    store_deployment_watched(write, "nothing", "{}");
    temp_write(&temp, write, STORE_REFUSED);
}

static void
f9_a_person_and_the_server_itself_may_do_it(void **state)
{
    struct deployment_row *row;

    (void)state;
    insert(&(struct deployment_row){ .service = "shop",
                                     .stage = "prod",
                                     .action = "rollback",
                                     .timestamp_ms = 5,
                                     .user_id = temp.local.user_id },
           STORE_DONE);
    row = live(5);
    assert_null(row->deployer);
    assert_non_null(strchr(row->user, '@'));
    insert(&(struct deployment_row){ .service = "shop",
                                     .stage = "prod",
                                     .action = "return",
                                     .timestamp_ms = 5,
                                     .reason = "12 of 20 requests failed" },
           STORE_DONE);
    row = live(5);
    assert_string_equal(row->action, "return");
    assert_string_equal(row->reason, "12 of 20 requests failed");
    assert_null(row->user);
}

/* Rows of a database that knew only deploy keys. */
static void
what_was_noted_before_stays(void **state)
{
    static const char row[] = "INSERT INTO deployer (id, name, public_key, created_at) VALUES ('b2', 'bob', 'x', 1);"
                              "INSERT INTO deployment VALUES ('old', 'shop', 'prod', 'deploy', '7-cd', 7, 70, 'b2', 2)";
    struct sql_set before = sql_state;
    struct err err = { "" };
    sqlite3 *db;

    (void)state;
    temp_make(&temp);
    while (before.migrations[before.migration_count - 1].version > 7)
        before.migration_count--;
    temp.store = store_open(&store_sqlite, temp.path, &before, &err);
    assert_non_null(temp.store);
    store_close(temp.store);
    assert_int_equal(sqlite3_open(temp.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, row, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    temp_open(&temp);
    assert_string_equal(live(7)->id, "old");
    assert_string_equal(live(7)->deployer, "bob");
    assert_int_equal(newest("prod"), 7);
}

static int
setup_empty(void **state)
{
    (void)state;
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(f9_the_newest_is_known_after_a_removal, setup, temp_teardown),
        cmocka_unit_test_setup_teardown(f9_the_last_time_a_package_became_live_is_found, setup, temp_teardown),
        cmocka_unit_test_setup_teardown(f9_a_person_and_the_server_itself_may_do_it, setup, temp_teardown),
        cmocka_unit_test_setup_teardown(what_was_noted_before_stays, setup_empty, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
