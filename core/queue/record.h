/* SPDX-License-Identifier: MIT */
/*
 * Calls as people look at them and change them, in the server and beside it: on the open store of queue.db. Reading
 * and waiting block: api threads and commands. A running server notices changes within a second; at once if it is told
 * (dispatch.h).
 */
#ifndef QUEUE_RECORD_H
#define QUEUE_RECORD_H

#include "json/write.h"
#include "queue/engine.h"
#include "store/store.h"

enum {
    RECORD_MAX_RESULT = 256 << 10, /* bytes of a body that are shown */
    RECORD_MAX_NAMESAKES = 100,    /* calls of one id that are looked at */
};

struct queue_record {
    int64_t seq, created_ns, bytes, duration_us;
    const char *id, *queue, *fn, *state, *error, *history;
    const char *stage, *principal;  /* NULL: none */
    int64_t due, started, finished; /* wall ms; 0: none */
    uint32_t attempt, status;
    const char *callback_url, *callback_state, *callback_error; /* NULL: none */
    uint32_t callback_attempt, callback_status;
};

struct queue_filter {
    const char *fn, *state, *queue; /* NULL: any */
    int64_t before;                 /* sequence; 0: from the newest on */
    uint32_t limit;
};

/* Calls that are not over, and dead letters; ordered by queue and function. */
struct queue_count {
    const char *queue, *fn; /* fn "": messages */
    const char *kind;       /* waiting, retrying (which wait too), held, running, dead */
    int64_t count;
    int64_t oldest; /* wall ms: since when the first of them is like that; 0: not known */
};

struct queue_paused {
    const char *queue;
    int64_t since;
};

struct queue_counts {
    struct queue_count *rows;
    size_t count;
    struct queue_paused *paused;
    size_t paused_count;
    const char **names; /* of queues that functions and consumers use, in this process */
    size_t name_count;
    int64_t callbacks, callback_due; /* deliveries that wait; when the first is due, 0: none does */
};

/* Newest first: an id that callers choose may come again, for other functions or later. */
bool queue_record_find(struct store *store, struct arena *arena, const char *id, struct queue_record **records,
                       size_t *count, struct err *err) MUST_CHECK;
bool queue_record_list(struct store *store, struct arena *arena, const struct queue_filter *filter,
                       struct queue_record **records, size_t *count, struct err *err) MUST_CHECK;
bool queue_record_result(struct store *store, struct arena *arena, int64_t seq, struct queue_message **result,
                         struct err *err) MUST_CHECK;
/* What was sent; NULL once it has succeeded. */
bool queue_record_request(struct store *store, struct arena *arena, int64_t seq, struct queue_message **request,
                          struct err *err) MUST_CHECK;
bool queue_record_counts(struct store *store, struct arena *arena, struct queue_counts *counts,
                         struct err *err) MUST_CHECK;

/* REFUSED: it is over. */
enum store_verdict queue_record_cancel(struct store *store, const struct queue_record *record,
                                       struct err *err) MUST_CHECK;
/* REFUSED: it has not failed, or its request is kept no longer. */
enum store_verdict queue_record_retry(struct store *store, int64_t seq, struct err *err) MUST_CHECK;

enum queue_many {
    QUEUE_RETRY_DEAD,  /* dead letters wait again */
    QUEUE_DELETE_DEAD, /* dead letters are forgotten */
    QUEUE_PURGE,       /* what waits is cancelled */
};
/*
 * Many, a few thousand at a time: those of the filter's function and queue. *count and *bytes say how many there were.
 */
bool queue_record_many(struct store *store, enum queue_many what, const struct queue_filter *filter, int64_t *count,
                       int64_t *bytes, struct err *err) MUST_CHECK;
/* All calls of a function that wait become dead letters, for this reason. */
bool queue_record_bury(struct store *store, const char *fn, const char *why, int64_t *count, int64_t *bytes,
                       struct err *err) MUST_CHECK;
bool queue_record_pause(struct store *store, const char *queue, bool is_paused, struct err *err) MUST_CHECK;

/* The object of functions.md 3.8; with the failed attempts when is_whole. */
void queue_record_json(struct json_out *out, const struct queue_record *record, uint32_t max_attempts, bool is_whole);

/* Is there such a queue, be it empty? */
bool queue_counts_know(const struct queue_counts *counts, const char *queue);
/* {"queues":[…]}: the calls by function, and the callbacks. */
void queue_counts_json(struct json_out *out, const struct queue_counts *counts);

#endif
