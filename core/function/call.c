/* SPDX-License-Identifier: MIT */
/* Function calls on the http threads (call.h). */
#include "function/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "function/internal.h"
#include "function/request.h"

struct seat *function_seats;
size_t function_seat_count;

struct seat *
seat_here(void)
{
    return &function_seats[http_thread_index(http_thread_current())];
}

/* Errors of the server itself look as functions.md 1.8 says, first column. */
static struct http_response
error_response(unsigned status, const char *body, struct http_field fields[2], const char *id)
{
    fields[0] = (struct http_field){ STR("x-amzn-requestid"), str_of(id) };
    fields[1] = (struct http_field){ STR("x-call-id"), str_of(id) };
    return (struct http_response){ .status = status,
                                   .content_type = STR("application/json"),
                                   .body = str_of(body),
                                   .fields = fields,
                                   .field_count = 2 };
}

static void
call_free(struct function_call *call, bool is_finished)
{
    struct function_state *state = &call->target->states[call->slot];

    list_remove(&call->link);
    atomic_fetch_sub_explicit(&state->in_flight, 1, memory_order_relaxed);
    if (is_finished) {
        atomic_store_explicit(&call->target->has_finished, true, memory_order_relaxed);
        if (call->is_trial) /* not one that began before the crashes */
            control_tell_finished(call->target, call->slot);
    }
    if (call->is_trial)
        atomic_store(&state->is_tried, false);
    target_put(call->target);
    free(call);
}

void
function_call_fail(struct function_call *call, unsigned status, const char *body)
{
    struct http_field fields[2];
    struct http_response response = error_response(status, body, fields, call->id);

    stats_end(&call->timing, status);
    if (call->http)
        http_call_respond(call->http, &response);
    else
        async_lost(call, status == 502 ? "its process has ended" : "its process could not be started");
    call_free(call, false);
}

void
function_call_answer(struct function_call *call, const struct link_received *received)
{
    struct http_field fields[FUNCTION_MAX_FIELDS];
    struct http_response response = { 0 };
    char *memory = NULL;
    struct str reason;

    if (function_answer_read(received, &response, fields, &memory, &reason)) {
        stats_end(&call->timing, response.status);
        if (call->http)
            http_call_respond(call->http, &response);
        else
            async_answered(call, &response);
        call_free(call, true);
    } else {
        log_warn("function", "call %s failed: %.*s", call->id, STR_ARG(reason));
        if (call->job)
            async_lost(call, "it gave no answer");
        function_call_fail(call, 502, "{\"message\": \"Internal server error\"}");
    }
    free(memory);
}

void
function_call_expired(struct function_call *call, const char *why)
{
    call->is_expired = true;
    stats_end(&call->timing, 504);
    log_warn("function", "call %s is given up: %s", call->id, why);
    if (call->stream)
        control_tell_stuck(call->target, call->stream->runner);
}

static void
on_expire(struct http_request *request, void *arg)
{
    struct function_call *call = arg;
    struct http_field fields[2];
    struct http_response response =
        error_response(504, "{\"message\": \"Endpoint request timed out\"}", fields, call->id);

    http_respond(request, &response);
    function_call_expired(call, "it took longer than its time limit");
}

int64_t
function_breaker_wait(struct function_state *state, bool *is_trial)
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

static void
refuse_disabled(struct http_request *request, int64_t wait_ms)
{
    char seconds[24];
    struct http_field field = { STR("retry-after"), STR("") };

    snprintf(seconds, sizeof seconds, "%lld", (long long)((wait_ms + 999) / 1000));
    field.value = str_of(seconds);
    http_respond(request, &(struct http_response){ .status = 503,
                                                   .content_type = STR("application/json"),
                                                   .body = STR("{\"message\":\"Service Unavailable\"}"),
                                                   .fields = &field,
                                                   .field_count = 1 });
}

static void
refuse_method(struct http_request *request, const char *allowed)
{
    struct http_field field = { STR("allow"), str_of(allowed) };

    http_respond(request, &(struct http_response){ .status = 405,
                                                   .content_type = STR("application/json"),
                                                   .body = STR("{\"message\":\"Method Not Allowed\"}"),
                                                   .fields = &field,
                                                   .field_count = 1 });
}

static bool
is_method_allowed(const struct function *function, const struct http_request *request)
{
    return !function->method || str_is(request->method_name, function->method) ||
           (request->method == HTTP_HEAD && strcmp(function->method, "GET") == 0);
}

void
function_call_begin(struct function_call *call, const struct function *function)
{
    struct target_seat *place = &function->target->seats[http_thread_index(http_thread_current())];

    list_init(&call->link);
    call->target = target_get(function->target);
    call->slot = function->slot;
    call->event.context = buf_view(&call->target->states[call->slot].context);
    call->event.base_len = sizeof "/fn" - 1;
    call->event.timeout_ms = function->timeout_ms ? function->timeout_ms : FUNCTION_TIMEOUT_MS;
    stats_begin(&call->timing, function->stats);
    atomic_fetch_add_explicit(&call->target->states[call->slot].in_flight, 1, memory_order_relaxed);
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

static void
begin(const struct function *function, struct http_request *request, bool is_trial)
{
    struct function_call *call = mem_alloc(sizeof *call);

    call->is_trial = is_trial;
    snprintf(call->id, sizeof call->id, "%s", uuid_format(uuid_v4()).s);
    call->http = http_hold(request, function->timeout_ms ? function->timeout_ms : FUNCTION_TIMEOUT_MS, on_expire, call);
    function_call_begin(call, function);
}

static void
on_request(struct http_request *request, void *arg)
{
    static const struct str prefix = { "/fn/", 4 };
    struct str slug = { request->path.p + prefix.len, request->path.len - prefix.len };
    const struct function *function = function_table_find(seat_here()->table, slug);
    bool is_trial;
    int64_t wait_ms;

    (void)arg;
    if (!function && async_take(request, slug))
        return;
    if (!function) {
        http_respond(request, &(struct http_response){ .status = 404,
                                                       .content_type = STR("application/json"),
                                                       .body = STR("{\"message\":\"Not Found\"}") });
        return;
    }
    if (function->is_private) { /* keys for functions come with usage plans; until then nobody has one */
        http_respond(request, &(struct http_response){ .status = 403,
                                                       .content_type = STR("application/json"),
                                                       .body = STR("{\"message\":\"Forbidden\"}") });
        return;
    }
    if (!is_method_allowed(function, request)) {
        refuse_method(request, function->method);
        return;
    }
    wait_ms = function_breaker_wait(&function->target->states[function->slot], &is_trial);
    if (wait_ms > 0) {
        refuse_disabled(request, wait_ms);
        return;
    }
    begin(function, request, is_trial);
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

        if (call->is_expired)
            function_call_fail(call, 504, "");
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
        function_call_fail(LIST_ENTRY(place->waiting.next, struct function_call, link), 503,
                           "{\"message\":\"Service Unavailable\"}");
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

void
functions_init(struct http_server *server, struct scope *scope)
{
    size_t count = http_thread_count(server);

    function_seat_count = count;
    function_seats = mem_alloc(count * sizeof *function_seats);
    for (size_t i = 0; i < count; i++) {
        list_init(&function_seats[i].streams);
        list_init(&function_seats[i].jobs);
    }
    functions_control_init(count, scope);
    http_server_route(server, &(struct http_route){ .path = "/fn/", .handler = on_request });
    async_init(server);
}

void
functions_start(struct http_server *server)
{
    for (size_t i = 0; i < http_thread_count(server); i++)
        function_seats[i].thread = http_thread_at(server, i);
}
