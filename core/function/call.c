/* SPDX-License-Identifier: MIT */
/*
 * Function calls on the http threads, from their beginning to their answer (call.h). How one comes about is arrival.c.
 */
#include "function/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "function/admit.h"
#include "function/answer.h"
#include "function/internal.h"
#include "function/invoke.h"
#include "function/journal.h"
#include "function/request.h"
#include "function/trace.h"

enum { MAX_PARAMS = 64 << 10 };

struct seat *function_seats;
size_t function_seat_count;

struct seat *
seat_here(void)
{
    return &function_seats[http_thread_index(http_thread_current())];
}

/* ---- life of a call */

struct function_call *
function_call_new(struct function_table *table, const struct endpoint *endpoint, const struct endpoint_match *found)
{
    struct function_call *call = mem_alloc(sizeof *call);

    list_init(&call->link);
    list_init(&call->in_jobs);
    call->table = table;
    atomic_fetch_add_explicit(&call->table->refs, 1, memory_order_relaxed);
    call->endpoint = endpoint;
    call->event.context = endpoint->context;
    call->event.timeout_ms = endpoint->function->timeout_ms;
    if (found) {
        call->path = found->path;
        call->is_async = found->is_async;
        call->event.base_len = found->base_len;
    }
    if (found && found->match.param_count) {
        struct buf params;

        buf_init(&params, MAX_PARAMS);
        endpoint_params_put(found, &params);
        call->event.param_count = params.over ? 0 : (uint32_t)found->match.param_count;
        call->memory = buf_take(&params, &call->event.params.len);
        call->event.params.p = call->memory;
    }
    return call;
}

/* Its place in the target is free again. */
static void
leave(struct function_call *call, bool is_finished)
{
    struct function_state *state = &call->target->states[call->slot];
    const struct function *function = call->endpoint->function;

    atomic_fetch_sub_explicit(&state->in_flight, 1, memory_order_relaxed);
    if (is_finished && !call->rehearsal) {
        atomic_store_explicit(&call->target->has_finished, true, memory_order_relaxed);
        if (call->is_trial) /* not one that began before the crashes */
            control_tell_finished(call->target, call->slot);
    }
    if (call->is_trial)
        atomic_store(&state->is_tried, false);
    if (function->service)
        journal_ended(function->journal, call->id, clock_mono_us() - call->timing.began_us - call->init_us,
                      call->init_us);
    target_put(call->target);
}

static void
end(struct function_call *call, bool is_finished)
{
    list_remove(&call->link);
    if (call->target)
        leave(call, is_finished);
    if (call->inner) { /* nobody wants to know any more */
        call->inner->done = NULL;
        call->inner->outer = NULL;
    }
    if (call->outer)
        call->outer->inner = NULL;
    if (call->grant)
        admit_forget(call);
    function_table_put(call->table);
    free(call->memory);
    free(call);
}

void
function_call_free(struct function_call *call)
{
    end(call, false);
}

/* ---- answers */

static void
count_refused(struct function_call *call, unsigned status)
{
    if (call->target)
        stats_end(&call->timing, status);
    else if (!call->is_expired)
        stats_refused(call->endpoint->function->stats, call->endpoint->function->tally, status);
}

static void
tell_outer(struct function_call *call, const struct http_response *response, const char *error)
{
    function_invoked *done = call->done;

    call->done = NULL;
    if (call->outer)
        call->outer->inner = NULL;
    call->outer = NULL;
    if (done)
        done(call->done_arg, response, error);
}

static void
refuse_with(struct function_call *call, const struct answer *answer, const char *why)
{
    count_refused(call, answer->response.status);
    call->is_refused = true;
    if (call->http)
        function_call_respond(call, &answer->response);
    else if (call->job)
        async_lost(call, why);
    else
        tell_outer(call, call->rehearsal ? &answer->response : NULL, why);
    end(call, false);
}

/* The caller speaks the invoke API. */
static bool
is_invoked(const struct function_call *call)
{
    return call->endpoint->kind == EVENT_RAW && call->http && !call->is_async;
}

void
function_refuse(struct function_call *call, enum refusal refusal)
{
    struct refusal_text text = refusal_text(refusal, call->endpoint->answers_as_v2);
    struct answer answer;

    if (is_invoked(call)) {
        count_refused(call, text.status);
        invoke_refused(call, refusal);
        end(call, false);
        return;
    }
    answer_init_refusal(&answer, &text, call->id);
    refuse_with(call, &answer,
                refusal == REFUSE_FAILED        ? "its process has ended"
                : refusal == REFUSE_UNAVAILABLE ? "its process could not be started"
                                                : "it was refused");
}

void
function_refuse_text(struct function_call *call, unsigned status, const char *error_type, struct str body)
{
    struct refusal_text text = { status, body, str_of(error_type) };
    struct answer answer;

    answer_init_refusal(&answer, &text, call->id);
    refuse_with(call, &answer, "it was refused");
}

static void
refuse_disabled(struct function_call *call, int64_t wait_ms)
{
    struct refusal_text text = refusal_text(REFUSE_UNAVAILABLE, call->endpoint->answers_as_v2);
    struct answer answer;
    char seconds[24];

    if (is_invoked(call)) {
        function_refuse(call, REFUSE_UNAVAILABLE);
        return;
    }
    snprintf(seconds, sizeof seconds, "%lld", (long long)((wait_ms + 999) / 1000));
    answer_init_refusal(&answer, &text, call->id);
    answer_add(&answer, STR("retry-after"), str_of(seconds));
    refuse_with(call, &answer, "it is paused after crashes");
}

void
function_call_note_failure(const struct function_call *call, const char *why)
{
    const struct function *function = call->endpoint->function;

    log_warn("function", "%s: call %s failed: %s", function->name, call->id, why);
    journal_failed(function->journal, call->id, why);
}

void
function_call_answer(struct function_call *call, const struct link_received *received)
{
    struct http_field fields[FUNCTION_MAX_FIELDS];
    struct http_response response = { 0 };
    char *memory = NULL;
    struct str reason;

    if (received->head.status == LINK_REFUSED && call->http) {
        function_refuse(call, REFUSE_TOO_LARGE);
        return;
    }
    if (function_answer_read(received, &response, fields, &memory, &reason)) {
        stats_end(&call->timing, response.status);
        if (is_invoked(call))
            invoke_answered(call, &response);
        else if (call->http)
            function_call_respond(call, &response);
        else if (call->job)
            async_answered(call, &response);
        else
            tell_outer(call, &response, NULL);
        end(call, true);
    } else {
        char *why = mem_strndup(reason.p ? reason.p : "", reason.len);
        struct http_response refused = { .status = refusal_text(REFUSE_FAILED, call->endpoint->answers_as_v2).status };

        function_call_note_failure(call, why);
        if (call->job)
            async_lost(call, "it gave no answer");
        if (call->done)
            tell_outer(call, call->rehearsal ? &refused : NULL, why);
        if (is_invoked(call)) {
            stats_end(&call->timing, 502);
            invoke_failed(call, reason);
            end(call, true);
        } else {
            function_refuse(call, REFUSE_FAILED);
        }
        free(why);
    }
    free(memory);
}

/* ---- limits */

void
function_call_expired(struct function_call *call, const char *why)
{
    call->is_expired = true;
    if (call->target)
        stats_end(&call->timing, 504);
    else
        stats_refused(call->endpoint->function->stats, call->endpoint->function->tally, 504);
    function_call_note_failure(call, why);
    if (call->stream) {
        stream_cancel(call->stream, call);
        control_tell_stuck(call->target, call->stream->runner);
    }
}

static void
on_expire(struct http_request *request, void *arg)
{
    struct function_call *call = arg;
    struct refusal_text text = refusal_text(REFUSE_TIMEOUT, call->endpoint->answers_as_v2);
    struct answer answer;
    char why[64];

    answer_init_refusal(&answer, &text, call->id);
    call->is_refused = true;
    answer_late(call, request, &answer.response);
    snprintf(why, sizeof why, "Task timed out after %.2f seconds", call->endpoint->limit_ms / 1000.0);
    function_call_expired(call, why);
    if (call->inner)
        function_call_expired(call->inner, "the call that waited for it took longer than its time limit");
}

void
function_call_hold(struct function_call *call, struct http_request *request, int64_t limit_ms)
{
    call->http = http_hold(request, limit_ms, on_expire, call);
}

/* 0: go on; otherwise ms until a trial is allowed. */
static int64_t
breaker_wait(struct function_state *state, bool *is_trial)
{
    int64_t until = atomic_load_explicit(&state->closed_until, memory_order_relaxed), now;

    *is_trial = false;
    if (until == 0)
        return 0;
    now = clock_mono_ms();
    if (now < until)
        return until - now;
    if (atomic_exchange(&state->is_tried, true))
        return 1000;
    *is_trial = true;
    return 0;
}

/* ---- the way in */

void
function_call_begin(struct function_call *call)
{
    const struct function *function = call->endpoint->function;
    struct target_seat *place = &function->target->seats[http_thread_index(http_thread_current())];
    char trace[TRACE_TEXT];

    call->target = target_get(function->target);
    call->slot = function->slot;
    stats_begin(&call->timing, function->stats, function->tally);
    if (function->service)
        journal_began(function->journal, call->id, trace_text(call, trace));
    atomic_store_explicit(&call->target->last_use, clock_mono_ms(), memory_order_relaxed);
    if (place->stream) {
        stream_send(place->stream, call);
        return;
    }
    list_add_tail(&place->waiting, &call->link);
    if (!place->is_asked) {
        place->is_asked = true;
        control_ask_runner(function->target, place->last_runner);
    }
}

enum function_entry
function_enter(const struct function *function, bool *is_trial, int64_t *wait_ms)
{
    struct function_state *state = &function->target->states[function->slot];
    uint32_t before = atomic_fetch_add_explicit(&state->in_flight, 1, memory_order_relaxed);
    enum function_entry entry = FUNCTION_ENTERED;

    if (function->reserved != SERVICE_UNSET && before >= (uint32_t)function->reserved)
        entry = FUNCTION_FULL;
    else if ((*wait_ms = breaker_wait(state, is_trial)) > 0)
        entry = FUNCTION_PAUSED;
    if (entry != FUNCTION_ENTERED)
        atomic_fetch_sub_explicit(&state->in_flight, 1, memory_order_relaxed);
    return entry;
}

void
function_call_start(struct function_call *call)
{
    const struct function *function = call->endpoint->function;
    int64_t wait_ms;

    if (!function->target) {
        function_call_note_failure(call, "its module is not there");
        function_refuse(call, REFUSE_FAILED);
        return;
    }
    switch (function_enter(function, &call->is_trial, &wait_ms)) {
    case FUNCTION_ENTERED:
        function_call_begin(call);
        break;
    case FUNCTION_FULL:
        function_refuse(call, REFUSE_CONCURRENCY);
        break;
    case FUNCTION_PAUSED:
        refuse_disabled(call, wait_ms);
        break;
    }
}

void
function_call_admitted(struct function_call *call)
{
    if (call->is_async)
        async_take(call);
    else if (call->is_expired) { /* while somebody decided about it */
        http_call_drop(call->http);
        end(call, false);
    } else
        function_call_start(call);
}

void
function_invoke(struct function_call *outer, const struct function *function, struct str event, function_invoked *done,
                void *arg)
{
    struct function_call *call = function_call_new(outer->table, function->raw, NULL);

    call->memory = mem_strndup(event.p, event.len);
    call->raw = (struct str){ call->memory, event.len };
    call->done = done;
    call->done_arg = arg;
    call->outer = outer;
    outer->inner = call;
    snprintf(call->id, sizeof call->id, "%s", outer->id);
    function_call_start(call);
}

/* ---- what control tells this thread */

void
seat_set_table(struct seat *seat, struct function_table *table)
{
    struct function_table *old = seat->table;

    seat->table = table;
    function_table_put(old);
}

void
seat_add_stream(struct seat *seat, struct target *target, uint64_t runner, int fd)
{
    struct target_seat *place = &target->seats[http_thread_index(seat->thread)];

    place->is_asked = false;
    place->last_runner = runner;
    place->stream = stream_new(seat, target, runner, fd);
    while (!list_is_empty(&place->waiting)) {
        struct function_call *call = LIST_ENTRY(place->waiting.next, struct function_call, link);

        call->init_us = clock_mono_us() - call->timing.began_us;
        if (call->is_expired)
            function_refuse(call, REFUSE_TIMEOUT);
        else
            stream_send(place->stream, call);
    }
}

void
seat_fail_waiting(struct seat *seat, struct target *target)
{
    struct target_seat *place = &target->seats[http_thread_index(seat->thread)];

    place->is_asked = false;
    while (!list_is_empty(&place->waiting))
        function_refuse(LIST_ENTRY(place->waiting.next, struct function_call, link), REFUSE_UNAVAILABLE);
}

void
seat_close_streams(struct seat *seat, uint64_t runner, bool is_gone)
{
    LIST_EACH(&seat->streams, node)
    {
        struct stream *stream = LIST_ENTRY(node, struct stream, in_seat);

        if (stream->runner != runner)
            continue;
        if (is_gone)
            stream_fail(stream);
        else
            stream_drain(stream);
    }
}
