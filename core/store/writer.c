/* SPDX-License-Identifier: MIT */
/* The writer thread (writer.h). */
#include "store/writer.h"

#include <errno.h>
#include <signal.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/control.h"

enum {
    MAX_WAITING = 65536, /* writes; more are answered FAILED at once, so that a stalled disk cannot eat the memory */
    MAX_BATCH = 4096,    /* writes in one transaction */
};

const uint32_t commit_bounds_us[] = { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 1000000 };
const uint32_t commit_bounds_writes[] = { 1, 4, 16, 32, 64, 128, 256, 512, 1024 };

/* Writes on their way through the thread, oldest first. */
struct batch {
    struct store_write *first, **last;
    size_t count;
};

static _Thread_local struct batch *arriving; /* the writer thread's own: where take() puts them */

static void
take(struct message *message)
{
    struct store_write *write = container_of(message, struct store_write, message);

    write->next = NULL;
    *arriving->last = write;
    arriving->last = &write->next;
    arriving->count++;
}

/* On the loop that asked. */
static void
deliver(struct message *message)
{
    struct store_write *write = container_of(message, struct store_write, message);

    if (write->done)
        write->done(write, write->arg);
    store_write_free(write);
}

static void
answer(struct store_write *write)
{
    if (write->reply_to)
        inbox_post(write->reply_to, &write->message, deliver);
    else if (write->done)
        control_post(&write->message, deliver);
    else
        store_write_free(write);
}

/* Cuts the oldest off: at most MAX_BATCH, and none that was too large to be built. */
static struct store_write *
cut(struct batch *batch)
{
    struct store_write *first = batch->first, **last = &first;

    for (size_t i = 0; i < MAX_BATCH && *last; i++, batch->count--)
        last = &(*last)->next;
    batch->first = *last;
    *last = NULL;
    if (!batch->first)
        batch->last = &batch->first;
    for (struct store_write **at = &first; *at;) {
        struct store_write *write = *at;

        if (!write->problem) {
            at = &write->next;
            continue;
        }
        *at = write->next;
        write->verdict = STORE_FAILED;
        answer(write);
    }
    return first;
}

static void
add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static void
add_to_bucket(_Atomic uint64_t *buckets, const uint32_t *bounds, uint64_t value)
{
    size_t i = 0;

    while (i < COMMIT_BUCKETS - 1 && value > bounds[i])
        i++;
    add(&buckets[i], 1);
}

static void
apply_timed(struct writer *writer, struct store_write *first)
{
    struct store_commits *commits = &writer->commits;
    int64_t began_us = clock_mono_us();
    uint64_t us, count = 0;

    for (const struct store_write *write = first; write; write = write->next)
        count += write->first ? write->first->row_count : 1;
    writer->driver->apply(writer->session, first);
    us = (uint64_t)(clock_mono_us() - began_us);
    add(&commits->count, 1);
    add(&commits->writes, count);
    add(&commits->sum_us, us);
    add_to_bucket(commits->by_us, commit_bounds_us, us);
    add_to_bucket(commits->by_writes, commit_bounds_writes, count);
}

static void
apply(struct writer *writer, struct batch *batch)
{
    while (batch->first) {
        size_t before = batch->count;
        struct store_write *write = cut(batch);

        if (write)
            apply_timed(writer, write);
        atomic_fetch_sub(&writer->waiting, before - batch->count);
        while (write) {
            struct store_write *next = write->next;

            answer(write);
            write = next;
        }
    }
}

static void *
thread_main(void *arg)
{
    struct writer *writer = arg;
    struct batch batch = { .last = &batch.first };
    bool stopping;

    arriving = &batch;
    do {
        stopping = atomic_load(&writer->stopping); /* before the last look, so that nothing is left behind */
        while (inbox_run(&writer->inbox))
            apply(writer, &batch);
        writer->driver->idle(writer->session);
        while (!stopping && sem_wait(&writer->wake) && errno == EINTR)
            ;
    } while (!stopping);
    return NULL;
}

static void
wake(void *arg)
{
    struct writer *writer = arg;

    sem_post(&writer->wake);
}

bool
writer_start(struct writer *writer, const struct store_driver *driver, void *session, struct err *err)
{
    sigset_t all, old;

    *writer = (struct writer){ .driver = driver, .session = session };
    sem_init(&writer->wake, 0, 0);
    inbox_init(&writer->inbox, wake, writer);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the main thread */
    errno = pthread_create(&writer->thread, NULL, thread_main, writer);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return errno ? err_set_errno(err, "cannot start the thread that writes to the database") : true;
}

void
writer_stop(struct writer *writer)
{
    atomic_store(&writer->stopping, true);
    sem_post(&writer->wake);
    pthread_join(writer->thread, NULL);
    sem_destroy(&writer->wake);
}

void
writer_submit(struct writer *writer, struct store_write *write, bool is_urgent)
{
    if (atomic_fetch_add(&writer->waiting, 1) >= MAX_WAITING) {
        atomic_fetch_sub(&writer->waiting, 1);
        store_write_judge(write, STORE_FAILED, "%d writes wait already: the disk is too slow", MAX_WAITING);
        answer(write);
        return;
    }
    if (is_urgent)
        inbox_post(&writer->inbox, &write->message, take);
    else
        inbox_post_quietly(&writer->inbox, &write->message, take);
}

void
writer_flush(struct writer *writer)
{
    inbox_nudge(&writer->inbox);
}
