/* SPDX-License-Identifier: MIT */
/*
 * Running durable calls: which are begun, when, how many at a time, and what becomes of them. Functions take turns, so
 * that a slow or failing one does not hold the others; calls that wait for another attempt hold no place. Who runs a
 * call is behind struct queue_runner. Control thread unless said otherwise.
 */
#ifndef QUEUE_DISPATCH_H
#define QUEUE_DISPATCH_H

#include <ev.h>

#include "base/list.h"
#include "queue/queue.h"

struct queue_lane;
struct queue_part;

enum queue_end {
    QUEUE_ANSWERED,
    QUEUE_LOST, /* no answer: a crash, a kill, a process that could not be started */
    QUEUE_TIMED_OUT,
    QUEUE_NOT_BEGUN, /* the function is not there or disabled: the attempt does not count */
};

/* One attempt: of a call, or of several messages at once. Belongs to the runner from run() until queue_job_done(). */
struct queue_job {
    struct message message; /* for crossing threads */
    int64_t seq, created_ns;
    const char *id, *fn; /* the id of a call, or of the first message */
    uint32_t attempt, max_attempts, timeout_ms;
    struct queue_message request; /* with an empty path: the body is the event itself */
    struct arena arena;           /* of the texts, and for those of the answer */

    /* filled by the runner */
    enum queue_end end;
    uint32_t status;
    struct queue_message answer;
    const char *error;
    int64_t wait_ms; /* NOT_BEGUN: not again before */

    /* job.c only */
    struct list link;
    struct queue_lane *lane;
    ev_timer timer;
    int64_t began_us;
    bool is_cancelled;
    const struct queue_function_settings *settings; /* counted */
    const struct queue_consumer *consumer;          /* counted; NULL: not messages */
    struct queue_part *parts;
    uint32_t part_count, open_parts;
};

struct queue_runner {
    /* How many more calls of this function may begin now; with 0 *wait_ms says when to ask again. */
    uint32_t (*room)(const char *fn, int64_t *wait_ms);
    uint32_t (*timeout_ms)(const char *fn);
    void (*run)(struct queue_job *job);
    /* Tell the handler that nobody waits for it any more. */
    void (*cancel)(const struct queue_job *job);
    /* End it soon, as TIMED_OUT; a job that is just done is left alone. why: a literal, for the row and the log. */
    void (*expire)(const struct queue_job *job, const char *why);
};

void queue_dispatch_start(const struct queue_runner *runner);
void queue_dispatch_stop(void);    /* begins nothing new */
bool queue_dispatch_is_idle(void); /* no attempt is under way */

void queue_job_done(struct queue_job *job); /* any thread */

void queue_due(const char *queue, const char *fn, int64_t due, uint32_t count); /* so many have become durable */
void queue_look(void);                                                          /* rows were changed by somebody else */
void queue_cancelled(int64_t seq);                                              /* its row says so already */

#endif
