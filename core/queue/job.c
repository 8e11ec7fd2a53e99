/* SPDX-License-Identifier: MIT */
/* One attempt, from the lease until what became of it is written (job.h). */
#include "queue/job.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/control.h"
#include "queue/callback.h"
#include "queue/filter.h"

enum { MAX_BATCH_BYTES = 4 << 20 };

static struct {
    const struct queue_runner *runner;
    struct list running;   /* queue_job.link */
    struct list unsettled; /* queue_part.link: over, but the store could not take it */
} jobs;

void
jobs_start(const struct queue_runner *runner)
{
    jobs.runner = runner;
    list_init(&jobs.running);
    list_init(&jobs.unsettled);
}

static void
part_closed(struct queue_part *part)
{
    struct queue_job *job = part->job;

    if (--job->open_parts)
        return;
    queue_settings_put(job->settings);
    if (job->consumer)
        queue_consumer_put(job->consumer);
    arena_fini(&job->arena);
    free(job);
}

/* ---- settled */

static void
on_settled(struct queue_settle *settle)
{
    struct queue_part *part = container_of(settle, struct queue_part, settle);
    struct queue_lane *lane = part->job->lane;

    if (!settle->is_ok) { /* the disk is full or broken: we know how it ended and say so until it is written */
        list_add_tail(&jobs.unsettled, &part->link);
        return;
    }
    if (settle->is_current && settle->next >= QUEUE_RETRY)
        lane_due(lane, settle->due);
    else if (settle->is_current)
        queue_leave(part->bytes);
    if (settle->is_current && settle->next < QUEUE_RETRY) {
        if (settle->is_ordered) /* the next one of its order may begin */
            lane_due(lane, settle->now);
        if (settle->has_callback)
            callbacks_due(settle->now);
        if (settle->next_call)
            queue_due(settle->next_call->queue, "", settle->next_call->due, 1);
    } else if (settle->next_call) { /* it did not come to that */
        queue_leave(settle->next_call->bytes);
    }
    part_closed(part);
}

bool
jobs_are_settled(void)
{
    return list_is_empty(&jobs.unsettled);
}

void
jobs_settle_again(void)
{
    struct list again;

    list_init(&again);
    while (!list_is_empty(&jobs.unsettled)) {
        struct list *node = jobs.unsettled.next;

        list_remove(node);
        list_add_tail(&again, node);
    }
    while (!list_is_empty(&again)) {
        struct queue_part *part = LIST_ENTRY(again.next, struct queue_part, link);

        list_remove(&part->link);
        queue_engine->settle(queue_engine_data, &part->settle);
    }
}

static void
settle_part(struct queue_part *part, bool is_failed)
{
    outcome_of(part, is_failed);
    part->settle.done = on_settled;
    queue_engine->settle(queue_engine_data, &part->settle);
}

static void
settle(struct queue_job *job)
{
    const struct retry_policy *policy = &job->settings->retry;
    bool is_failed =
        job->end != QUEUE_ANSWERED || (job->consumer ? job->status >= 400 : retry_is_wanted(policy, job->status));
    bool *failed = arena_alloc(&job->arena, job->part_count * sizeof *failed);
    uint32_t count = job->part_count;

    for (uint32_t i = 0; i < count; i++)
        failed[i] = is_failed;
    if (job->consumer && job->consumer->reports_failures && !is_failed)
        event_failures(job, failed);
    for (uint32_t i = 0; i < count; i++)
        settle_part(&job->parts[i], failed[i]); /* the store answers in a later turn */
}

static void
job_ended(struct message *message)
{
    struct queue_job *job = container_of(message, struct queue_job, message);

    ev_timer_stop(control_loop(), &job->timer);
    list_remove(&job->link);
    lane_job_ended(job->lane, job);
    settle(job);
}

void
queue_job_done(struct queue_job *job)
{
    control_post(&job->message, job_ended);
}

/* ---- the beginning */

static void
on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct queue_job *job = container_of(timer, struct queue_job, timer);

    (void)loop, (void)events;
    jobs.runner->expire(job, job->is_cancelled ? "it was cancelled" : "it took longer than its time limit");
}

static struct str
copy_bytes(struct arena *arena, struct str bytes)
{
    return (struct str){ arena_strndup(arena, bytes.p ? bytes.p : "", bytes.len), bytes.len };
}

static void
add_part(struct queue_job *job, const struct queue_leased *leased)
{
    struct queue_part *part = &job->parts[job->part_count++];

    *part =
        (struct queue_part){ .job = job,
                             .seq = leased->seq,
                             .created_ns = leased->created_ns,
                             .wanted = leased->wanted,
                             .started = leased->started,
                             .bytes = leased->bytes,
                             .id = arena_strdup(&job->arena, leased->id),
                             .attempt = leased->attempt,
                             .depth = leased->depth,
                             .has_callback = leased->has_callback,
                             .is_ordered = leased->is_ordered,
                             .request = { copy_bytes(&job->arena, leased->request.heads), leased->request.header_count,
                                          copy_bytes(&job->arena, leased->request.body) } };
    list_init(&part->link);
}

static struct queue_job *
job_new(struct queue_lane *lane, const char *fn, const struct queue_leased *calls, uint32_t count)
{
    struct queue_job *job = mem_alloc(sizeof *job);

    arena_init(&job->arena, 0);
    job->lane = lane;
    job->fn = arena_strdup(&job->arena, fn);
    job->settings = queue_settings_get(fn);
    job->parts = arena_alloc(&job->arena, count * sizeof *job->parts);
    for (uint32_t i = 0; i < count; i++)
        add_part(job, &calls[i]);
    job->open_parts = count;
    job->seq = job->parts->seq;
    job->created_ns = job->parts->created_ns;
    job->id = job->parts->id;
    job->attempt = job->parts->attempt;
    job->max_attempts = job->settings->retry.retries + 1;
    job->began_us = clock_mono_us();
    list_init(&job->link);
    return job;
}

static void
run(struct queue_job *job)
{
    job->timeout_ms = job->settings->timeout_ms ? job->settings->timeout_ms : jobs.runner->timeout_ms(job->fn);
    list_add_tail(&jobs.running, &job->link);
    lane_job_began(job->lane, job);
    ev_timer_init(&job->timer, on_timeout, job->timeout_ms / 1000.0, 0);
    ev_now_update(control_loop());
    ev_timer_start(control_loop(), &job->timer);
    jobs.runner->run(job);
}

void
job_begin(struct queue_lane *lane, const char *fn, const struct queue_leased *leased)
{
    struct queue_job *job = job_new(lane, fn, leased, 1);

    job->request = job->parts->request;
    if (outcome_too_old_at(job->parts) >= clock_wall_ms()) {
        run(job);
        return;
    }
    job->end = QUEUE_NOT_BEGUN;
    settle(job);
}

/* ---- messages */

static struct queue_job *
batch_new(struct queue_lane *lane, const struct queue_consumer *consumer, const struct queue_leased *calls,
          uint32_t count)
{
    struct queue_job *job = job_new(lane, consumer->fn, calls, count);

    job->consumer = queue_consumer_ref(consumer);
    return job;
}

/* What the consumer does not want is over, as if it had been taken; what is too old is dead. */
static bool
end_unwanted(struct queue_lane *lane, const struct queue_consumer *consumer, const struct queue_leased *leased)
{
    bool is_old = leased->wanted + QUEUE_MESSAGE_AGE_MS < clock_wall_ms();
    struct queue_job *job;

    if (!is_old && filter_matches(consumer->filter_patterns, leased->request.body))
        return false;
    job = batch_new(lane, consumer, leased, 1);
    job->end = is_old ? QUEUE_NOT_BEGUN : QUEUE_ANSWERED;
    settle(job);
    return true;
}

uint32_t
job_begin_batch(struct queue_lane *lane, const struct queue_consumer *consumer, struct queue_leased *calls,
                uint32_t count)
{
    uint32_t seen = 0, taken = 0;
    struct queue_job *job;
    int64_t bytes = 0;

    for (; seen < count && taken < consumer->batch_size; seen++) {
        if (end_unwanted(lane, consumer, &calls[seen]))
            continue;
        bytes += calls[seen].bytes;
        if (taken && bytes > MAX_BATCH_BYTES)
            break;
        calls[taken++] = calls[seen];
    }
    if (taken) {
        job = batch_new(lane, consumer, calls, taken);
        job->request = (struct queue_message){ .heads = queue_raw_heads, .body = event_of_messages(job) };
        run(job);
    }
    return seen;
}

void
jobs_cancelled(int64_t seq)
{
    LIST_EACH(&jobs.running, node)
    {
        struct queue_job *job = LIST_ENTRY(node, struct queue_job, link);
        double grace = (double)queue_settings.cancel_grace_ms / 1000, left;

        if (job->seq != seq || job->consumer || job->is_cancelled)
            continue;
        job->is_cancelled = true;
        jobs.runner->cancel(job);
        left = ev_timer_remaining(control_loop(), &job->timer);
        ev_timer_stop(control_loop(), &job->timer);
        ev_timer_set(&job->timer, left < grace ? left : grace, 0);
        ev_timer_start(control_loop(), &job->timer);
    }
}
