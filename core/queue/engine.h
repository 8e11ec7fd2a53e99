/* SPDX-License-Identifier: MIT */
/*
 * What keeps durable calls, seen from above: accept, lease, settle. An engine knows storage; when something is retried
 * and who runs it is dispatch.h. Requests to the engine belong to the engine from the call until their `done`, which
 * runs on the loop that is named; `is_ok` false: nothing of it has taken effect, and the same may be asked again.
 */
#ifndef QUEUE_ENGINE_H
#define QUEUE_ENGINE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/inbox.h"

/* Bytes of a request or an answer as they are kept: texts with a NUL behind each (sql/queue/schema says which). */
struct queue_message {
    struct str heads;
    uint32_t header_count;
    struct str body;
};

/* ---- accepting: any thread */

enum queue_verdict {
    QUEUE_STORED,    /* durable */
    QUEUE_DUPLICATE, /* of the call in first_id */
    QUEUE_FULL,      /* no room on the disk */
    QUEUE_BROKEN,    /* the store fails */
};

struct queue_accept {
    const char *id, *queue;
    const char *fn;           /* "": a message, for whoever consumes the queue */
    const char *stage;        /* NULL: none */
    const char *principal;    /* who sent it; NULL: nobody in particular */
    const char *dedup;        /* what makes another call a duplicate; NULL: nothing */
    const char *ordering;     /* those of one function with the same text run one after the other; NULL: at will */
    const char *trace;        /* lines of headers for the callback; NULL: none */
    const char *callback_url; /* NULL: nobody is to be told */
    uint32_t depth;           /* how many callbacks led to it */
    int64_t due;              /* wall ms: not before */
    int64_t created_ns;       /* wall */
    struct queue_message request;

    struct inbox *reply_to;
    void (*done)(struct queue_accept *accept);
    enum queue_verdict verdict;
    char first_id[129];            /* DUPLICATE */
    int64_t first_created_ns;      /* DUPLICATE */
    int64_t bytes, dedup_since_ns; /* filled by queue.c */
};

/* Calls that are accepted at once, all with the same reply_to. { 0 } before the first; one thread at a time. */
struct queue_batch {
    void *waiting; /* the engine's */
};

/* ---- running: control thread */

struct queue_leased {
    int64_t seq, created_ns, bytes;
    int64_t wanted;  /* wall ms: its age counts from then */
    int64_t started; /* wall ms: the first attempt */
    const char *id;
    uint32_t attempt; /* from 1 */
    uint32_t depth;
    bool has_callback, is_ordered;
    struct queue_message request;
};

struct queue_lease {
    const char *queue, *fn;
    uint32_t wanted;    /* at most; the engine may find that fewer are enough for the memory */
    int64_t now, until; /* wall ms */

    void (*done)(struct queue_lease *lease);
    void *arg;
    bool is_ok;
    uint32_t count;
    struct queue_leased *calls; /* valid during done */
    int64_t next_due;           /* of what still waits; INT64_MAX: nothing does */
};

enum queue_next {
    QUEUE_SUCCEEDED, /* the four final states … */
    QUEUE_FAILED,
    QUEUE_DEAD,
    QUEUE_RETRY,   /* again at `due` */
    QUEUE_RELEASE, /* it was not begun: again at `due`, and the attempt does not count */
};

struct queue_settle {
    int64_t seq;
    uint32_t attempt;
    enum queue_next next;
    int64_t now, due;
    uint32_t status;   /* 0: no answer */
    const char *error; /* NULL: none */
    const char *note;  /* JSON about a failed attempt; NULL: none */
    int64_t duration_us;
    bool has_callback, is_ordered;
    bool was_begun;                       /* false: a final state without an attempt, which then does not count */
    const struct queue_message *result;   /* NULL: no answer */
    const struct queue_accept *next_call; /* takes effect together with a final state; NULL: none */
    int64_t next_seq;

    void (*done)(struct queue_settle *settle);
    bool is_ok;
    bool is_current; /* false: the attempt counts no longer (cancelled, or leased again); nothing was changed */
};

struct queue_waiting {
    const char *queue, *fn;
    int64_t due;
};

struct queue_survey {
    void (*done)(struct queue_survey *survey);
    bool is_ok;
    int64_t callback_due; /* INT64_MAX: none */
    size_t count, paused_count;
    struct queue_waiting *lanes; /* valid during done, as is the next one */
    const char **paused;         /* names of queues */
};

/* Forgets what was over before then: some of it. */
struct queue_sweep {
    int64_t finished_before, dead_before; /* wall ms */

    void (*done)(struct queue_sweep *sweep);
    bool has_more; /* ask again soon */
};

/* ---- callbacks: control thread */

struct queue_delivery {
    int64_t seq, created_ns, duration_us;
    uint32_t attempt, call_attempt, status, depth;
    const char *id, *fn, *url, *trace;
    struct queue_message answer;
};

struct queue_delivery_lease {
    uint32_t wanted;
    int64_t now, until;

    void (*done)(struct queue_delivery_lease *lease);
    bool is_ok;
    uint32_t count;
    struct queue_delivery *deliveries; /* valid during done */
    int64_t next_due;
};

struct queue_delivered {
    int64_t seq;
    uint32_t attempt;
    const char *state; /* "delivered", "failed", "pending": again at `due`; NULL: it was not tried, again at `due` */
    int64_t due;
    uint32_t status;
    const char *error;

    void (*done)(struct queue_delivered *delivered);
    bool is_ok;
};

struct queue_engine {
    const char *name;
    /* Calls of servers that have ended wait again. *last_seq: the newest call ever kept. NULL: the reason is in err. */
    void *(*open)(const char *where, const char *boot, int64_t *last_seq, struct err *err);
    void (*close)(void *engine);
    /* Of what is not over, among the calls above one sequence and up to another; blocks. */
    bool (*totals)(void *engine, int64_t above, int64_t last, int64_t *count, int64_t *bytes, struct err *err);

    /* May keep it back until the flush of its batch: calls that come at once share what it costs to keep them. */
    void (*accept)(void *engine, struct queue_batch *batch, int64_t seq, struct queue_accept *accept);
    void (*flush)(void *engine, struct queue_batch *batch);
    void (*lease)(void *engine, struct queue_lease *lease);
    void (*extend)(void *engine, int64_t now, int64_t until); /* all leases of this server; others' that are over end */
    void (*settle)(void *engine, struct queue_settle *settle);
    void (*survey)(void *engine, struct queue_survey *survey);
    void (*sweep)(void *engine, struct queue_sweep *sweep);

    void (*deliveries)(void *engine, struct queue_delivery_lease *lease);
    void (*delivered)(void *engine, struct queue_delivered *delivered);
};

extern const struct queue_engine queue_sqlite;

#endif
