/* SPDX-License-Identifier: MIT */
/*
 * Taking durable calls in, on the http threads (functions.md 3.2). What they ask for and whether they may is wish.c,
 * keeping them and deciding when they run core/queue, running one attempt attempt.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "function/answer.h"
#include "function/call.h"
#include "function/internal.h"
#include "function/principal.h"
#include "function/request.h"
#include "function/wish.h"
#include "loop/control.h"
#include "queue/count.h"
#include "queue/dispatch.h"

enum { MAX_HEADS = 48 << 10, MAX_TRACE = 4096 };

/* ---- a call on its way into the store */

struct taking {
    struct queue_accept accept;
    struct function_call *call; /* until it is answered */
    struct arena arena;
    struct buf heads;
};

static void
taking_free(struct taking *taking)
{
    buf_fini(&taking->heads);
    arena_fini(&taking->arena);
    free(taking);
}

/* What control is told at the end of a turn of the loop: calls of one function that have become durable in it. */
struct news {
    struct message message;
    struct http_turn turn;
    int64_t due;
    uint32_t count;
    struct queue_tally *tally;
    char *fn; /* behind the queue */
    char queue[];
};

static _Thread_local struct news *news; /* not told yet */

static void
tell_queue(struct message *message)
{
    struct news *told = container_of(message, struct news, message);

    queue_due(told->queue, told->fn, told->due, told->count);
    free(told);
}

static void
tell_control(struct http_turn *turn)
{
    struct news *told = container_of(turn, struct news, turn);

    if (told == news)
        news = NULL;
    control_post(&told->message, tell_queue);
}

static void
announce(const struct queue_accept *accept)
{
    size_t queue_len = strlen(accept->queue) + 1, fn_len = strlen(accept->fn) + 1;

    if (!news || strcmp(news->queue, accept->queue) != 0 || strcmp(news->fn, accept->fn) != 0) {
        news = mem_alloc(sizeof *news + queue_len + fn_len);
        news->fn = news->queue + queue_len;
        memcpy(news->queue, accept->queue, queue_len);
        memcpy(news->fn, accept->fn, fn_len);
        news->due = accept->due;
        news->tally = queue_tally(accept->queue);
        list_init(&news->turn.link);
        news->turn.run = tell_control;
        http_turn_add(http_thread_current(), &news->turn);
    }
    news->count++;
    queue_count(&news->tally->submitted);
    if (accept->due < news->due)
        news->due = accept->due;
}

/* 202, unless the sender of a webhook insists on another one. */
static unsigned
accepted_status(const struct function_call *call)
{
    const struct service_function *declared = call->endpoint->function->declared;

    return declared && declared->webhook.scheme != WEBHOOK_NONE && declared->webhook.respond ? declared->webhook.respond
                                                                                             : 202;
}

static void
respond_accepted(struct taking *taking, const char *id, int64_t created_ns, bool is_duplicate)
{
    static const struct str calls = { "/async/calls/", 13 };
    char start[STR_DECIMAL_MAX], location[sizeof "/async/calls/" + WISH_MAX_ID];
    struct str call = str_of(id);
    struct http_field fields[] = {
        { STR("x-call-id"), call },
        { STR("x-request-id"), call },
        { STR("x-amzn-requestid"), call },
        { STR("x-start-time"), str_decimal(created_ns, start) },
        { STR("location"), { location, calls.len + call.len } },
        { STR("x-duplicate"), STR("true") },
    };

    memcpy(location, calls.p, calls.len);
    memcpy(location + calls.len, call.p, call.len);
    function_call_respond(taking->call,
                          &(struct http_response){ .status = accepted_status(taking->call),
                                                   .fields = fields,
                                                   .field_count = COUNT_OF(fields) - (is_duplicate ? 0 : 1) });
    function_call_free(taking->call);
}

static void
respond_refused(struct taking *taking, unsigned status, const char *body)
{
    const struct function *function = taking->call->endpoint->function;
    struct str call = str_of(taking->accept.id);
    struct http_field fields[] = {
        { STR("retry-after"), STR("1") },
        { STR("x-call-id"), call },
        { STR("x-request-id"), call },
        { STR("x-amzn-requestid"), call },
    };

    stats_refused(function->stats, function->tally, status);
    function_call_respond(taking->call, &(struct http_response){ .status = status,
                                                                 .content_type = STR("application/json"),
                                                                 .body = str_of(body),
                                                                 .fields = fields,
                                                                 .field_count = COUNT_OF(fields) });
    function_call_free(taking->call);
}

static void
on_stored(struct queue_accept *accept)
{
    struct taking *taking = container_of(accept, struct taking, accept);

    if (accept->verdict != QUEUE_STORED)
        queue_leave(accept->bytes);
    switch (accept->verdict) {
    case QUEUE_STORED:
        respond_accepted(taking, accept->id, accept->created_ns, false);
        announce(accept);
        break;
    case QUEUE_DUPLICATE:
        respond_accepted(taking, accept->first_id, accept->first_created_ns, true);
        break;
    case QUEUE_FULL:
        respond_refused(taking, 507, "{\"message\":\"Insufficient Storage\"}");
        break;
    case QUEUE_BROKEN:
    default:
        respond_refused(taking, 503, "{\"message\":\"Queue unavailable\"}");
        break;
    }
    taking_free(taking);
}

/* ---- what is kept of a request */

static bool
is_kept(struct str name)
{
    /* RFC 9110 7.6.1, and what is ours */
    static const char *const left_out[] = {
        "connection",   "keep-alive", "proxy-connection",  "proxy-authorization", "te",
        "trailer",      "upgrade",    "x-callback-url",    "x-delay-seconds",     "x-call-id",
        "x-start-time", "x-retry",    "transfer-encoding", "x-retry-max",         "content-length"
    };

    for (size_t i = 0; i < COUNT_OF(left_out); i++)
        if (str_is(name, left_out[i]))
            return false;
    return true;
}

static struct str
joined(struct arena *arena, struct str a, struct str b)
{
    char *text = arena_alloc(arena, a.len + b.len);

    memcpy(text, a.p, a.len);
    memcpy(text + a.len, b.p, b.len);
    return (struct str){ text, a.len + b.len };
}

/* The path is that of the sync address: what an attempt finds there decides about its event. */
static void
keep_request(struct taking *taking, struct http_request *request)
{
    static const struct str by_name = { "/async-function/", 16 };
    struct queue_message *kept = &taking->accept.request;
    const struct endpoint *endpoint = taking->call->endpoint;
    struct str path = taking->call->path;

    kept->body = (struct str){ request->body.p ? request->body.p : "", request->body.len };
    if (endpoint->kind == EVENT_RAW) {
        kept->heads = queue_raw_heads;
        return;
    }
    if (!endpoint->function->service && !strchr(endpoint->path, '{')) {
        path = joined(&taking->arena, STR("/fn"), str_of(endpoint->path));
    } else if (str_starts(path, by_name)) {
        path = joined(&taking->arena, STR("/function/"), (struct str){ path.p + by_name.len, path.len - by_name.len });
    }
    kept->header_count = function_request_keep(&taking->heads, request, path, &taking->call->event, is_kept);
    kept->heads = buf_view(&taking->heads);
}

/* Of a seat, so that calls of one turn of the loop go to the disk together. */
void
async_flush(struct http_turn *turn)
{
    queue_flush(&container_of(turn, struct seat, flush)->accepted);
}

/* ---- what is asked for */

static int64_t
wall_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static char *
copied(struct taking *taking, struct str text)
{
    return text.p ? arena_strndup(&taking->arena, text.p, text.len) : NULL;
}

/* Header lines by which those who watch find what belongs together; NULL: none. */
static const char *
trace_of(struct taking *taking, const struct http_request *request)
{
    static const char *const names[] = { "traceparent", "tracestate", "x-amzn-trace-id" };
    struct buf lines;
    const char *text;

    buf_init(&lines, MAX_TRACE);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str value = http_header(request, names[i]);

        if (value.len)
            buf_printf(&lines, "%s%s: %.*s", lines.len ? "\n" : "", names[i], STR_ARG(value));
    }
    text = lines.len && !lines.over ? arena_strdup(&taking->arena, buf_text(&lines)) : NULL;
    buf_fini(&lines);
    return text;
}

static void
fill(struct taking *taking, const struct http_request *request, struct wish *wish)
{
    struct queue_accept *accept = &taking->accept;
    struct arena *arena = &taking->arena;

    accept->depth = wish->depth;
    if (accept->depth && !wish->key.p) { /* the id is that of the call that ended: of two deliveries one counts */
        wish->key = wish->id;
        wish->id.len = 0;
    }
    accept->id = wish->id.len ? copied(taking, wish->id) : arena_strdup(arena, uuid_format(uuid_v7()).s);
    accept->fn = arena_strdup(arena, taking->call->endpoint->function->name);
    accept->queue = arena_strdup(arena, wish->settings->queue);
    accept->stage = wish->settings->stage ? arena_strdup(arena, wish->settings->stage) : NULL;
    if (wish->key.len)
        accept->dedup = arena_printf(arena, "key %.*s", STR_ARG(wish->key));
    else if (wish->id.len)
        accept->dedup = arena_printf(arena, "id %.*s", STR_ARG(wish->id));
    accept->ordering = copied(taking, wish->ordering);
    accept->principal = principal_of_call(arena, taking->call);
    accept->trace = trace_of(taking, request);
    accept->callback_url = copied(taking, wish->callback_url);
    accept->created_ns = wall_ns();
    accept->due = accept->created_ns / 1000000 + wish->delay_ms;
    accept->reply_to = http_thread_inbox(http_request_thread(request));
    accept->done = on_stored;
}

static void
take(struct function_call *call, struct http_request *request, struct wish *wish)
{
    struct taking *taking = mem_alloc(sizeof *taking);
    struct queue_accept *accept = &taking->accept;
    struct seat *seat = seat_here();

    taking->call = call;
    arena_init(&taking->arena, 0);
    buf_init(&taking->heads, MAX_HEADS);
    fill(taking, request, wish);
    keep_request(taking, request);
    if (taking->heads.over) {
        function_refuse_text(call, 431, NULL, STR("{\"message\":\"Request Header Fields Too Large\"}"));
        taking_free(taking);
        return;
    }
    if (accept->dedup) { /* it may be stored a second time, when the request has gone */
        size_t len = accept->request.body.len;

        accept->request.body = (struct str){ arena_strndup(&taking->arena, accept->request.body.p, len), len };
    }
    if (queue_accept(&seat->accepted, accept)) {
        http_turn_add(seat->thread, &seat->flush);
        return;
    }
    respond_refused(taking, 429, "{\"message\":\"Too Many Requests\"}");
    taking_free(taking);
}

void
async_take(struct function_call *call)
{
    struct http_request *request = http_call_request(call->http);
    struct wish wish;

    if (!request) { /* gone, or told that it took too long */
        http_call_drop(call->http);
        function_call_free(call);
        return;
    }
    if (wish_read(&wish, call, request))
        take(call, request, &wish);
    wish_fini(&wish);
}
