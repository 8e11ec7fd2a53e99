/* SPDX-License-Identifier: MIT */
/*
 * Durable calls on the http threads: taking them in (functions.md 3.2), and running one attempt as an ordinary call.
 * Keeping them and deciding when they run is core/queue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "function/call.h"
#include "function/internal.h"
#include "function/request.h"
#include "loop/control.h"
#include "queue/dispatch.h"
#include "queue/target.h"

enum { MAX_DEPTH = 16, MAX_ID = 128, MAX_DELAY_SECONDS = 604800, MAX_HEADS = 48 << 10 };

static _Atomic size_t next_seat;

/* Ends the call. */
static void
refuse(struct function_call *call, unsigned status, const char *body, const char *name, const char *value)
{
    struct http_field fields[] = { { STR("x-amzn-requestid"), str_of(call->id) },
                                   { STR("x-call-id"), str_of(call->id) },
                                   { str_of(name), str_of(value) } };

    stats_refused(call->endpoint->function->stats, status);
    function_call_respond(call, &(struct http_response){ .status = status,
                                                         .content_type = STR("application/json"),
                                                         .body = str_of(body),
                                                         .fields = fields,
                                                         .field_count = name ? 3 : 2 });
    function_call_free(call);
}

/* ---- a call on its way into the store */

struct taking {
    struct message message;
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

static void
tell_queue(struct message *message)
{
    struct taking *taking = container_of(message, struct taking, message);

    queue_accepted(taking->accept.fn, taking->accept.due);
    taking_free(taking);
}

static void
respond_accepted(struct taking *taking, const char *id, int64_t created_ns, bool is_duplicate)
{
    char start[24], location[MAX_ID + 16];
    struct http_field fields[] = {
        { STR("x-call-id"), str_of(id) }, { STR("x-request-id"), str_of(id) }, { STR("x-start-time"), STR("") },
        { STR("location"), STR("") },     { STR("x-duplicate"), STR("true") },
    };

    snprintf(start, sizeof start, "%lld", (long long)created_ns);
    snprintf(location, sizeof location, "/async/calls/%s", id);
    fields[2].value = str_of(start);
    fields[3].value = str_of(location);
    function_call_respond(
        taking->call, &(struct http_response){
                          .status = 202, .fields = fields, .field_count = COUNT_OF(fields) - (is_duplicate ? 0 : 1) });
    function_call_free(taking->call);
}

static void
respond_refused(struct taking *taking, unsigned status, const char *body)
{
    struct http_field fields[] = {
        { STR("retry-after"), STR("1") },
        { STR("x-call-id"), str_of(taking->accept.id) },
        { STR("x-request-id"), str_of(taking->accept.id) },
    };

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
        control_post(&taking->message, tell_queue);
        return;
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

static void
put_text(struct buf *buf, struct str text)
{
    buf_put(buf, text.p, text.len);
    buf_char(buf, '\0');
}

/* The path is that of the sync address: what an attempt finds there decides about its event. */
static void
keep_request(struct taking *taking, struct http_request *request)
{
    static const struct str by_name = { "/async-function/", 16 };
    struct queue_message *kept = &taking->accept.request;
    const struct endpoint *endpoint = taking->call->endpoint;
    struct str path = taking->call->path;

    if (!endpoint->function->service && !strchr(endpoint->path, '{')) {
        path.p = arena_printf(&taking->arena, "/fn%s", endpoint->path);
        path.len = strlen(path.p);
    } else if (str_starts(path, by_name)) {
        path.p = arena_printf(&taking->arena, "/function/%.*s", (int)(path.len - by_name.len), path.p + by_name.len);
        path.len = strlen(path.p);
    }
    kept->header_count = function_request_keep(&taking->heads, request, path, &taking->call->event, is_kept);
    kept->heads = buf_view(&taking->heads);
    kept->body = (struct str){ request->body.p ? request->body.p : "", request->body.len };
}

/* ---- checks, in the order of functions.md 3.2 */

static bool
is_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.p[i];

        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '_' || c == ':' ||
              c == '-'))
            return false;
    }
    return id.len > 0 && id.len <= MAX_ID;
}

static bool
check_method(struct function_call *call, const struct http_request *request)
{
    static const unsigned all = HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE;
    unsigned methods = call->endpoint->methods ? call->endpoint->methods & all : all;
    char allow[ENDPOINT_ALLOW_MAX];

    if (request->method & methods)
        return true;
    refuse(call, 405, "{\"message\":\"Method Not Allowed\"}", "allow",
           endpoint_allow(request->method & all ? methods : all, allow));
    return false;
}

/* The caller's id, or an empty one. */
static bool
check_id(struct function_call *call, struct http_request *request, struct str *id)
{
    struct str key = http_header(request, "idempotency-key");

    *id = http_header(request, "x-call-id");
    if (!id->p)
        *id = http_header(request, "x-request-id");
    if ((id->p && !is_id(*id)) || (key.p && !is_id(key))) {
        refuse(call, 400,
               "{\"message\":\"X-Call-Id, X-Request-Id and Idempotency-Key take 1 to 128 of A-Z a-z 0-9 . _ : -\"}",
               NULL, NULL);
        return false;
    }
    return true;
}

static bool
check_delay(struct function_call *call, struct http_request *request, int64_t *delay_ms)
{
    struct str text = http_header(request, "x-delay-seconds");

    *delay_ms = 0;
    for (size_t i = 0; i < text.len; i++) {
        *delay_ms = *delay_ms * 10 + (text.p[i] - '0');
        if (text.p[i] < '0' || text.p[i] > '9' || *delay_ms > MAX_DELAY_SECONDS) {
            refuse(call, 400, "{\"message\":\"X-Delay-Seconds takes 0 to 604800\"}", NULL, NULL);
            return false;
        }
    }
    *delay_ms *= 1000;
    return true;
}

/* How many callbacks led to this call. A number that is none comes from somebody who counts in another way. */
static uint32_t
depth_of(const struct http_request *request)
{
    struct str text = http_header(request, "x-call-depth");
    uint32_t depth = 0;

    for (size_t i = 0; i < text.len && depth <= MAX_DEPTH; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return 0;
        depth = depth * 10 + (uint32_t)(text.p[i] - '0');
    }
    return depth;
}

static bool
check_callback(struct function_call *call, struct http_request *request)
{
    struct str url = http_header(request, "x-callback-url");
    enum target_verdict verdict = url.p ? target_check(url) : TARGET_ALLOWED;

    if (verdict == TARGET_INVALID)
        refuse(call, 400, "{\"message\":\"X-Callback-Url is not an http or https address\"}", NULL, NULL);
    else if (verdict == TARGET_FORBIDDEN)
        refuse(call, 403, "{\"message\":\"X-Callback-Url is not allowed\"}", NULL, NULL);
    else if (depth_of(request) > MAX_DEPTH)
        refuse(call, 403, "{\"message\":\"Too many callbacks led to this call\"}", NULL, NULL);
    else
        return true;
    return false;
}

static bool
check_size(struct function_call *call, struct http_request *request)
{
    char body[80];

    if ((int64_t)request->body.len <= queue_settings.max_body_bytes)
        return true;
    snprintf(body, sizeof body, "{\"message\":\"Request Too Long\",\"limit\":%lld}",
             (long long)queue_settings.max_body_bytes);
    refuse(call, 413, body, NULL, NULL);
    return false;
}

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

static void
take(struct function_call *call, struct http_request *request, struct str id, int64_t delay_ms)
{
    struct taking *taking = mem_alloc(sizeof *taking);
    struct queue_accept *accept = &taking->accept;
    struct str key = http_header(request, "idempotency-key");

    taking->call = call;
    arena_init(&taking->arena, 0);
    buf_init(&taking->heads, MAX_HEADS);
    accept->depth = depth_of(request);
    if (accept->depth && !key.p) { /* the id is that of the call that ended: of two deliveries one counts */
        key = id;
        id.len = 0;
    }
    accept->id = id.len ? copied(taking, id) : arena_strdup(&taking->arena, uuid_format(uuid_v7()).s);
    accept->fn = arena_strdup(&taking->arena, call->endpoint->function->name);
    if (key.len)
        accept->dedup = arena_printf(&taking->arena, "key %.*s", STR_ARG(key));
    else if (id.len)
        accept->dedup = arena_printf(&taking->arena, "id %.*s", STR_ARG(id));
    accept->callback_url = copied(taking, http_header(request, "x-callback-url"));
    accept->created_ns = wall_ns();
    accept->due = accept->created_ns / 1000000 + delay_ms;
    accept->reply_to = http_thread_inbox(http_request_thread(request));
    accept->done = on_stored;
    keep_request(taking, request);
    if (taking->heads.over) {
        refuse(call, 431, "{\"message\":\"Request Header Fields Too Large\"}", NULL, NULL);
        taking_free(taking);
        return;
    }
    if (accept->dedup) { /* it may be stored a second time, when the request has gone */
        size_t len = accept->request.body.len;

        accept->request.body = (struct str){ arena_strndup(&taking->arena, accept->request.body.p, len), len };
    }
    if (!queue_accept(accept)) {
        respond_refused(taking, 429, "{\"message\":\"Too Many Requests\"}");
        taking_free(taking);
    }
}

void
async_take(struct function_call *call)
{
    struct http_request *request = http_call_request(call->http);
    struct str id;
    int64_t delay_ms;

    if (!request) { /* gone, or told that it took too long */
        http_call_drop(call->http);
        function_call_free(call);
    } else if (check_method(call, request) && check_id(call, request, &id) && check_delay(call, request, &delay_ms) &&
               check_callback(call, request) && check_size(call, request))
        take(call, request, id, delay_ms);
}

/* ---- one attempt: its http thread */

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
    for (size_t i = 0; i < response->field_count; i++) {
        put_text(&heads, response->fields[i].name);
        put_text(&heads, response->fields[i].value);
    }
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
    enum { GONE_WAIT_MS = 1000 };
    struct queue_job *job = container_of(message, struct queue_job, message);
    struct seat *seat = seat_here();
    struct endpoint_match found;
    const struct endpoint *endpoint = endpoint_of(seat->table, job, &found);
    struct function_call *call;
    bool is_trial;
    int64_t wait_ms = GONE_WAIT_MS;

    if (endpoint)
        wait_ms = function_breaker_wait(&endpoint->function->target->states[endpoint->function->slot], &is_trial);
    if (wait_ms > 0) {
        not_begun(job, wait_ms);
        return;
    }
    found.is_async = false;
    call = function_call_new(endpoint, endpoint->kind == EVENT_RAW ? NULL : &found);
    call->job = job;
    call->is_trial = is_trial;
    snprintf(call->id, sizeof call->id, "%.39s", job->id);
    list_add_tail(&seat->jobs, &call->in_jobs);
    function_call_begin(call);
}

struct expiry {
    struct message message;
    int64_t seq;
    uint32_t attempt;
    const char *why;
};

static void
expire_here(struct message *message)
{
    struct expiry *expiry = container_of(message, struct expiry, message);

    LIST_EACH(&seat_here()->jobs, node)
    {
        struct function_call *call = LIST_ENTRY(node, struct function_call, in_jobs);

        if (call->job->seq != expiry->seq || call->job->attempt != expiry->attempt)
            continue;
        call->job->status = 504;
        finish(call, QUEUE_TIMED_OUT, expiry->why);
        function_call_expired(call, expiry->why);
        break;
    }
    free(expiry);
}

/* ---- what the queue asks: control thread */

static void
run(struct queue_job *job)
{
    size_t seat = atomic_fetch_add(&next_seat, 1) % function_seat_count;

    http_thread_post(function_seats[seat].thread, &job->message, begin);
}

static void
expire(const struct queue_job *job, const char *why)
{
    for (size_t i = 0; i < function_seat_count; i++) {
        struct expiry *expiry = mem_alloc(sizeof *expiry);

        expiry->seq = job->seq;
        expiry->attempt = job->attempt;
        expiry->why = why;
        http_thread_post(function_seats[i].thread, &expiry->message, expire_here);
    }
}

const struct queue_runner function_runner = {
    .room = function_room,
    .timeout_ms = function_timeout_ms,
    .run = run,
    .expire = expire,
};
