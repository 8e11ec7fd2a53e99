/* SPDX-License-Identifier: MIT */
/*
 * What becomes of an attempt that has ended: over, dead, or again and when (job.h). Decides only; job.c has it written.
 */
#include <sodium.h>
#include <strings.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "json/write.h"
#include "queue/count.h"
#include "queue/job.h"
#include "queue/record.h"

enum { MAX_NOTE = 2048, LAST_ATTEMPT_MS = 1000 };

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

int64_t
outcome_too_old_at(const struct queue_part *part)
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
    int64_t asked = -1, longest = outcome_too_old_at(part) - LAST_ATTEMPT_MS - now;
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
    int64_t end = outcome_too_old_at(part);

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
                                   .principal = QUEUE_SERVER,
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

void
outcome_of(struct queue_part *part, bool is_failed)
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
                                     .is_ordered = part->is_ordered };
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
}
