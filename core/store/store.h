/* SPDX-License-Identifier: MIT */
/*
 * One database: the thread that writes to it, and the connections that read from it. Does not know what the rows mean
 * (user.h, txn.h …) nor which engine stores them (driver.h).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/commit.h"
#include "store/driver.h"

struct store;

/* Opens, migrates and starts the writer. `where` is the file (SQLite) or URL. NULL: the reason is in err. */
struct store *store_open(const struct store_driver *driver, const char *where, const struct sql_set *sql,
                         struct err *err) MUST_CHECK;
void store_close(struct store *store); /* finishes every submitted write first; nobody may submit or read any more */
/* How transactions went since the store was opened. Any thread. */
const struct store_commits *store_commits(const struct store *store);
bool store_backup(struct store *store, const char *path, struct err *err) MUST_CHECK;

/*
 * Any thread. The write belongs to the store from now on. `done` (may be NULL) is called once with the verdict, by the
 * loop of reply_to (NULL: the control loop); afterwards the write is freed. Writes of one thread are applied in the
 * order of submission.
 */
void store_submit(struct store *store, struct store_write *write, struct inbox *reply_to, store_done *done, void *arg);

/*
 * The same, but it is written with the next write that anybody submits, or after store_flush. Whoever submits so sees
 * to it that there soon is one.
 */
void store_submit_with_next(struct store *store, struct store_write *write, struct inbox *reply_to, store_done *done,
                            void *arg);
void store_flush(struct store *store);

/* Api threads and commands: submits, waits for the verdict, frees. err (may be NULL) is filled unless DONE. */
enum store_verdict store_write_wait(struct store *store, struct store_write *write, struct err *err) MUST_CHECK;
/* *count and *sum: how many rows its statements returned, and the sum of their first column. */
enum store_verdict store_write_wait_sum(struct store *store, struct store_write *write, int64_t *count, int64_t *sum,
                                        struct err *err) MUST_CHECK;

/*
 * Api threads (each has its own connection), and others one at a time; never the control loop. Rows live in the arena.
 */
bool store_read(struct store *store, struct arena *arena, struct store_rows *rows, struct err *err, unsigned query,
                const struct store_value *values, size_t count) MUST_CHECK;
#define STORE_READ(store, arena, rows, err, query, ...)                                                                \
    store_read(store, arena, rows, err, query, (const struct store_value[]){ __VA_ARGS__ },                            \
               sizeof((const struct store_value[]){ __VA_ARGS__ }) / sizeof(struct store_value))

#endif
