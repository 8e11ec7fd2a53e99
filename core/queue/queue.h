/* SPDX-License-Identifier: MIT */
/*
 * The queue of this server: settings, and the door through which calls come in. A call that was accepted is on stable
 * storage; running it is dispatch.h, telling somebody afterwards is callback.h.
 */
#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "queue/engine.h"
#include "queue/settings.h"

struct store;

struct queue_settings {
    const char *organization_id; /* whose people look after it */
    const char *path;            /* of queue.db; used by queue_open only */
    uint32_t max_inflight, max_function_inflight;
    int64_t max_depth, max_bytes;
    int64_t max_body_bytes;
    int64_t dedup_window_ms, retention_ms, dead_retention_ms;
    struct retry_policy retry;
    const char *callback_allow, *callback_secret, *app_url; /* "" for not set */
    uint32_t callback_retries;
    int64_t cancel_grace_ms; /* before the process of a cancelled call is replaced */
    bool allows_loopback;    /* callbacks may go to this machine */
};

extern struct queue_settings queue_settings;

bool queue_open(const struct queue_settings *settings, struct err *err) MUST_CHECK;
void queue_count_kept(void); /* once, when api threads run: what was there when it was opened counts from then on */
void queue_close(void);      /* after everything that uses it */

/*
 * Any thread: accept->done is called once, on its loop, after the call is durable or was refused. false: the queue is
 * full, and nothing is called.
 */
bool queue_accept(struct queue_batch *batch, struct queue_accept *accept) MUST_CHECK;
/* After what was accepted at once: before that none of it need become durable. */
void queue_flush(struct queue_batch *batch);

/* A call that comes from inside: a schedule, an event for a function, a message for a named queue. */
struct queue_submission {
    const char *fn;    /* who runs it; NULL: it is a message of `queue` */
    const char *queue; /* NULL: that of the function */
    const char *id;    /* NULL: a new one. A second one with the same id within the window is a duplicate */
    struct str event;  /* the whole event of the function, JSON; of a message: its body, any text */
    int64_t due;       /* wall ms; 0: now */
    uint32_t depth;    /* how many calls led to it */
};
#define QUEUE_SERVER "server" /* whose they are */

/*
 * Any thread, everything is copied. done (may be NULL) is called once, on the loop of reply_to (NULL: control); `id` is
 * that of the call, or of the first of its duplicates. false: the queue is full, and done is not called.
 */
typedef void queue_submitted(void *arg, enum queue_verdict verdict, const char *id);
bool queue_submit(const struct queue_submission *submission, struct inbox *reply_to, queue_submitted *done,
                  void *arg) MUST_CHECK;

/* Api threads: the same, and waits. true: *verdict and the id are filled. */
enum { QUEUE_ID_SIZE = 129 };
bool queue_submit_wait(const struct queue_submission *submission, enum queue_verdict *verdict,
                       char id[QUEUE_ID_SIZE]) MUST_CHECK;

/* Gives a call that is stored by other means its place: the sequence. queue_leave() if it comes to nothing. */
int64_t queue_reserve(struct queue_accept *accept);

/* The heads of a call that has none: its body is the event. */
extern const struct str queue_raw_heads;

/* A call of that size is over. */
void queue_leave(int64_t bytes);
/* So many calls wait again; negative: no longer. */
void queue_enter(int64_t count, int64_t size);
/* Nothing waits and nothing runs: what the counters say otherwise came from outside. */
void queue_empty(void);

/* For records.h. */
struct store *queue_files(void);

/* For dispatch.c and callback.c: control thread. */
extern const struct queue_engine *queue_engine;
extern void *queue_engine_data;

#endif
