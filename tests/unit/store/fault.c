/* SPDX-License-Identifier: MIT */
/*
 * A disk that is full, and one that cannot sync: nothing that failed is reported as durable, and work goes on when the
 * disk does.
 */
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/login.h"
#include "temp.h"

static struct temp temp;
static atomic_bool sync_fails;
static const sqlite3_io_methods *real_methods;
static sqlite3_io_methods faulty_main, faulty_log; /* SQLite uses other methods for its log: without shared memory */
static int (*real_open)(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags);

static int
setup(void **state)
{
    (void)state;
    temp_init(&temp);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    temp_fini(&temp);
    return 0;
}

static enum store_verdict
put(const char *name, struct err *err)
{
    static char value[4001];
    struct store_write *write = store_write_new();

    memset(value, 'v', sizeof value - 1);
    store_setting_put(write, name, value);
    return store_write_wait(temp.store, write, err);
}

static bool
is_there(const char *name)
{
    const char *value;

    assert_true(store_setting_get(temp.store, &temp.arena, name, &value, NULL));
    return value != NULL;
}

static void
limit_files(rlim_t max_bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = max_bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_full_disk_fails_writes_and_recovers(void **state)
{
    struct err err = { "" };
    char name[16];
    int stored = 0;

    (void)state;
    limit_files(200 * 1024);
    for (; stored < 1000; stored++) {
        snprintf(name, sizeof name, "n%d", stored);
        if (put(name, &err) != STORE_DONE)
            break;
    }
    assert_true(stored > 0 && stored < 1000);
    assert_non_null(strstr(err.text, "cannot write to /tmp/interlude-store-"));
    assert_int_equal(put("again", &err), STORE_FAILED);
    assert_false(is_there(name));
    limit_files(RLIM_INFINITY);
    assert_int_equal(put("after", &err), STORE_DONE); /* without a restart */
    store_close(temp.store);
    temp_open(&temp);
    for (int i = 0; i <= stored; i++) {
        snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(is_there(name), i < stored);
    }
    assert_false(is_there("again"));
    assert_true(is_there("after"));
}

static int
faulty_sync(sqlite3_file *file, int flags)
{
    return atomic_load(&sync_fails) ? SQLITE_IOERR_FSYNC : real_methods->xSync(file, flags);
}

static int
faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    int code = real_open(vfs, name, file, flags, out_flags);

    if (code == SQLITE_OK && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) {
        sqlite3_io_methods *methods = flags & SQLITE_OPEN_WAL ? &faulty_log : &faulty_main;

        real_methods = file->pMethods; /* xSync is the same in both */
        *methods = *real_methods;
        methods->xSync = faulty_sync;
        file->pMethods = methods;
    }
    return code;
}

static void
a_failed_sync_is_a_failed_write(void **state)
{
    struct err err = { "" };

    (void)state;
    assert_int_equal(put("before", &err), STORE_DONE);
    atomic_store(&sync_fails, true);
    assert_int_equal(put("lost", &err), STORE_FAILED);
    assert_non_null(strstr(err.text, "disk I/O error"));
    assert_false(is_there("lost"));
    atomic_store(&sync_fails, false);
    assert_int_equal(put("after", &err), STORE_DONE);
    store_close(temp.store);
    temp_open(&temp);
    assert_true(is_there("before"));
    assert_false(is_there("lost"));
    assert_true(is_there("after"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_fails_writes_and_recovers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_sync_is_a_failed_write, setup, teardown),
    };
    static sqlite3_vfs faulty;

    signal(SIGXFSZ, SIG_IGN); /* a limit on file size then is an error of write(2), as a full disk is */
    faulty = *sqlite3_vfs_find(NULL);
    real_open = faulty.xOpen;
    faulty.zName = "faulty";
    faulty.xOpen = faulty_open;
    sqlite3_vfs_register(&faulty, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
