/* SPDX-License-Identifier: MIT */
/*
 * The way of an API call from request to answer (api.h). Who is asking is identify.c; the calls are one file per
 * resource.
 */
#include "api/api.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/control.h"
#include "loop/worker.h"

enum { DEADLINE_MS = 30 * 1000, MAX_ARENA = 64 << 20, MAX_ANSWER = 64 << 20 };
/* Bodies wait in a queue with thousands of places; a stranger's must not fill the memory. */
enum { MAX_BODY = 1 << 20, MAX_STRANGERS_BODY = 16 << 10, MAX_REFUSAL = 4096 };
/* Artefacts come in large pieces, and whether they are signed is known only later: all together at most that many. */
enum { MAX_PIECE = 8 << 20, MAX_PIECES = 64 << 20, DEPLOY_DEADLINE_MS = 120 * 1000 };

static atomic_size_t piece_bytes;

struct api_spec api_spec;

static void
call_free(struct api_call *call)
{
    if (call->row->access == API_SIGNED)
        atomic_fetch_sub(&piece_bytes, call->body.len);
    buf_fini(&call->out);
    arena_fini(&call->arena);
    free(call);
}

static void
respond(struct api_call *call)
{
    struct http_field fields[3];
    size_t count = 0;

    fields[count++] = (struct http_field){ STR("cache-control"), STR("no-store") };
    if (call->set_cookie)
        fields[count++] = (struct http_field){ STR("set-cookie"), str_of(call->set_cookie) };
    if (call->retry_after)
        fields[count++] = (struct http_field){ STR("retry-after"), str_of(call->retry_after) };
    http_call_respond(call->http, &(struct http_response){ .status = call->status ? call->status : 200,
                                                           .content_type = STR("application/json"),
                                                           .body = buf_view(&call->out),
                                                           .fields = fields,
                                                           .field_count = count,
                                                           .is_own = true });
}

/* SDKs look at the body only, never at the status (host-protocol.md 6). */
static void
refuse_sdk(struct api_call *call, unsigned status, const char *message)
{
    struct json_out json;
    struct buf text;

    buf_init(&text, MAX_REFUSAL);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "type", "error");
    json_pair_text(&json, "message", message);
    json_object_end(&json);
    http_call_respond(call->http, &(struct http_response){ .status = status,
                                                           .content_type = STR("application/json"),
                                                           .body = buf_view(&text),
                                                           .is_own = true });
    buf_fini(&text);
}

static void
refuse_person(struct api_call *call, unsigned status, const char *detail)
{
    char text[1024];
    size_t len = http_problem_text(text, sizeof text, status, detail);
    struct http_field field = { STR("retry-after"), str_of(call->retry_after) };

    http_call_respond(call->http, &(struct http_response){ .status = status,
                                                           .content_type = STR("application/problem+json"),
                                                           .body = { text, len },
                                                           .fields = &field,
                                                           .field_count = call->retry_after ? 1 : 0,
                                                           .is_own = true });
}

/* The end of a call that was not answered as asked. */
static void
refuse(struct api_call *call, unsigned status, const char *why)
{
    (call->row->access == API_BY_KEY ? refuse_sdk : refuse_person)(call, status, why);
    call_free(call);
}

static void run_step(struct message *message);

static void
post_step(struct api_call *call)
{
    if (call->place == API_CONTROL)
        control_post(&call->message, run_step);
    else if (!(call->place == API_SERIAL ? worker_post_serial : worker_post)(&call->message, run_step))
        refuse(call, 503, "The server is busy. Try again in a moment.");
}

static void
run_step(struct message *message)
{
    struct api_call *call = container_of(message, struct api_call, message);
    api_step *step = call->next;
    struct err err = { "" };

    call->next = NULL;
    if (!step(call, &err)) {
        refuse(call, call->status ? call->status : 400, err.text);
    } else if (call->is_waiting) {
        return;
    } else if (call->next) {
        post_step(call);
    } else if (call->out.over) {
        log_error("api", "the answer to %s is larger than %d bytes", call->row->path, MAX_ANSWER);
        refuse(call, 500, "The answer is too large.");
    } else {
        respond(call);
        call_free(call);
    }
}

bool
api_wait(struct api_call *call)
{
    call->is_waiting = true;
    return true;
}

void
api_resume(struct api_call *call, enum api_place place, api_step *next)
{
    call->is_waiting = false;
    api_go_on(call, place, next);
    post_step(call);
}

static bool
is_for_people(const struct api_row *row)
{
    return row->access == API_SIGNED_IN || row->access == API_SIGNED_IN_LONG || row->access == API_SIGNED_OR_IN;
}

/* Who is asking? *status 0: somebody who may. */
static const char *
identify(struct api_call *call, unsigned *status)
{
    struct str text = key_from_authorization(call->authorization);
    struct err err = { "" };

    if (call->row->access == API_SIGNED)
        return api_check_signature(call, status);
    *status = 401;
    if (call->row->access == API_KEY_OR_IN && !api_identify_caller(call))
        return "Sign in, or show an API key: Authorization: Bearer KEY.";
    if (is_for_people(call->row) &&
        !api_identify(&call->arena,
                      &(struct api_origin){ call->cookies, call->address, call->is_local, call->is_https }, &call->who))
        return call->signature.p ? api_check_signature(call, status) : "Sign in first.";
    if (call->row->access == API_BY_KEY) {
        if (!text.len)
            return "An API key is needed: Authorization: Bearer KEY.";
        *status = 403;
        if (!key_identify(api_spec.store, &call->arena, text, clock_wall_ms(), &call->key, &err))
            return "The API key could not be checked.";
        if (!call->key)
            return "This API key is not valid. It may have been revoked.";
        call->who = api_principal_of_key(call->key);
    }
    *status = 0;
    return NULL;
}

static void
run_on_worker(struct message *message)
{
    struct api_call *call = container_of(message, struct api_call, message);
    unsigned status;
    const char *why = identify(call, &status);

    if (status)
        refuse(call, status, why);
    else if (call->place == API_CONTROL)
        post_step(call);
    else
        run_step(message);
}

static const char *
copied(struct api_call *call, struct str text)
{
    return text.p ? arena_strndup(&call->arena, text.p, text.len) : NULL;
}

static void
copy_signed(struct api_call *call, struct http_request *request)
{
    struct str signature = http_header(request, "x-interlude-signature"), at = http_header(request, "x-interlude-time");
    struct str server = http_header(request, "x-interlude-server");
    struct str path = request->raw_path, query = request->query;
    const char *target = arena_printf(&call->arena, "%.*s%s%.*s", STR_ARG(path), query.p ? "?" : "", STR_ARG(query));

    call->method = copied(call, request->method_name);
    call->target = str_of(target);
    call->signature = (struct str){ copied(call, signature), signature.len };
    call->signed_at = (struct str){ copied(call, at), at.len };
    call->signed_for = (struct str){ copied(call, server), server.len };
}

static struct api_call *
call_new(struct http_request *request, const struct api_row *row)
{
    struct api_call *call = mem_alloc(sizeof *call);
    struct str cookies = http_header(request, "cookie"), authorization = http_header(request, "authorization");
    struct str function_key = http_header(request, "x-api-key");
    size_t path_len = strlen(row->path);

    call->row = row;
    call->next = row->run;
    call->place = row->place;
    arena_init(&call->arena, MAX_ARENA);
    buf_init(&call->out, MAX_ANSWER);
    json_out_init(&call->json, &call->out);
    call->query = (struct str){ copied(call, request->query), request->query.len };
    call->body = (struct str){ copied(call, request->body), request->body.len };
    call->rest = copied(call, (struct str){ request->path.p + path_len, request->path.len - path_len });
    call->cookies = (struct str){ copied(call, cookies), cookies.len };
    call->authorization = (struct str){ copied(call, authorization), authorization.len };
    call->function_key = (struct str){ copied(call, function_key), function_key.len };
    call->origin = copied(call, http_header(request, "origin"));
    call->user_agent = copied(call, http_header(request, "user-agent"));
    if (row->access == API_SIGNED || row->access == API_SIGNED_OR_IN)
        copy_signed(call, request);
    if (row->access == API_SIGNED)
        atomic_fetch_add(&piece_bytes, call->body.len);
    call->address = arena_strdup(&call->arena, http_request_peer(request)->address);
    call->is_local = api_is_local(request);
    call->is_https = api_is_https(request);
    return call;
}

static size_t
max_body(const struct api_row *row)
{
    if (row->access == API_SIGNED)
        return MAX_PIECE;
    return row->access == API_PUBLIC ? MAX_STRANGERS_BODY : MAX_BODY;
}

static int64_t
deadline_ms(const struct api_row *row)
{
    return row->access == API_SIGNED || row->access == API_SIGNED_IN_LONG ? DEPLOY_DEADLINE_MS : DEADLINE_MS;
}

/* Several methods of one path are several rows, one behind the other; this is the first of them. */
void
api_take(struct http_request *request, const struct api_row *row)
{
    bool is_safe = (request->method & (HTTP_GET | HTTP_HEAD)) != 0;
    struct api_call *call;

    while (!(row->method & request->method) && !(row->method == HTTP_GET && request->method == HTTP_HEAD))
        row++; /* the route table let only methods of these rows through */
    if (!is_safe && row->access != API_BY_KEY && row->access != API_SIGNED && !api_origin_is_ours(request)) {
        http_problem(request, 403, "This request comes from another site.");
        return;
    }
    if (request->body.len > max_body(row)) {
        http_problem(request, 413, "The body is too large for this call.");
        return;
    }
    if (row->access == API_SIGNED && atomic_load(&piece_bytes) + request->body.len > MAX_PIECES) {
        http_problem(request, 503, "Too many artefacts arrive at once. Try again in a moment.");
        return;
    }
    call = call_new(request, row);
    call->http = http_hold(request, deadline_ms(row), NULL, NULL);
    if (!api_query_is_text(call))
        refuse(call, 400, "The query is not percent-encoded UTF-8.");
    else if (!(row->place == API_SERIAL ? worker_post_serial : worker_post)(&call->message, run_on_worker))
        refuse(call, 503, "The server is busy. Try again in a moment.");
}

static void
on_request(struct http_request *request, void *arg)
{
    api_take(request, arg);
}

static void
add_rows(struct http_server *server, const struct api_row *rows)
{
    while (rows->path) {
        const struct api_row *first = rows;
        unsigned methods = 0;

        for (; rows->path && strcmp(rows->path, first->path) == 0; rows++)
            methods |= rows->method;
        http_server_route(server, &(struct http_route){ .path = first->path,
                                                        .methods = methods,
                                                        .handler = on_request,
                                                        .arg = (void *)(uintptr_t)first });
    }
}

void
api_init(struct http_server *server, const struct api_spec *spec)
{
    api_spec = *spec;
    add_rows(server, api_session_rows);
    add_rows(server, api_route_rows);
    add_rows(server, api_transaction_rows);
    add_rows(server, api_key_rows);
    add_rows(server, api_function_key_rows);
    add_rows(server, api_queue_rows);
    add_rows(server, api_notification_rows);
    add_rows(server, api_enqueue_rows);
    add_rows(server, api_sdk_rows);
    add_rows(server, api_call_rows);
    add_rows(server, api_function_rows);
    add_rows(server, api_journal_rows);
    add_rows(server, api_identity_rows);
    add_rows(server, api_upload_rows);
    add_rows(server, api_deployment_rows);
    add_rows(server, api_deployments_rows);
}
