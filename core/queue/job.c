/* SPDX-License-Identifier: MIT */
/* One attempt, from the lease to what became of it (job.h). */
#include "queue/job.h"

#include <sodium.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "json/write.h"
#include "loop/control.h"
#include "queue/callback.h"
#include "queue/count.h"
#include "queue/filter.h"
#include "queue/record.h"

enum { MAX_NOTE = 2048, MAX_BATCH_BYTES = 4 << 20, LAST_ATTEMPT_MS = 1000 };

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

/* ---- what becomes of it */

/* JSON about a failed attempt. */
static const char *
note_of(struct queue_part *part)
{
    struct queue_job *job = part->job;
    struct json_out json;
    struct buf text;
    const char *note;

    buf_init(&text, MAX_NOTE);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_int(&json, "attempt", part->attempt);
    json_pair_int(&json, "finishedAt", part->settle.now);
    json_pair_int(&json, "durationUs", part->settle.duration_us);
    if (job->status)
        json_pair_int(&json, "status", job->status);
    if (job->error)
        json_pair_text(&json, "error", job->error);
    json_object_end(&json);
    note = text.over ? NULL : arena_strdup(&job->arena, buf_text(&text));
    buf_fini(&text);
    return note;
}

/* The value of a header of the answer. */
static struct str
answer_header(const struct queue_message *answer, const char *name)
{
    const char *at = answer->heads.p;

    for (uint32_t i = 0; i < answer->header_count; i++) {
        const char *value = at + strlen(at) + 1;

        if (strcasecmp(at, name) == 0)
            return str_of(value);
        at = value + strlen(value) + 1;
    }
    return (struct str){ 0 };
}

/* When it is too old to begin. */
static int64_t
end_of(const struct queue_part *part)
{
    const struct queue_job *job = part->job;
    bool is_message = job->consumer || !job->fn[0];

    return part->wanted + (is_message ? QUEUE_MESSAGE_AGE_MS : job->settings->retry.max_age_ms);
}

/* functions.md 3.4: what Retry-After says counts, between the shortest wait and a last attempt before the end. */
static int64_t
wait_of(const struct queue_part *part, int64_t now)
{
    const struct queue_job *job = part->job;
    const struct retry_policy *policy = &job->settings->retry;
    int64_t asked = -1, longest = end_of(part) - LAST_ATTEMPT_MS - now;
    struct str after = { 0 };
    uint64_t random;

    randombytes_buf(&random, sizeof random);
    if (job->status == 429 || job->status == 503)
        after = answer_header(&job->answer, "retry-after");
    if (after.p)
        asked = retry_after_ms(after, now);
    if (asked < 0)
        return retry_wait_ms(policy, part->attempt, random);
    if (asked > longest)
        asked = longest;
    return asked < policy->min_wait_ms ? policy->min_wait_ms : asked;
}

static void
judge(struct queue_part *part, bool is_failed)
{
    const struct queue_job *job = part->job;
    struct queue_settle *settle = &part->settle;
    int64_t end = end_of(part);

    if (job->end == QUEUE_NOT_BEGUN) {
        settle->was_begun = false;
        settle->next = QUEUE_RELEASE;
        settle->due = settle->now + job->wait_ms;
        if (settle->due > end) {
            settle->next = QUEUE_DEAD;
            settle->error = "it waited longer than is allowed";
        }
        return;
    }
    settle->was_begun = true;
    if (!is_failed) {
        settle->next = job->consumer || job->status < 400 ? QUEUE_SUCCEEDED : QUEUE_FAILED;
        return;
    }
    settle->due = settle->now + wait_of(part, settle->now);
    settle->next = part->attempt < job->max_attempts && settle->due <= end ? QUEUE_RETRY : QUEUE_DEAD;
}

/* Somebody asked to be told about such an end by a message. It takes effect together with the end itself. */
static void
add_next_call(struct queue_part *part)
{
    const struct queue_function_settings *settings = part->job->settings;
    struct queue_settle *settle = &part->settle;
    struct queue_accept *call = &part->next_call;
    const char *queue = settle->next == QUEUE_SUCCEEDED ? settings->success_queue : settings->dead_letter_queue;
    struct arena *arena = &part->job->arena;

    if (!queue || settle->next >= QUEUE_RETRY || part->depth >= QUEUE_MAX_DEPTH ||
        (part->job->consumer && settle->next == QUEUE_SUCCEEDED))
        return;
    *call = (struct queue_accept){ .id = arena_strdup(arena, uuid_format(uuid_v7()).s),
                                   .queue = queue,
                                   .fn = "",
                                   .depth = part->depth + 1,
                                   .created_ns = clock_wall_ms() * 1000000,
                                   .due = settle->now };
    call->request.heads = queue_raw_heads;
    call->request.body = part->job->consumer ? part->request.body : event_of_end(part, settle);
    settle->next_seq = queue_reserve(call);
    settle->next_call = call;
}

static void
count(const struct queue_part *part)
{
    struct queue_tally *tally = queue_tally(lane_queue(part->job->lane));

    if (part->settle.was_begun)
        queue_count(&tally->processed);
    if (part->settle.next == QUEUE_RETRY)
        queue_count(&tally->retries);
    if (part->settle.next == QUEUE_DEAD)
        queue_count(&tally->dead);
}

/*
 * What is kept of the answer: of a body that is too long to be shown just enough to tell, unless somebody is sent it.
 */
static const struct queue_message *
kept_of(struct queue_part *part)
{
    struct queue_message *kept = &part->kept;

    *kept = part->job->answer;
    if (!part->has_callback && kept->body.len > RECORD_MAX_RESULT)
        kept->body.len = RECORD_MAX_RESULT + 1;
    return kept;
}

static void
settle_part(struct queue_part *part, bool is_failed)
{
    struct queue_job *job = part->job;
    struct queue_settle *settle = &part->settle;

    *settle = (struct queue_settle){ .seq = part->seq,
                                     .attempt = part->attempt,
                                     .now = clock_wall_ms(),
                                     .status = job->status,
                                     .error = job->error,
                                     .duration_us = clock_mono_us() - job->began_us,
                                     .has_callback = part->has_callback,
                                     .is_ordered = part->is_ordered,
                                     .done = on_settled };
    judge(part, is_failed);
    if (settle->was_begun && settle->next != QUEUE_SUCCEEDED)
        settle->note = note_of(part);
    if (job->end == QUEUE_ANSWERED && !job->consumer)
        settle->result = kept_of(part);
    if (settle->next == QUEUE_DEAD)
        log_warn("queue", "call %s of %s is dead after %u attempts: %s", part->id, job->fn, part->attempt,
                 settle->error ? settle->error : "its last answer was a failure");
    add_next_call(part);
    count(part);
    queue_engine->settle(queue_engine_data, settle);
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
    if (end_of(job->parts) >= clock_wall_ms()) {
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
