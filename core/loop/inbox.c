/* SPDX-License-Identifier: MIT */
/* The lock-free message queue between threads (inbox.h). */
#include "loop/inbox.h"

void
inbox_init(struct inbox *inbox, void (*wake)(void *arg), void *arg)
{
    atomic_init(&inbox->newest, NULL);
    atomic_init(&inbox->is_woken, false);
    inbox->wake = wake;
    inbox->arg = arg;
}

void
inbox_post_quietly(struct inbox *inbox, struct message *message, void (*run)(struct message *message))
{
    struct message *newest = atomic_load_explicit(&inbox->newest, memory_order_relaxed);

    message->run = run;
    do
        message->next = newest;
    while (!atomic_compare_exchange_weak_explicit(&inbox->newest, &newest, message, memory_order_release,
                                                  memory_order_relaxed));
}

static void
wake(struct inbox *inbox)
{
    if (!atomic_exchange_explicit(&inbox->is_woken, true, memory_order_acq_rel))
        inbox->wake(inbox->arg);
}

/*
 * Whoever finds is_woken set may leave it at that: the receiver clears it before it takes the messages, so it sees the
 * one that has just been pushed.
 */
void
inbox_post(struct inbox *inbox, struct message *message, void (*run)(struct message *message))
{
    inbox_post_quietly(inbox, message, run);
    wake(inbox);
}

void
inbox_nudge(struct inbox *inbox)
{
    if (atomic_load_explicit(&inbox->newest, memory_order_relaxed))
        wake(inbox);
}

size_t
inbox_run(struct inbox *inbox)
{
    struct message *message, *oldest = NULL;
    size_t count = 0;

    atomic_exchange_explicit(&inbox->is_woken, false, memory_order_acq_rel);
    message = atomic_exchange_explicit(&inbox->newest, NULL, memory_order_acquire);
    while (message) {
        struct message *next = message->next;

        message->next = oldest;
        oldest = message;
        message = next;
    }
    while (oldest) {
        struct message *next = oldest->next; /* run() may free it */

        oldest->run(oldest);
        oldest = next;
        count++;
    }
    return count;
}
