/* SPDX-License-Identifier: MIT */
/* The pool of api threads (worker.h). */
#include "loop/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

enum { MAX_WAITING = 4096 };

struct queue {
    struct message *first, **last;
    size_t count;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct queue queue, serial;
    bool serial_running, stopping;
    pthread_t *threads;
    unsigned thread_count;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER };

static _Thread_local int own_index = -1;

static bool
queue_put(struct queue *queue, struct message *message, void (*run)(struct message *message))
{
    bool accepted;

    message->run = run;
    message->next = NULL;
    pthread_mutex_lock(&pool.lock);
    accepted = !pool.stopping && queue->count < MAX_WAITING;
    if (accepted) {
        if (!queue->first)
            queue->last = &queue->first;
        *queue->last = message;
        queue->last = &message->next;
        queue->count++;
        pthread_cond_signal(&pool.work);
    }
    pthread_mutex_unlock(&pool.lock);
    return accepted;
}

static struct message *
queue_take(struct queue *queue)
{
    struct message *message = queue->first;

    if (message) {
        queue->first = message->next;
        queue->count--;
    }
    return message;
}

bool
worker_post(struct message *message, void (*run)(struct message *message))
{
    return queue_put(&pool.queue, message, run);
}

bool
worker_post_serial(struct message *message, void (*run)(struct message *message))
{
    return queue_put(&pool.serial, message, run);
}

int
worker_index(void)
{
    return own_index;
}

static void *
thread_main(void *arg)
{
    own_index = (int)(intptr_t)arg;
    pthread_mutex_lock(&pool.lock);
    for (;;) {
        struct message *message = NULL;
        bool serial = false;

        if (!pool.serial_running && (message = queue_take(&pool.serial)))
            serial = pool.serial_running = true;
        else
            message = queue_take(&pool.queue);
        if (!message) {
            if (pool.stopping)
                break;
            pthread_cond_wait(&pool.work, &pool.lock);
            continue;
        }
        pthread_mutex_unlock(&pool.lock);
        message->run(message);
        pthread_mutex_lock(&pool.lock);
        if (serial) {
            pool.serial_running = false;
            if (pool.serial.first)
                pthread_cond_signal(&pool.work);
        }
    }
    pthread_mutex_unlock(&pool.lock);
    return NULL;
}

bool
worker_start(unsigned thread_count, struct err *err)
{
    sigset_t all, old;
    int failed = 0;

    pool.threads = mem_alloc(thread_count * sizeof *pool.threads);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the main thread */
    while (!failed && pool.thread_count < thread_count) {
        failed =
            pthread_create(&pool.threads[pool.thread_count], NULL, thread_main, (void *)(intptr_t)pool.thread_count);
        pool.thread_count += !failed;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = failed;
    return failed ? err_set_errno(err, "cannot start %u api threads", thread_count) : true;
}

void
worker_stop(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.stopping = true;
    pthread_cond_broadcast(&pool.work);
    pthread_mutex_unlock(&pool.lock);
    for (unsigned i = 0; i < pool.thread_count; i++)
        pthread_join(pool.threads[i], NULL);
    free(pool.threads);
    pool.threads = NULL;
    pool.thread_count = 0;
}
