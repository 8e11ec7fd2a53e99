/* SPDX-License-Identifier: MIT */
/* Migrations, what is refused, and backups. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/login.h"
#include "temp.h"

static void
tamper(const char *sql)
{
    sqlite3 *db;

    store_close(temp.store);
    temp.store = NULL;
    assert_int_equal(sqlite3_open(temp.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void
opening_again_keeps_everything(void **state)
{
    struct org_local again;
    struct stat info;

    (void)state;
    store_close(temp.store);
    temp_open(&temp);
    assert_true(store_bootstrap_local(temp.store, &temp.arena, &again, NULL));
    assert_string_equal(again.development_id, temp.local.development_id);
    assert_string_equal(again.user_id, temp.local.user_id);
    assert_int_equal(stat(temp.path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void
a_newer_database_is_refused(void **state)
{
    struct err err = { "" };

    (void)state;
    tamper("INSERT INTO schema_migration VALUES (9999, 'future', 'x', 1)");
    assert_null(store_open(&store_sqlite, temp.path, &sql_state, &err));
    assert_non_null(strstr(err.text, "newer interlude (schema 9999"));
}

static void
a_foreign_migration_is_refused(void **state)
{
    struct err err = { "" };

    (void)state;
    tamper("UPDATE schema_migration SET checksum = 'other' WHERE version = 1");
    assert_null(store_open(&store_sqlite, temp.path, &sql_state, &err));
    assert_non_null(strstr(err.text, "migration 1 (init)"));
}

static void
what_is_no_database_is_refused(void **state)
{
    struct err err = { "" };
    FILE *file;

    (void)state;
    store_close(temp.store);
    temp.store = NULL;
    file = fopen(temp.path, "w");
    fputs("this is certainly no database, but it is long enough to be looked at as one by anybody who tries\n", file);
    fclose(file);
    assert_null(store_open(&store_sqlite, temp.path, &sql_state, &err));
    assert_non_null(strstr(err.text, temp.path));
    assert_null(store_open(&store_sqlite, "/nonexistent/state.db", &sql_state, &err));
    assert_non_null(strstr(err.text, "No such file"));
}

/* A migration that fails in the middle leaves nothing behind. */
static void
migrations_are_all_or_nothing(void **state)
{
    struct sql_migration rows[64];
    struct sql_set set = sql_state;
    struct err err = { "" };
    int next = set.migrations[set.migration_count - 1].version + 1;
    sqlite3 *db;

    (void)state;
    assert_true(set.migration_count + 2 <= COUNT_OF(rows));
    memcpy(rows, set.migrations, set.migration_count * sizeof *rows);
    rows[set.migration_count++] = (struct sql_migration){ next, "next", "CREATE TABLE half (id TEXT)" };
    rows[set.migration_count++] = (struct sql_migration){ next, "next", "CREATE TABLE half (id TEXT)" };
    set.migrations = rows;
    store_close(temp.store);
    temp.store = NULL;
    assert_null(store_open(&store_sqlite, temp.path, &set, &err));
    assert_non_null(strstr(err.text, "already exists"));
    assert_int_equal(sqlite3_open(temp.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT * FROM half", NULL, NULL, NULL), SQLITE_ERROR);
    sqlite3_close(db);
    set.migration_count--;
    temp.store = store_open(&store_sqlite, temp.path, &set, &err);
    assert_non_null(temp.store);
}

static void
every_query_can_be_prepared(void **state)
{
    sqlite3 *db;

    (void)state;
    assert_int_equal(sqlite3_open(temp.path, &db), SQLITE_OK);
    for (unsigned i = 0; i < sql_state.query_count; i++) {
        sqlite3_stmt *stmt;

        if (sqlite3_prepare_v2(db, sql_state.queries[i].text, -1, &stmt, NULL))
            fail_msg("%s: %s", sql_state.queries[i].name, sqlite3_errmsg(db));
        assert_int_equal(sqlite3_bind_parameter_count(stmt), sql_state.queries[i].parameter_count);
        sqlite3_finalize(stmt);
    }
    sqlite3_close(db);
}

static void
a_backup_opens_as_a_database(void **state)
{
    struct store_write *write = store_write_new();
    struct err err = { "" };
    struct store *copy;
    const char *value;
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/backup.db", temp.dir);
    store_setting_put(write, "a", "1");
    temp_write(&temp, write, STORE_DONE);
    assert_true(store_backup(temp.store, path, &err));
    assert_false(store_backup(temp.store, path, &err)); /* never over an existing file */
    copy = store_open(&store_sqlite, path, &sql_state, &err);
    assert_non_null(copy);
    assert_true(store_setting_get(copy, &temp.arena, "a", &value, &err));
    assert_string_equal(value, "1");
    store_close(copy);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opening_again_keeps_everything, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_newer_database_is_refused, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_foreign_migration_is_refused, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_database_is_refused, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(migrations_are_all_or_nothing, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(every_query_can_be_prepared, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_backup_opens_as_a_database, temp_setup, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
