/* SPDX-License-Identifier: MIT */
/* The pool of handler threads (thread.h). */
#include "runtime/thread.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base/list.h"
#include "base/mem.h"
#include "runtime/futex.h"

/* linux/prctl.h of 6.16 and later */
#ifndef PR_FUTEX_HASH
#define PR_FUTEX_HASH 78
#define PR_FUTEX_HASH_SET_SLOTS 1
#endif

enum { RETIRE_MS = 10000, SHORT_WAIT_MS = 20, PAGE = 4096, RED_ZONE = 1024 };

struct job {
    struct list link; /* in the backlog */
    void (*run)(void *arg);
    void *arg;
};

struct idle {
    struct list link;
    _Atomic uint32_t has_job;
    struct job job;
};

static struct {
    pthread_mutex_t lock;
    struct list idle;    /* last used first: the others grow cold and retire */
    struct list backlog; /* jobs that the system refused a thread for */
    size_t count;
    pthread_attr_t attr;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static _Thread_local char *stack_low;

void
thread_init(void)
{
    /* Arenas are per thread by default and never given back; two are enough where most threads sleep. */
    mallopt(M_ARENA_MAX, 2);
    /* A private futex hash is sized for running threads and slow with thousands of parked ones: take the global one. */
    prctl(PR_FUTEX_HASH, PR_FUTEX_HASH_SET_SLOTS, 0, 0, 0);
    list_init(&pool.idle);
    list_init(&pool.backlog);
    pthread_attr_init(&pool.attr);
    pthread_attr_setdetachstate(&pool.attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setguardsize(&pool.attr, THREAD_GUARD);
    pthread_attr_setstacksize(&pool.attr, THREAD_STACK + THREAD_GUARD);
}

void
thread_trim_stack(void)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t end = (here - RED_ZONE) & ~(uintptr_t)(PAGE - 1);

    if (stack_low && end > (uintptr_t)stack_low)
        madvise(stack_low, end - (uintptr_t)stack_low, MADV_DONTNEED);
}

void
thread_park(_Atomic uint32_t *word, uint32_t seen, int64_t timeout_ms)
{
    if (timeout_ms >= 0 && timeout_ms <= SHORT_WAIT_MS) {
        futex_wait(word, seen, timeout_ms);
        return;
    }
    futex_wait(word, seen, SHORT_WAIT_MS);
    if (atomic_load(word) != seen)
        return;
    thread_trim_stack();
    futex_wait(word, seen, timeout_ms < 0 ? -1 : timeout_ms - SHORT_WAIT_MS);
}

static void
find_stack(void)
{
    pthread_attr_t attr;
    void *low;
    size_t size;

    if (pthread_getattr_np(pthread_self(), &attr))
        return;
    if (pthread_attr_getstack(&attr, &low, &size) == 0)
        stack_low = low;
    pthread_attr_destroy(&attr);
}

/* Under the lock. The next job of this thread; false: nothing came for a while, it shall end. */
static bool
wait_for_job(struct job *job)
{
    struct idle self = { .has_job = 0 };

    if (!list_is_empty(&pool.backlog)) {
        struct job *waiting = LIST_ENTRY(pool.backlog.next, struct job, link);

        list_remove(&waiting->link);
        *job = *waiting;
        free(waiting);
        return true;
    }
    list_add_head(&pool.idle, &self.link);
    pthread_mutex_unlock(&pool.lock);
    thread_park(&self.has_job, 0, RETIRE_MS);
    pthread_mutex_lock(&pool.lock);
    if (!atomic_load(&self.has_job)) {
        list_remove(&self.link);
        return false;
    }
    *job = self.job;
    return true;
}

static void *
thread_main(void *arg)
{
    struct job job = *(struct job *)arg;
    sigset_t none;
    bool go_on;

    free(arg);
    sigemptyset(&none);
    find_stack();
    do {
        pthread_sigmask(SIG_SETMASK, &none, NULL); /* the handler before may have left another one */
        job.run(job.arg);
        pthread_mutex_lock(&pool.lock);
        go_on = wait_for_job(&job);
        if (!go_on)
            pool.count--;
        pthread_mutex_unlock(&pool.lock);
    } while (go_on);
    return NULL;
}

void
thread_run(void (*run)(void *arg), void *arg)
{
    struct job *job;
    pthread_t thread;

    pthread_mutex_lock(&pool.lock);
    if (!list_is_empty(&pool.idle)) {
        struct idle *idle = LIST_ENTRY(pool.idle.next, struct idle, link);

        list_remove(&idle->link);
        idle->job = (struct job){ .run = run, .arg = arg };
        atomic_store(&idle->has_job, 1);
        futex_wake_all(&idle->has_job); /* under the lock: the word is gone as soon as its thread has it */
        pthread_mutex_unlock(&pool.lock);
        return;
    }
    job = mem_alloc(sizeof *job);
    *job = (struct job){ .run = run, .arg = arg };
    pool.count++;
    if (pthread_create(&thread, &pool.attr, thread_main, job)) {
        if (--pool.count == 0) { /* nobody would ever take the job */
            fputs("interlude-runner: the system refuses a thread (ulimit -u?)\n", stderr);
            _exit(EXIT_FAILURE);
        }
        list_add_tail(&pool.backlog, &job->link);
    }
    pthread_mutex_unlock(&pool.lock);
}
