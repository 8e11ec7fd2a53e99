/* SPDX-License-Identifier: MIT */
/* Counters of named queues (count.h). */
#include "queue/count.h"

#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"

_Atomic uint64_t callbacks_delivered, callbacks_failed, callbacks_retried;

static struct map tallies;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct queue_tally *_Atomic newest;

struct queue_tally *
queue_tally(const char *queue)
{
    struct queue_tally *tally;

    pthread_mutex_lock(&lock);
    tally = map_find(&tallies, str_of(queue));
    if (!tally) {
        tally = mem_alloc(sizeof *tally);
        tally->queue = mem_strdup(queue);
        tally->next = atomic_load(&newest);
        map_set(&tallies, str_of(queue), tally);
        atomic_store(&newest, tally); /* complete by now */
    }
    pthread_mutex_unlock(&lock);
    return tally;
}

struct queue_tally *
queue_tally_first(void)
{
    return atomic_load(&newest);
}
