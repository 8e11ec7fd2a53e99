/* SPDX-License-Identifier: MIT */
/*
 * The event of an authorizer (functions.md 1.12): the caller's request without its body. Events of ordinary calls are
 * made in the runner (runtime/event.c), where most handlers never ask for them.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "function/authorizer.h"
#include "function/parameters.h"
#include "json/write.h"

enum { MAX_EVENT = 512 << 10, MAX_PAIRS = 256 };

struct pairs {
    struct pair {
        struct str name, value;
    } items[MAX_PAIRS];
    size_t count;
    bool are_headers; /* names have any case */
    bool is_over;     /* there were more: nobody may decide by what is left */
};

static void
add(struct pairs *pairs, struct str name, struct str value)
{
    if (pairs->count < MAX_PAIRS)
        pairs->items[pairs->count++] = (struct pair){ name, value };
    else
        pairs->is_over = true;
}

/* v2: names in lower case, without cookies (write_cookies). */
static void
take_headers(const struct authorizer_case *which, bool is_v2, struct pairs *pairs)
{
    pairs->are_headers = true;
    for (size_t i = 0; i < http_header_count(which->request); i++) {
        struct str name, value;

        http_header_at(which->request, i, &name, &value);
        if (is_v2 && str_is(name, "cookie"))
            continue;
        if (!is_v2)
            http_header_sent_at(which->request, i, &name, &value);
        add(pairs, name, value);
    }
}

/* "a=1; b=2": one entry per pair. */
static void
write_cookie_line(struct json_out *out, struct str line)
{
    while (line.len) {
        const char *end = memchr(line.p, ';', line.len);
        size_t len = end ? (size_t)(end - line.p) : line.len;

        if (len)
            json_put_str(out, (struct str){ line.p, len });
        while (len < line.len && (line.p[len] == ';' || line.p[len] == ' '))
            len++;
        line = (struct str){ line.p + len, line.len - len };
    }
}

/* v2: those of all Cookie headers; nothing when there are none. */
static void
write_cookies(const struct authorizer_case *which, struct json_out *out)
{
    struct str name, value;

    if (!http_header(which->request, "cookie").len)
        return;
    json_name(out, "cookies");
    json_array(out);
    for (size_t i = 0; i < http_header_count(which->request); i++) {
        http_header_at(which->request, i, &name, &value);
        if (str_is(name, "cookie"))
            write_cookie_line(out, value);
    }
    json_array_end(out);
}

static void
take_query(const struct authorizer_case *which, struct pairs *pairs)
{
    struct str rest = which->request->query, name, value;

    while (query_next(which->arena, &rest, &name, &value))
        add(pairs, name, value);
}

/* As event.h has them. */
static void
take_params(const struct authorizer_case *which, struct pairs *pairs)
{
    const char *at = which->call->event.params.p;

    for (uint32_t i = 0; i < which->call->event.param_count; i++) {
        struct str name = str_of(at), value = str_of(at + name.len + 1);

        add(pairs, name, value);
        at += name.len + value.len + 2;
    }
}

static bool
has_name(const struct pairs *pairs, size_t i, struct str name)
{
    struct str own = pairs->items[i].name;

    return own.len == name.len && (pairs->are_headers ? strncasecmp(own.p, name.p, name.len) == 0 : str_eq(own, name));
}

/* Is there another one of that name, before or behind? */
static bool
is_elsewhere(const struct pairs *pairs, size_t from, size_t to, struct str name)
{
    for (size_t i = from; i < to; i++)
        if (has_name(pairs, i, name))
            return true;
    return false;
}

/* v1: the last value of each name. */
static void
write_last(struct json_out *out, const char *key, const struct pairs *pairs)
{
    json_name(out, key);
    if (!pairs->count) {
        json_put_null(out);
        return;
    }
    json_object(out);
    for (size_t i = 0; i < pairs->count; i++)
        if (!is_elsewhere(pairs, i + 1, pairs->count, pairs->items[i].name)) {
            json_name_str(out, pairs->items[i].name);
            json_put_str(out, pairs->items[i].value);
        }
    json_object_end(out);
}

/* v1: all values of each name. */
static void
write_all(struct json_out *out, const char *key, const struct pairs *pairs)
{
    json_name(out, key);
    if (!pairs->count) {
        json_put_null(out);
        return;
    }
    json_object(out);
    for (size_t i = 0; i < pairs->count; i++) {
        if (is_elsewhere(pairs, 0, i, pairs->items[i].name))
            continue;
        json_name_str(out, pairs->items[i].name);
        json_array(out);
        for (size_t j = i; j < pairs->count; j++)
            if (has_name(pairs, j, pairs->items[i].name))
                json_put_str(out, pairs->items[j].value);
        json_array_end(out);
    }
    json_object_end(out);
}

/* v2: values of one name joined by commas; nothing when there are none. */
static void
write_joined(struct json_out *out, const char *key, const struct pairs *pairs)
{
    if (!pairs->count)
        return;
    json_name(out, key);
    json_object(out);
    for (size_t i = 0; i < pairs->count; i++) {
        struct buf value;

        if (is_elsewhere(pairs, 0, i, pairs->items[i].name))
            continue;
        buf_init(&value, MAX_EVENT);
        for (size_t j = i; j < pairs->count; j++)
            if (has_name(pairs, j, pairs->items[i].name)) {
                if (j > i)
                    buf_char(&value, ',');
                buf_put(&value, pairs->items[j].value.p, pairs->items[j].value.len);
            }
        json_name_str(out, pairs->items[i].name);
        json_put_str(out, buf_view(&value));
        buf_fini(&value);
    }
    json_object_end(out);
}

static struct str
own_path(const struct authorizer_case *which)
{
    const struct function_call *call = which->call;
    struct str path = { call->path.p + call->event.base_len, call->path.len - call->event.base_len };

    return path.len ? path : STR("/");
}

static void
write_context_v1(const struct authorizer_case *which, struct json_out *out)
{
    const struct service *service = which->service;

    json_name(out, "requestContext");
    json_object(out);
    json_pair_text(out, "accountId", "000000000000");
    json_pair_text(out, "apiId", service->name);
    json_pair_str(out, "domainName", which->request->host);
    json_pair_str(out, "httpMethod", which->request->method_name);
    json_name(out, "identity");
    json_object(out);
    json_pair_text(out, "sourceIp", http_request_peer(which->request)->address);
    json_pair_str(out, "userAgent", http_header(which->request, "user-agent"));
    json_object_end(out);
    json_pair_str(out, "path", own_path(which));
    json_pair_text(out, "protocol", "HTTP/1.1");
    json_pair_text(out, "requestId", which->call->id);
    json_pair_int(out, "requestTimeEpoch", clock_wall_ms());
    json_pair_text(out, "resourcePath", which->call->endpoint->path);
    json_pair_text(out, "stage", which->authorizer->is_http_api ? "$default" : service->stage);
    json_object_end(out);
}

static bool
write_v1(const struct authorizer_case *which, struct json_out *out)
{
    struct pairs *headers = mem_alloc(sizeof *headers), *query = mem_alloc(sizeof *query),
                 *params = mem_alloc(sizeof *params);
    bool is_whole;

    take_headers(which, false, headers);
    take_query(which, query);
    take_params(which, params);
    json_pair_str(out, "methodArn", authorizer_arn(which));
    json_pair_text(out, "resource", which->call->endpoint->path);
    json_pair_str(out, "path", own_path(which));
    json_pair_str(out, "httpMethod", which->request->method_name);
    write_last(out, "headers", headers);
    write_all(out, "multiValueHeaders", headers);
    write_last(out, "queryStringParameters", query);
    write_all(out, "multiValueQueryStringParameters", query);
    write_last(out, "pathParameters", params);
    json_name(out, "stageVariables");
    json_put_null(out);
    write_context_v1(which, out);
    is_whole = !headers->is_over && !query->is_over && !params->is_over;
    free(headers);
    free(query);
    free(params);
    return is_whole;
}

static void
write_context_v2(const struct authorizer_case *which, const char *route_key, struct json_out *out)
{
    json_name(out, "requestContext");
    json_object(out);
    json_pair_text(out, "accountId", "000000000000");
    json_pair_text(out, "apiId", which->service->name);
    json_pair_str(out, "domainName", which->request->host);
    json_name(out, "http");
    json_object(out);
    json_pair_str(out, "method", which->request->method_name);
    json_pair_str(out, "path", own_path(which));
    json_pair_text(out, "protocol", "HTTP/1.1");
    json_pair_text(out, "sourceIp", http_request_peer(which->request)->address);
    json_pair_str(out, "userAgent", http_header(which->request, "user-agent"));
    json_object_end(out);
    json_pair_text(out, "requestId", which->call->id);
    json_pair_text(out, "routeKey", route_key);
    json_pair_text(out, "stage", "$default");
    json_pair_int(out, "timeEpoch", clock_wall_ms());
    json_object_end(out);
}

static bool
write_v2(const struct authorizer_case *which, const struct identity *identity, struct json_out *out)
{
    const struct service_endpoint *declared = which->call->endpoint->declared;
    const char *route_key = declared->route_key ? declared->route_key : "$default";
    struct pairs *pairs = mem_alloc(sizeof *pairs);
    bool is_whole;

    json_pair_str(out, "routeArn", authorizer_arn(which));
    json_name(out, "identitySource");
    json_array(out);
    for (size_t i = 0; i < identity->count; i++)
        json_put_str(out, identity->values[i]);
    json_array_end(out);
    json_pair_text(out, "routeKey", route_key);
    json_pair_str(out, "rawPath", own_path(which));
    json_pair_str(out, "rawQueryString", which->request->query);
    write_cookies(which, out);
    take_headers(which, true, pairs);
    write_joined(out, "headers", pairs);
    pairs->count = 0;
    pairs->are_headers = false;
    take_query(which, pairs);
    write_joined(out, "queryStringParameters", pairs);
    write_context_v2(which, route_key, out);
    pairs->count = 0;
    take_params(which, pairs);
    write_joined(out, "pathParameters", pairs);
    is_whole = !pairs->is_over;
    free(pairs);
    return is_whole;
}

struct str
authorizer_event(const struct authorizer_case *which, const struct identity *identity)
{
    const struct service_authorizer *authorizer = which->authorizer;
    struct json_out out;
    struct buf text;
    struct str event = { NULL, 0 };
    bool is_whole = true;

    buf_init(&text, MAX_EVENT);
    json_out_init(&out, &text);
    json_object(&out);
    if (authorizer->is_http_api)
        json_pair_text(&out, "version", authorizer->is_payload_v1 ? "1.0" : "2.0");
    json_pair_text(&out, "type", authorizer->kind == AUTHORIZER_TOKEN ? "TOKEN" : "REQUEST");
    if (authorizer->kind == AUTHORIZER_TOKEN) {
        json_pair_str(&out, "authorizationToken", identity->values[0]);
        json_pair_str(&out, "methodArn", authorizer_arn(which));
    } else if (authorizer->is_http_api && !authorizer->is_payload_v1) {
        is_whole = write_v2(which, identity, &out);
    } else {
        is_whole = write_v1(which, &out);
    }
    json_object_end(&out);
    if (is_whole && !text.over)
        event = (struct str){ arena_strndup(which->arena, text.p, text.len), text.len };
    buf_fini(&text);
    return event;
}
