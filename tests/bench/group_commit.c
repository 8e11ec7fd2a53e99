/* SPDX-License-Identifier: MIT */
/*
 * The bare loop that durable calls are measured against: SQLite, WAL, FULL, without locks of its own, as the server has
 * it; producers that each wait for their row, one writer that takes whatever waits into one transaction (functions.md
 * 4.1).
 *
 * usage: group_commit FILE PRODUCERS SECONDS      prints rows a second
 */
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BODY = 512, HEADS = 200, MAX_PRODUCERS = 1024 };

struct waiter {
    struct waiter *next;
    sem_t done;
};

static _Atomic(struct waiter *) waiting;
static sem_t work; /* there was nobody in `waiting` */
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
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
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
        struct waiter *next = first->next; /* it may wait again at once */

        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
        sem_post(&first->done);
        first = next;
    }
}

static void *
writer(void *arg)
{
    sqlite3_stmt *insert;

    check(sqlite3_prepare_v2(db, "INSERT INTO call(cid, queue, fn, state, due, hdr, body) VALUES(?, 1, 1, 0, ?, ?, ?)",
                             -1, &insert, NULL));
    for (;;) {
        struct waiter *first = atomic_exchange(&waiting, NULL);

        if (first) {
            write_all(insert, first);
            answer_all(first);
        } else {
            sem_wait(&work);
        }
    }
    return arg;
}

static void *
producer(void *arg)
{
    struct waiter waiter;

    sem_init(&waiter.done, 0, 0);
    for (;;) {
        waiter.next = atomic_load(&waiting);
        while (!atomic_compare_exchange_weak(&waiting, &waiter.next, &waiter))
            ;
        if (!waiter.next)
            sem_post(&work);
        sem_wait(&waiter.done);
    }
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
    sem_init(&work, 0, 0);
    pthread_create(&thread, NULL, writer, NULL);
    for (long i = 0; i < producers; i++)
        pthread_create(&thread, NULL, producer, NULL);
    wait_for(seconds);
    printf("%ld\n", count / seconds);
    return 0;
}
