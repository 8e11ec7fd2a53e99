/* SPDX-License-Identifier: MIT */
/*
 * What is particular about the durable calls of one function, and who consumes the messages of a named queue. What
 * nobody has configured follows the settings of the server. Any thread.
 */
#ifndef QUEUE_SETTINGS_H
#define QUEUE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "queue/retry.h"

#define QUEUE_DEFAULT "default"

struct queue_function_settings {
    const char *name;      /* the short one, for callbacks; NULL: that which it is known by */
    const char *queue;     /* where its calls wait */
    const char *stage;     /* NULL: none */
    uint32_t max_inflight; /* of its calls, on all queues together */
    uint32_t timeout_ms;   /* of one attempt; 0: the function's own */
    struct retry_policy retry;
    uint32_t callback_retries;
    const char *callback_allow, *callback_secret; /* as in struct queue_settings */
    bool reads_callback_from_query;               /* ?callback_url= */
    bool calls_back_on_cancel;
    const char *dead_letter_queue, *success_queue; /* NULL: nobody is told how it ended */
};

/* Those of the server: the place to begin from. */
struct queue_function_settings queue_server_settings(void);

/* `fn` is a slug or a deployed name. All is copied; NULL: those of the server again. */
void queue_configure(const char *fn, const struct queue_function_settings *settings);

/* Counted: give it back with queue_settings_put. */
const struct queue_function_settings *queue_settings_get(const char *fn);
void queue_settings_put(const struct queue_function_settings *settings);

/* A function that is given the messages of a queue, several at once (functions.md 1.2, sqs). */
struct queue_consumer {
    const char *fn;
    const char *region, *account; /* for the ARN in the event */
    uint32_t batch_size;
    int64_t window_ms;           /* how long a message may wait for others */
    bool reports_failures;       /* its result says which of them to give again */
    const char *filter_patterns; /* JSON list: what matches none is dropped; NULL: it gets all */
};

/* Several of one queue take turns. Named again, a function's new settings count. */
void queue_consume(const char *queue, const struct queue_consumer *consumer);
void queue_unconsume(const char *queue, const char *fn); /* without consumers messages wait */
const struct queue_consumer *
queue_consumer_get(const char *queue);       /* whose turn it is; NULL: nobody; counted as above */
void queue_consumer_next(const char *queue); /* it is the next one's turn */
const struct queue_consumer *queue_consumer_ref(const struct queue_consumer *consumer); /* once more */
void queue_consumer_put(const struct queue_consumer *consumer);

/* The queues that functions or consumers name, and the default one; in the arena. */
const char **queue_names(struct arena *arena, size_t *count);

#endif
