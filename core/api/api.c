/* SPDX-License-Identifier: MIT */
/*
 * The way of an API call from request to answer (api.h). Who is asking is identify.c; the calls are one file per
 * resource.
 */
#include "api/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "loop/control.h"
#include "loop/worker.h"

enum { DEADLINE_MS = 30 * 1000, MAX_ARENA = 64 << 20, MAX_ANSWER = 64 << 20 };
/* Bodies wait in a queue with thousands of places; a stranger's must not fill the memory. */
enum { MAX_BODY = 1 << 20, MAX_STRANGERS_BODY = 16 << 10 };

struct api_spec api_spec;

static void
call_free(struct api_call *call)
{
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

static void
run_row(struct api_call *call)
{
    struct err err = { "" };

    if (!call->row->run(call, &err)) {
        char text[1024];
        unsigned status = call->status ? call->status : 400;
        size_t len = http_problem_text(text, sizeof text, status, err.text);
        struct http_field field = { STR("retry-after"), str_of(call->retry_after) };

        http_call_respond(call->http, &(struct http_response){ .status = status,
                                                               .content_type = STR("application/problem+json"),
                                                               .body = { text, len },
                                                               .fields = &field,
                                                               .field_count = call->retry_after ? 1 : 0,
                                                               .is_own = true });
    } else if (call->out.over) {
        log_error("api", "the answer to %s is larger than %d bytes", call->row->path, MAX_ANSWER);
        http_call_problem(call->http, 500, "The answer is too large.");
    } else {
        respond(call);
    }
    call_free(call);
}

static void
run_on_control(struct message *message)
{
    run_row(container_of(message, struct api_call, message));
}

static void
run_on_worker(struct message *message)
{
    struct api_call *call = container_of(message, struct api_call, message);

    if (call->row->access == API_SIGNED_IN &&
        !api_identify(&call->arena,
                      &(struct api_origin){ call->cookies, call->address, call->is_local, call->is_https },
                      &call->who)) {
        http_call_problem(call->http, 401, "Sign in first.");
        call_free(call);
    } else if (call->row->place == API_CONTROL) {
        control_post(&call->message, run_on_control);
    } else {
        run_row(call);
    }
}

static const char *
copied(struct api_call *call, struct str text)
{
    return text.p ? arena_strndup(&call->arena, text.p, text.len) : NULL;
}

static struct api_call *
call_new(struct http_request *request, const struct api_row *row)
{
    struct api_call *call = mem_alloc(sizeof *call);
    struct str cookies = http_header(request, "cookie");
    size_t path_len = strlen(row->path);

    call->row = row;
    arena_init(&call->arena, MAX_ARENA);
    buf_init(&call->out, MAX_ANSWER);
    json_out_init(&call->json, &call->out);
    call->query = (struct str){ copied(call, request->query), request->query.len };
    call->body = (struct str){ copied(call, request->body), request->body.len };
    call->rest = copied(call, (struct str){ request->path.p + path_len, request->path.len - path_len });
    call->cookies = (struct str){ copied(call, cookies), cookies.len };
    call->user_agent = copied(call, http_header(request, "user-agent"));
    call->address = arena_strdup(&call->arena, http_request_peer(request)->address);
    call->is_local = api_is_local(request);
    call->is_https = api_is_https(request);
    return call;
}

/* Several methods of one path are several rows, one behind the other; `arg` is the first of them. */
static void
on_request(struct http_request *request, void *arg)
{
    const struct api_row *row = arg;
    bool is_safe = (request->method & (HTTP_GET | HTTP_HEAD)) != 0;
    struct api_call *call;

    while (!(row->method & request->method) && !(row->method == HTTP_GET && request->method == HTTP_HEAD))
        row++; /* the route table let only methods of these rows through */
    if (!is_safe && !api_origin_is_ours(request)) {
        http_problem(request, 403, "This request comes from another site.");
        return;
    }
    if (request->body.len > (size_t)(row->access == API_PUBLIC ? MAX_STRANGERS_BODY : MAX_BODY)) {
        http_problem(request, 413, "The body is too large for this call.");
        return;
    }
    call = call_new(request, row);
    call->http = http_hold(request, DEADLINE_MS, NULL, NULL);
    if (!(row->place == API_SERIAL ? worker_post_serial : worker_post)(&call->message, run_on_worker)) {
        http_call_problem(call->http, 503, "The server is busy. Try again in a moment.");
        call_free(call);
    }
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
}

/* ---- for handlers */

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded, in place. */
static void
decode(char *text)
{
    char *out = text;

    for (; *text; text++) {
        if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
            *out++ = (char)(hex(text[1]) << 4 | hex(text[2]));
            text += 2;
        } else {
            *out++ = *text == '+' ? ' ' : *text;
        }
    }
    *out = '\0';
}

const char *
api_query(struct api_call *call, const char *name)
{
    size_t name_len = strlen(name);
    const char *at = call->query.p, *end = at + call->query.len;

    while (at && at < end) {
        const char *amp = memchr(at, '&', (size_t)(end - at));
        size_t len = (size_t)((amp ? amp : end) - at);

        if (len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0) {
            char *value = arena_strndup(&call->arena, at + name_len + 1, len - name_len - 1);

            decode(value);
            return str_is_utf8(str_of(value)) ? value : NULL;
        }
        at = amp ? amp + 1 : end;
    }
    return NULL;
}

bool
api_body(struct api_call *call, struct json *root, struct err *err)
{
    if (!json_parse(&call->arena, call->body, root, err))
        return err_prefix(err, "The body must be JSON");
    return json_type(*root) == JSON_OBJECT || err_set(err, "The body must be a JSON object.");
}

bool
api_refuse(struct api_call *call, unsigned status, struct err *err, const char *fmt, ...)
{
    va_list args;

    call->status = status;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return false;
}

bool
api_own_org(struct api_call *call, const char *slug, struct err *err)
{
    return (slug && strcmp(slug, call->who.organization) == 0) ||
           api_refuse(call, 404, err, "There is no such organization.");
}
