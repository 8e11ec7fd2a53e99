/* SPDX-License-Identifier: MIT */
/*
 * What is counted about named queues since the server began: one block per name, never freed. Counted with relaxed
 * atomics by whoever does it, read by anybody at any time.
 */
#ifndef QUEUE_COUNT_H
#define QUEUE_COUNT_H

#include <stdatomic.h>
#include <stdint.h>

struct queue_tally {
    const char *queue;
    _Atomic uint64_t submitted; /* accepted, durable */
    _Atomic uint64_t processed; /* attempts that ended, whatever became of them */
    _Atomic uint64_t retries, dead;
    struct queue_tally *next;
};

struct queue_tally *queue_tally(const char *queue); /* any thread; takes a lock */
struct queue_tally *queue_tally_first(void);

/* Deliveries of callbacks, of all queues. */
extern _Atomic uint64_t callbacks_delivered, callbacks_failed, callbacks_retried;

static inline void
queue_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

#endif
