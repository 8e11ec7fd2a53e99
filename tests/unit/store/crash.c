/* SPDX-License-Identifier: MIT */
/*
 * kill -9 of a server that writes: whatever was acknowledged is there afterwards, and no write is there by half. The
 * child acknowledges through a pipe, as a server would through a socket.
 */
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>

#include "store/login.h"
#include "temp.h"

enum { ROUNDS = 25, THREADS = 8, MAX_LIFE_MS = 60, MAX_ACKNOWLEDGED = 1 << 20 };

static struct temp temp;
static int acknowledge_fd, round_number;
static atomic_int next_number;
static unsigned char acknowledged[ROUNDS][MAX_ACKNOWLEDGED / 8];

static void *
write_for_ever(void *arg)
{
    for (;;) {
        int number = atomic_fetch_add(&next_number, 1);
        struct store_write *pair = store_write_new();
        char first[32], second[32];

        snprintf(first, sizeof first, "a-%d-%d", round_number, number);
        snprintf(second, sizeof second, "b-%d-%d", round_number, number);
        store_setting_put(pair, first, "some text that takes a little room");
        store_setting_put(pair, second, "some text that takes a little room");
        if (store_write_wait(temp.store, pair, NULL) != STORE_DONE ||
            write(acknowledge_fd, &number, sizeof number) != sizeof number)
            _exit(1);
    }
    return arg;
}

static void
be_server(void)
{
    pthread_t threads[THREADS];

    temp.store = store_open(&store_sqlite, temp.path, &sql_state, NULL);
    if (!temp.store)
        _exit(1);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, write_for_ever, NULL);
    for (;;)
        pause();
}

static void
wait_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* Returns how many were acknowledged before the end. */
static int
run_and_kill(int round)
{
    int fds[2], number, count = 0, status;
    pid_t child;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        close(fds[0]);
        acknowledge_fd = fds[1];
        round_number = round;
        be_server();
    }
    close(fds[1]);
    if (read(fds[0], &number, sizeof number) == sizeof number) { /* it runs: now at any moment */
        acknowledged[round][number / 8] |= (unsigned char)(1 << number % 8);
        count++;
        wait_ms(rand() % MAX_LIFE_MS);
    }
    kill(child, SIGKILL);
    while (read(fds[0], &number, sizeof number) == sizeof number) {
        assert_true(number < MAX_ACKNOWLEDGED);
        acknowledged[round][number / 8] |= (unsigned char)(1 << number % 8);
        count++;
    }
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return count;
}

static void
check_everything(int rounds)
{
    sqlite3_stmt *stmt;
    sqlite3 *db;

    assert_int_equal(sqlite3_open(temp.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT count(*) FROM setting s WHERE NOT EXISTS (SELECT 1 FROM setting t "
                           "WHERE substr(t.name, 2) = substr(s.name, 2) AND t.name = "
                           "CASE substr(s.name, 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END || substr(s.name, 2))",
                           -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(stmt, 0), 0); /* none by half */
    sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT 1 FROM setting WHERE name = ?1", -1, &stmt, NULL), SQLITE_OK);
    for (int round = 0; round < rounds; round++)
        for (int number = 0; number < MAX_ACKNOWLEDGED; number++) {
            char name[32];

            if (!(acknowledged[round][number / 8] >> number % 8 & 1))
                continue;
            snprintf(name, sizeof name, "a-%d-%d", round, number);
            sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
            if (sqlite3_step(stmt) != SQLITE_ROW)
                fail_msg("%s was acknowledged and is lost", name);
            sqlite3_reset(stmt);
        }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void
nothing_acknowledged_is_lost(void **state)
{
    long count = 0;

    (void)state;
    temp_make(&temp);
    srand((unsigned)time(NULL));
    for (int round = 0; round < ROUNDS; round++)
        count += run_and_kill(round);
    check_everything(ROUNDS);
    assert_true(count >= ROUNDS);
    print_message("%d kills, %ld acknowledged writes, none lost\n", ROUNDS, count);
    temp_fini(&temp);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_acknowledged_is_lost) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
