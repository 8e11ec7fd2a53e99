/* SPDX-License-Identifier: MIT */
/* Held requests (call.h). The connection has one reference to the handle, the holder the other. */
#include "http/call.h"

#include "base/mem.h"
#include "http/internal.h"
#include "http/ws_internal.h"

struct http_call {
    struct message message; /* the one answer, on its way to the http thread */
    _Atomic unsigned refs;
    struct http_thread *thread;
    struct http_conn *conn; /* http thread only; NULL when the request is over */
    void (*on_expire)(struct http_request *request, void *arg);
    void *arg;
    struct http_response *answer; /* shared memory of h2o's: response and all it points to in one block */
    struct ws *ws;
};

static void
call_put(struct http_call *call)
{
    if (atomic_fetch_sub_explicit(&call->refs, 1, memory_order_acq_rel) == 1)
        free(call);
}

struct http_call *
http_hold(struct http_request *request, int64_t deadline_ms, void (*on_expire)(struct http_request *request, void *arg),
          void *arg)
{
    struct http_call *call = mem_alloc(sizeof *call);
    struct http_conn *conn = request->conn;

    ASSERT(!request->is_answered && !conn->call);
    atomic_init(&call->refs, 2);
    call->thread = conn->thread;
    call->conn = conn;
    call->on_expire = on_expire;
    call->arg = arg;
    conn->call = call;
    request->is_held = true;
    conn_enter(conn, PHASE_HANDLER, deadline_ms);
    return call;
}

void
call_detach(struct http_call *call)
{
    call->conn->call = NULL;
    call->conn = NULL;
    call_put(call);
}

void
call_expire(struct http_call *call)
{
    struct http_request *request = &call->conn->request;
    void (*on_expire)(struct http_request * request, void *arg) = call->on_expire;
    void *arg = call->arg;

    call_detach(call);
    if (on_expire)
        on_expire(request, arg);
    if (!request->is_answered)
        http_problem(request, 504, "The request was not answered in time.");
}

struct http_request *
http_call_request(struct http_call *call)
{
    ASSERT(http_thread_current() == call->thread);
    return call->conn && !call->conn->request.is_answered ? &call->conn->request : NULL;
}

struct http_thread *
http_call_thread(const struct http_call *call)
{
    return call->thread;
}

void
http_call_release(struct http_call *call)
{
    ASSERT(http_call_request(call));
    call_detach(call);
    call_put(call);
}

void
http_call_await(struct http_call *call, int64_t limit_ms)
{
    call->on_expire = NULL;
    if (http_call_request(call))
        conn_enter(call->conn, PHASE_HANDLER, limit_ms);
}

static struct str
copy_str(char **at, struct str s)
{
    struct str copy = { *at, s.len };

    if (s.len)
        memcpy(*at, s.p, s.len);
    *at += s.len;
    return copy;
}

static struct http_response *
copy_response(const struct http_response *response)
{
    size_t fields_size = response->field_count * sizeof *response->fields;
    size_t size = sizeof *response + fields_size + response->content_type.len;
    struct http_response *copy;
    struct http_field *fields;
    char *at;

    size += response->is_static || response->file ? 0 : response->body.len;
    for (size_t i = 0; i < response->field_count; i++)
        size += response->fields[i].name.len + response->fields[i].value.len;
    copy = h2o_mem_alloc_shared(NULL, size, NULL);
    *copy = *response;
    fields = (struct http_field *)(void *)(copy + 1);
    at = (char *)(fields + response->field_count);
    for (size_t i = 0; i < response->field_count; i++) {
        fields[i].name = copy_str(&at, response->fields[i].name);
        fields[i].value = copy_str(&at, response->fields[i].value);
    }
    copy->fields = fields;
    copy->content_type = copy_str(&at, response->content_type);
    if (!response->is_static && !response->file)
        copy->body = copy_str(&at, response->body);
    copy->is_static = true; /* from here on the block keeps it */
    return copy;
}

static void
on_answer(struct message *message)
{
    struct http_call *call = container_of(message, struct http_call, message);
    struct http_request *request = http_call_request(call);

    if (request && call->answer) {
        h2o_mem_link_shared(&request->h2o->pool, call->answer);
        http_respond(request, call->answer);
    } else if (request) {
        http_problem(request, 500, "The request was not answered.");
    } else if (call->answer) {
        http_response_drop(call->answer);
    }
    if (call->answer)
        h2o_mem_release_shared(call->answer);
    call_put(call);
}

static void
post(struct http_call *call, void (*run)(struct message *message))
{
    if (http_thread_current() == call->thread)
        run(&call->message);
    else
        http_thread_post(call->thread, &call->message, run);
}

void
http_call_respond(struct http_call *call, const struct http_response *response)
{
    if (http_thread_current() == call->thread) {
        struct http_request *request = http_call_request(call);

        if (request)
            http_respond(request, response);
        else
            http_response_drop(response);
        call_put(call);
        return;
    }
    call->answer = copy_response(response);
    post(call, on_answer);
}

void
http_call_problem(struct http_call *call, unsigned status, const char *detail)
{
    char text[1024];
    size_t len = http_problem_text(text, sizeof text, status, detail);

    http_call_respond(call, &(struct http_response){ .status = status,
                                                     .content_type = STR("application/problem+json"),
                                                     .body = { text, len },
                                                     .is_own = true });
}

void
http_call_drop(struct http_call *call)
{
    post(call, on_answer);
}

static void
on_accept(struct message *message)
{
    struct http_call *call = container_of(message, struct http_call, message);

    ws_upgrade(call->ws, http_call_request(call));
    call_put(call);
}

struct ws *
http_call_accept(struct http_call *call, const struct ws_handler *handler, void *arg, size_t max_message_bytes)
{
    struct ws *ws = ws_new(call->thread, handler, arg, max_message_bytes);

    call->ws = ws;
    post(call, on_accept);
    return ws;
}
