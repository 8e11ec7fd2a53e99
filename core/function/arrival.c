/* SPDX-License-Identifier: MIT */
/*
 * From a request to a call: which function an address means, and who is told that it means none. Also what is answered
 * without any call: unknown addresses, wrong methods, preflights, what the http layer refuses. Http threads.
 */
#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "function/admit.h"
#include "function/answer.h"
#include "function/call.h"
#include "function/cors.h"
#include "function/internal.h"
#include "function/invoke.h"

enum { ASYNC_LIMIT_MS = 30 * 1000 /* until it is kept */ };

static void (*cancel_call)(struct http_request *request);

static void
begin(const struct endpoint_match *found, struct http_request *request)
{
    const struct endpoint *endpoint = found->endpoint;
    struct function_call *call = function_call_new(seat_here()->table, endpoint, found);

    if (request->method == HTTP_HEAD && endpoint->methods && !(endpoint->methods & HTTP_HEAD))
        request->method_name = STR("GET"); /* which the function declares; http leaves the body out */
    memcpy(call->id, uuid_format(uuid_v4()).s, sizeof(struct uuid_text));
    call->came_us = endpoint->access.log ? clock_mono_us() : 0;
    function_call_hold(call, request, found->is_async ? ASYNC_LIMIT_MS : endpoint->limit_ms);
    if (!endpoint->is_gated || admit(call) == ADMIT_YES)
        function_call_admitted(call);
}

/* ---- requests without a call */

/* What other origins are told of an answer that no endpoint gives; NULL: nothing. httpApi has one rule for all. */
static const struct service_cors *
cors_of(const struct endpoint_match *found, enum service_endpoint_kind *kind)
{
    const struct endpoint *there = found->endpoint ? found->endpoint : found->other;

    *kind = !there || there->answers_as_v2 ? ENDPOINT_HTTP_API : ENDPOINT_HTTP;
    if (there)
        return there->has_cors_headers ? there->cors : NULL;
    return found->service ? found->service->http_api_cors : NULL;
}

static void
add_cors(struct answer *answer, const struct endpoint_match *found, struct str origin, struct arena *arena)
{
    enum service_endpoint_kind kind;
    const struct service_cors *cors = cors_of(found, &kind);

    if (cors)
        answer->response.field_count =
            cors_answer_fields(arena, cors, kind, origin, answer->fields, answer->response.field_count);
}

/* A browser that asks before its request is told the rule; the request then learns that nothing is here. */
static bool
answer_unknown_preflight(struct http_request *request, const struct endpoint_match *found)
{
    enum service_endpoint_kind kind;
    const struct service_cors *cors = cors_of(found, &kind);

    if (found->other || !cors || !cors_is_preflight(request))
        return false;
    cors_preflight(request, cors, kind);
    return true;
}

/* No such path, or not with this method. */
static void
refuse_unknown(struct http_request *request, const struct endpoint_match *found)
{
    bool is_route = found->other && !found->service;
    bool is_as_aws = found->service && found->service->aws_errors && !(found->other && found->other->answers_as_v2);
    struct refusal_text text = refusal_text(is_route    ? REFUSE_METHOD
                                            : is_as_aws ? REFUSE_NOT_FOUND_AS_AWS
                                                        : REFUSE_NOT_FOUND,
                                            false);
    struct uuid_text id = uuid_format(uuid_v4());
    char allow[ENDPOINT_ALLOW_MAX];
    struct answer answer;
    struct arena arena;

    if (answer_unknown_preflight(request, found))
        return;
    arena_init(&arena, 0);
    answer_init_refusal(&answer, &text, id.s);
    if (is_route)
        answer_add(&answer, STR("allow"), str_of(endpoint_allow(found->match.methods, allow)));
    add_cors(&answer, found, http_header(request, "origin"), &arena);
    http_respond(request, &answer.response);
    arena_fini(&arena);
}

bool
functions_refuse_unknown(struct http_request *request)
{
    struct endpoint_match found;

    endpoint_find(seat_here()->table, request->raw_path, request->method, &found);
    if (!found.service)
        return false;
    refuse_unknown(request, &found);
    return true;
}

bool
functions_refusal(const struct http_refused *refused, struct arena *arena, struct http_response *response)
{
    unsigned status = refused->status;
    struct str target = refused->target;
    const char *mark = target.len ? memchr(target.p, '?', target.len) : NULL;
    struct str path = { target.p, mark ? (size_t)(mark - target.p) : target.len };
    struct refusal_text text = { .status = status };
    struct endpoint_match found;
    struct answer *answer;

    if (!path.len || path.p[0] != '/')
        return false;
    if (invoke_refusal(path, status, arena, response))
        return true;
    endpoint_find(seat_here()->table, path, http_method_of(refused->method), &found);
    if (!found.is_ours)
        return false;
    if (status == 413)
        text = refusal_text(REFUSE_TOO_LARGE, found.endpoint && found.endpoint->answers_as_v2);
    else
        text.body = str_of(arena_printf(arena, "{\"message\":\"%s\"}", http_status_text(status)));
    answer = arena_alloc(arena, sizeof *answer);
    answer_init_refusal(answer, &text, arena_strdup(arena, uuid_format(uuid_v4()).s));
    add_cors(answer, &found, refused->origin, arena);
    *response = answer->response;
    return true;
}

bool
functions_take(struct http_request *request)
{
    static const struct str calls = { "/async-function/", 16 };
    struct endpoint_match found;

    endpoint_find(seat_here()->table, request->raw_path, request->method, &found);
    if (!found.is_ours)
        return false;
    if (found.preflight && (!found.preflight->answers_as_v2 || cors_is_preflight(request)))
        answer_preflight(found.preflight, request);
    else if (found.endpoint)
        begin(&found, request);
    else if (request->method == HTTP_DELETE && str_starts(request->path, calls))
        cancel_call(request);
    else
        refuse_unknown(request, &found);
    return true;
}

static void
on_request(struct http_request *request, void *arg)
{
    (void)arg;
    functions_take(request);
}

void
functions_init(struct http_server *server, const struct functions_spec *spec)
{
    static const char *const places[] = { "/fn/", "/function/", "/async-function/", "/fn-url/" };
    size_t count = http_thread_count(server);

    function_seat_count = count;
    function_seats = mem_alloc(count * sizeof *function_seats);
    for (size_t i = 0; i < count; i++) {
        list_init(&function_seats[i].streams);
        list_init(&function_seats[i].jobs);
        list_init(&function_seats[i].flush.link);
        function_seats[i].flush.run = async_flush;
    }
    functions_control_init(count, spec->scope, spec->is_strict);
    cancel_call = spec->cancel_call;
    for (size_t i = 0; i < COUNT_OF(places); i++)
        http_server_route(server, &(struct http_route){ .path = places[i], .handler = on_request });
}

void
functions_start(struct http_server *server)
{
    for (size_t i = 0; i < http_thread_count(server); i++)
        function_seats[i].thread = http_thread_at(server, i);
}
