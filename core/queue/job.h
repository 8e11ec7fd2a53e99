/* SPDX-License-Identifier: MIT */
/* What dispatch.c (when), rounds.c, job.c (one attempt), outcome.c and event.c say to each other. Control thread. */
#ifndef QUEUE_JOB_H
#define QUEUE_JOB_H

#include "queue/dispatch.h"

enum {
    QUEUE_MAX_DEPTH = 16, /* calls that lead to calls */
    QUEUE_LOOK_MS = 1000, /* between two looks at the rows */
    QUEUE_LEASE_MS = 60 * 1000,
};
static const int64_t QUEUE_MESSAGE_AGE_MS = 4 * 86400 * 1000LL; /* as SQS has it */

/* One call or message of a job. */
struct queue_part {
    struct queue_job *job;
    int64_t seq, created_ns, wanted, started, bytes;
    const char *id;
    uint32_t attempt, depth;
    bool has_callback, is_ordered;
    struct queue_message request;
    struct queue_settle settle;
    struct queue_message kept;     /* of the answer */
    struct queue_accept next_call; /* what its end is told to a queue with */
    struct list link;              /* in the list of those the store could not take */
};

/* job.c */
void jobs_start(const struct queue_runner *runner);
void job_begin(struct queue_lane *lane, const char *fn, const struct queue_leased *leased);
/* Makes one job of the first of them; returns how many that took. Changes the array. */
uint32_t job_begin_batch(struct queue_lane *lane, const struct queue_consumer *consumer, struct queue_leased *calls,
                         uint32_t count);
void jobs_cancelled(int64_t seq);
bool jobs_are_settled(void);
void jobs_settle_again(void);

/* outcome.c */
void outcome_of(struct queue_part *part, bool is_failed);  /* fills part->settle, but for `done`, and counts it */
int64_t outcome_too_old_at(const struct queue_part *part); /* wall ms: not to be begun afterwards */

/* dispatch.c */
void lanes_start(const struct queue_runner *runner);
void lanes_stop(void);
void lanes_found(const struct queue_survey *survey); /* what waits, and what is paused */
void lanes_end_old(int64_t now);                     /* calls that nobody will begin in time */
const char *lane_queue(const struct queue_lane *lane);
void lane_due(struct queue_lane *lane, int64_t due);
void lane_job_began(struct queue_lane *lane, const struct queue_job *job);
void lane_job_ended(struct queue_lane *lane, const struct queue_job *job);

/* event.c: events that are made here (functions.md 3.5, fixtures/sqs) */
struct str event_of_messages(struct queue_job *job);
struct str event_of_end(const struct queue_part *part, const struct queue_settle *settle);
/* Marks the parts that the consumer wants again; all of them when its answer makes no sense. */
void event_failures(struct queue_job *job, bool *is_failed);

#endif
