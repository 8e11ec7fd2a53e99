/* SPDX-License-Identifier: MIT */
/* The lock-free message queue between threads (inbox.h). */
#include "loop/inbox.h"

void
inbox_init(struct inbox *inbox, void (*wake)(void *arg), void *arg)
{
    atomic_init(&inbox->newest, NULL);
    inbox->wake = wake;
    inbox->arg = arg;
}

void
inbox_post(struct inbox *inbox, struct message *message, void (*run)(struct message *message))
{
    struct message *newest = atomic_load_explicit(&inbox->newest, memory_order_relaxed);

    message->run = run;
    do
        message->next = newest;
    while (!atomic_compare_exchange_weak_explicit(&inbox->newest, &newest, message, memory_order_release,
                                                  memory_order_relaxed));
    if (!newest)
        inbox->wake(inbox->arg);
}

size_t
inbox_run(struct inbox *inbox)
{
    struct message *message = atomic_exchange_explicit(&inbox->newest, NULL, memory_order_acquire);
    struct message *oldest = NULL;
    size_t count = 0;

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
