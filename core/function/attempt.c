/* SPDX-License-Identifier: MIT */
/*
 * One attempt of a durable call as an ordinary call, on an http thread. When there is one, and what its end means, is
 * core/queue.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/call.h"
#include "function/internal.h"
#include "queue/dispatch.h"

static _Atomic size_t next_seat;

/* The end of the job; the call itself may go on in the runner. */
static void
finish(struct function_call *call, enum queue_end end, const char *error)
{
    struct queue_job *job = call->job;

    call->job = NULL;
    list_remove(&call->in_jobs);
    job->end = end;
    job->error = error;
    queue_job_done(job);
}

void
async_lost(struct function_call *call, const char *error)
{
    if (call->job)
        finish(call, QUEUE_LOST, error);
}

void
async_answered(struct function_call *call, const struct http_response *response)
{
    struct queue_job *job = call->job;
    struct buf heads;

    if (!job)
        return;
    buf_init(&heads, LINK_MAX_FRAME);
    for (size_t i = 0; i < response->field_count; i++)
        event_pair_put(&heads, response->fields[i].name, response->fields[i].value);
    job->status = response->status;
    job->answer.header_count = (uint32_t)response->field_count;
    job->answer.heads = (struct str){ arena_strndup(&job->arena, heads.p ? heads.p : "", heads.len), heads.len };
    job->answer.body =
        (struct str){ arena_strndup(&job->arena, response->body.p ? response->body.p : "", response->body.len),
                      response->body.len };
    buf_fini(&heads);
    finish(call, QUEUE_ANSWERED, NULL);
}

static void
not_begun(struct queue_job *job, int64_t wait_ms)
{
    job->end = QUEUE_NOT_BEGUN;
    job->wait_ms = wait_ms;
    queue_job_done(job);
}

/* The address it was called at decides about its event; by name, if there is nothing any more. */
static const struct endpoint *
endpoint_of(const struct function_table *table, const struct queue_job *job, struct endpoint_match *found)
{
    const struct function *function = function_find(table, str_of(job->fn));
    const char *method = job->request.heads.p, *path = method + strlen(method) + 1;

    found->match.param_count = 0;
    if (!function || !function->target)
        return NULL;
    if (!path[0])
        return function->raw;
    endpoint_find(table, str_of(path), http_method_of(str_of(method)), found);
    if (found->endpoint && found->endpoint->function == function)
        return found->endpoint;
    found->match.param_count = 0;
    found->base_len = 0;
    return function->by_name;
}

static void
begin(struct message *message)
{
    enum { GONE_WAIT_MS = 1000, FULL_WAIT_MS = 20 };
    struct queue_job *job = container_of(message, struct queue_job, message);
    struct seat *seat = seat_here();
    struct endpoint_match found;
    const struct endpoint *endpoint = endpoint_of(seat->table, job, &found);
    enum function_entry entry;
    struct function_call *call;
    bool is_trial;
    int64_t wait_ms;

    if (!endpoint) {
        not_begun(job, GONE_WAIT_MS);
        return;
    }
    entry = function_enter(endpoint->function, &is_trial, &wait_ms);
    if (entry != FUNCTION_ENTERED) {
        not_begun(job, entry == FUNCTION_FULL ? FULL_WAIT_MS : wait_ms);
        return;
    }
    found.is_async = false;
    call = function_call_new(seat->table, endpoint, endpoint->kind == EVENT_RAW ? NULL : &found);
    call->job = job;
    call->event.timeout_ms = job->timeout_ms;
    call->is_trial = is_trial;
    snprintf(call->id, sizeof call->id, "%.39s", job->id);
    list_add_tail(&seat->jobs, &call->in_jobs);
    function_call_begin(call);
}

/* Something about an attempt, for the http thread that has it; the others do not find it. */
struct notice {
    struct message message;
    int64_t seq;
    uint32_t attempt;
    const char *why; /* it is over; NULL: its handler is told that nobody waits */
};

static void
end_or_tell(struct function_call *call, const char *why)
{
    if (why) {
        call->job->status = 504;
        finish(call, QUEUE_TIMED_OUT, why);
        function_call_expired(call, why);
    } else if (call->stream) {
        stream_cancel(call->stream, call);
    }
}

static void
on_notice(struct message *message)
{
    struct notice *notice = container_of(message, struct notice, message);

    LIST_EACH(&seat_here()->jobs, node)
    {
        struct function_call *call = LIST_ENTRY(node, struct function_call, in_jobs);

        if (call->job->seq != notice->seq || call->job->attempt != notice->attempt)
            continue;
        end_or_tell(call, notice->why);
        break;
    }
    free(notice);
}

/* ---- what the queue asks: control thread */

static void
run(struct queue_job *job)
{
    size_t seat = atomic_fetch_add(&next_seat, 1) % function_seat_count;

    http_thread_post(function_seats[seat].thread, &job->message, begin);
}

static void
notify(const struct queue_job *job, const char *why)
{
    for (size_t i = 0; i < function_seat_count; i++) {
        struct notice *notice = mem_alloc(sizeof *notice);

        notice->seq = job->seq;
        notice->attempt = job->attempt;
        notice->why = why;
        http_thread_post(function_seats[i].thread, &notice->message, on_notice);
    }
}

static void
cancel(const struct queue_job *job)
{
    notify(job, NULL);
}

const struct queue_runner function_runner = {
    .room = function_room,
    .timeout_ms = function_timeout_ms,
    .run = run,
    .cancel = cancel,
    .expire = notify,
};
