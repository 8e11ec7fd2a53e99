/* SPDX-License-Identifier: MIT */
/*
 * The bare loop that durable calls are measured against: SQLite, WAL, FULL; producers that each wait for their row, one
 * writer that takes whatever waits into one transaction (functions.md 4.1).
 *
 * usage: group_commit FILE PRODUCERS SECONDS      prints rows a second
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BODY = 512, HEADS = 200, MAX_PRODUCERS = 1024 };

struct waiter {
    struct waiter *next;
    bool is_done;
    pthread_cond_t done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct waiter *waiting;
static atomic_bool is_over;
static atomic_long count;
static sqlite3 *db;

static void
check(int code)
{
    if (code == SQLITE_OK)
        return;
    fprintf(stderr, "group_commit: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void
run(const char *sql)
{
    check(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void
open_database(const char *path)
{
    check(sqlite3_open(path, &db));
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000");
    run("CREATE TABLE call(id INTEGER PRIMARY KEY, cid BLOB NOT NULL, queue INT NOT NULL, fn INT NOT NULL, state INT "
        "NOT NULL,"
        " due INT NOT NULL, hdr BLOB NOT NULL, body BLOB);"
        "CREATE UNIQUE INDEX call_cid ON call(fn, cid);"
        "CREATE INDEX call_due ON call(queue, fn, due, id) WHERE state = 0");
}

/* One transaction for all of them. */
static void
write_all(sqlite3_stmt *insert, const struct waiter *first)
{
    static char heads[HEADS], body[BODY];
    static sqlite3_int64 number;

    run("BEGIN IMMEDIATE");
    for (; first; first = first->next) {
        number++;
        sqlite3_bind_blob(insert, 1, &number, sizeof number, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, number);
        sqlite3_bind_blob(insert, 3, heads, sizeof heads, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 4, body, sizeof body, SQLITE_STATIC);
        sqlite3_step(insert);
        check(sqlite3_reset(insert));
    }
    run("COMMIT");
}

static void
answer_all(struct waiter *first)
{
    while (first) {
        struct waiter *next = first->next;

        first->is_done = true;
        pthread_cond_signal(&first->done);
        first = next;
        count++;
    }
}

static void *
writer(void *arg)
{
    sqlite3_stmt *insert;

    check(sqlite3_prepare_v2(db, "INSERT INTO call(cid, queue, fn, state, due, hdr, body) VALUES(?, 1, 1, 0, ?, ?, ?)",
                             -1, &insert, NULL));
    pthread_mutex_lock(&lock);
    while (!is_over) {
        struct waiter *first = waiting;

        if (!first) {
            pthread_cond_wait(&work, &lock);
            continue;
        }
        waiting = NULL;
        pthread_mutex_unlock(&lock);
        write_all(insert, first);
        pthread_mutex_lock(&lock);
        answer_all(first);
    }
    pthread_mutex_unlock(&lock);
    sqlite3_finalize(insert);
    return arg;
}

static void *
producer(void *arg)
{
    struct waiter waiter = { .done = PTHREAD_COND_INITIALIZER };

    pthread_mutex_lock(&lock);
    while (!is_over) {
        waiter.is_done = false;
        waiter.next = waiting;
        waiting = &waiter;
        pthread_cond_signal(&work);
        while (!waiter.is_done && !is_over)
            pthread_cond_wait(&waiter.done, &lock);
    }
    pthread_mutex_unlock(&lock);
    return arg;
}

static void
wait_for(long seconds)
{
    nanosleep(&(struct timespec){ .tv_sec = seconds }, NULL);
}

int
main(int argc, char **argv)
{
    long producers = argc == 4 ? strtol(argv[2], NULL, 10) : 0, seconds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    pthread_t thread;

    if (producers < 1 || producers > MAX_PRODUCERS || seconds < 1) {
        fputs("usage: group_commit FILE PRODUCERS SECONDS\n", stderr);
        return 2;
    }
    open_database(argv[1]);
    pthread_create(&thread, NULL, writer, NULL);
    for (long i = 0; i < producers; i++)
        pthread_create(&thread, NULL, producer, NULL);
    wait_for(seconds);
    printf("%ld\n", count / seconds);
    return 0;
}
