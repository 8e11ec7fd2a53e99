/* SPDX-License-Identifier: MIT */
/* One open database (store.h). */
#include "store/store.h"

#include <stdlib.h>

#include "base/mem.h"
#include "loop/worker.h"
#include "store/writer.h"

enum { MAX_READERS = 64 }; /* api threads with a connection of their own */

struct store {
    const struct store_driver *driver;
    const struct sql_set *sql;
    void *database, *write_session;
    struct writer writer;
    void *readers[MAX_READERS]; /* each opened and used by the api thread of that index */
    pthread_mutex_t lock;       /* for everybody else's */
    void *shared_reader;
};

struct store *
store_open(const struct store_driver *driver, const char *where, const struct sql_set *sql, struct err *err)
{
    struct store *store = mem_alloc(sizeof *store);

    store->driver = driver;
    store->sql = sql;
    pthread_mutex_init(&store->lock, NULL);
    store->database = driver->open(where, sql, err);
    if (store->database && driver->migrate(store->database, err))
        store->write_session = driver->session_open(store->database, STORE_WRITES, err);
    if (store->write_session && writer_start(&store->writer, driver, store->write_session, err))
        return store;
    if (store->write_session)
        driver->session_close(store->write_session);
    if (store->database)
        driver->close(store->database);
    free(store);
    return NULL;
}

void
store_close(struct store *store)
{
    writer_stop(&store->writer);
    for (size_t i = 0; i < MAX_READERS; i++)
        if (store->readers[i])
            store->driver->session_close(store->readers[i]);
    if (store->shared_reader)
        store->driver->session_close(store->shared_reader);
    store->driver->session_close(store->write_session); /* last, so that it leaves the files tidy */
    store->driver->close(store->database);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

const struct store_commits *
store_commits(const struct store *store)
{
    return &store->writer.commits;
}

bool
store_backup(struct store *store, const char *path, struct err *err)
{
    return store->driver->backup(store->database, path, err);
}

/* A mistake in the number of parameters must not wait for the day that query runs. */
static void
check(const struct store *store, unsigned query, size_t count)
{
    ASSERT(query < store->sql->query_count && store->sql->queries[query].parameter_count == count);
}

static void
submit(struct store *store, struct store_write *write, struct inbox *reply_to, store_done *done, void *arg,
       bool is_urgent)
{
    for (struct store_statement *s = write->first; s; s = s->next)
        check(store, s->query, s->value_count);
    write->reply_to = reply_to;
    write->done = done;
    write->arg = arg;
    writer_submit(&store->writer, write, is_urgent);
}

void
store_submit(struct store *store, struct store_write *write, struct inbox *reply_to, store_done *done, void *arg)
{
    submit(store, write, reply_to, done, arg, true);
}

void
store_submit_with_next(struct store *store, struct store_write *write, struct inbox *reply_to, store_done *done,
                       void *arg)
{
    submit(store, write, reply_to, done, arg, false);
}

void
store_flush(struct store *store)
{
    writer_flush(&store->writer);
}

struct waiter {
    struct inbox inbox;
    sem_t answered;
    enum store_verdict verdict;
    int64_t count, sum; /* of the rows that came back */
    struct err *err;
};

static void
wake_waiter(void *arg)
{
    struct waiter *waiter = arg;

    sem_post(&waiter->answered);
}

static void
note_verdict(struct store_write *write, void *arg)
{
    struct waiter *waiter = arg;

    waiter->verdict = write->verdict;
    for (const struct store_statement *s = write->first; s; s = s->next)
        for (size_t i = 0; i < s->rows.count; i++, waiter->count++)
            waiter->sum += row_int(&s->rows, i, 0);
    if (write->verdict != STORE_DONE)
        err_set(waiter->err, "%s", write->problem);
}

enum store_verdict
store_write_wait_sum(struct store *store, struct store_write *write, int64_t *count, int64_t *sum, struct err *err)
{
    struct waiter waiter = { .err = err };

    inbox_init(&waiter.inbox, wake_waiter, &waiter);
    sem_init(&waiter.answered, 0, 0);
    store_submit(store, write, &waiter.inbox, note_verdict, &waiter);
    while (sem_wait(&waiter.answered) != 0)
        ;
    inbox_run(&waiter.inbox);
    sem_destroy(&waiter.answered);
    *count = waiter.verdict == STORE_DONE ? waiter.count : 0;
    *sum = waiter.verdict == STORE_DONE ? waiter.sum : 0;
    return waiter.verdict;
}

enum store_verdict
store_write_wait(struct store *store, struct store_write *write, struct err *err)
{
    int64_t count, sum;

    return store_write_wait_sum(store, write, &count, &sum, err);
}

static bool
read_with(struct store *store, void **session, const struct store_statement *statement, struct arena *arena,
          struct store_rows *rows, struct err *err)
{
    if (!*session)
        *session = store->driver->session_open(store->database, STORE_READS, err);
    return *session && store->driver->read(*session, statement, arena, rows, err);
}

bool
store_read(struct store *store, struct arena *arena, struct store_rows *rows, struct err *err, unsigned query,
           const struct store_value *values, size_t count)
{
    struct store_statement statement = { .query = query, .value_count = (unsigned)count, .values = values };
    int index = worker_index();
    bool ok;

    check(store, query, count);
    if (index >= 0 && index < MAX_READERS)
        return read_with(store, &store->readers[index], &statement, arena, rows, err);
    pthread_mutex_lock(&store->lock);
    ok = read_with(store, &store->shared_reader, &statement, arena, rows, err);
    pthread_mutex_unlock(&store->lock);
    return ok;
}
