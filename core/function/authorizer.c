/* SPDX-License-Identifier: MIT */
/* Who asks, and what an authorizer's answer means (authorizer.h). Its event is authorizer_event.c. */
#include "function/authorizer.h"

#include "auth/secrets.h"
#include "base/mem.h"
#include "function/parameters.h"
#include "function/policy.h"
#include "http/hex.h"
#include "json/write.h"

enum { MAX_KEY = 64 << 10, MAX_CONTEXT = 16 << 10, MAX_ARN = 64 << 10 /* a URL has 8 KiB at most */ };

/* ---- identity */

static struct str
context_value(const struct authorizer_case *which, struct str name)
{
    if (str_is(name, "routeKey") && which->call->endpoint->declared)
        return str_of(which->call->endpoint->declared->route_key);
    if (str_is(name, "httpMethod") || str_is(name, "http.method"))
        return which->request->method_name;
    if (str_is(name, "path") || str_is(name, "http.path"))
        return which->call->path;
    if (str_is(name, "identity.sourceIp") || str_is(name, "http.sourceIp"))
        return str_of(http_request_peer(which->request)->address);
    return (struct str){ NULL, 0 };
}

/* "method.request.header.X", "$request.querystring.x", "context.path" and so on; p NULL: not there. */
static struct str
source_value(const struct authorizer_case *which, struct str source)
{
    static const struct {
        struct str prefix;
        enum { HEADER, QUERY, CONTEXT } place;
    } rows[] = {
        { { "method.request.header.", 22 }, HEADER },
        { { "$request.header.", 16 }, HEADER },
        { { "method.request.querystring.", 27 }, QUERY },
        { { "$request.querystring.", 21 }, QUERY },
        { { "context.", 8 }, CONTEXT },
        { { "$context.", 9 }, CONTEXT },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str name = { source.p + rows[i].prefix.len, source.len - rows[i].prefix.len };

        if (!str_starts(source, rows[i].prefix))
            continue;
        if (rows[i].place == HEADER)
            return header_values(which->arena, which->request, name);
        if (rows[i].place == QUERY)
            return query_values(which->arena, which->request->query, name);
        return context_value(which, name);
    }
    return (struct str){ NULL, 0 }; /* stage variables: there are none */
}

bool
authorizer_identity(const struct authorizer_case *which, struct identity *identity)
{
    const struct service_texts *sources = &which->authorizer->identity_sources;

    identity->count = 0;
    for (size_t i = 0; i < sources->count && i < AUTHORIZER_MAX_SOURCES; i++) {
        struct str value = source_value(which, str_of(sources->items[i]));

        if (!value.len)
            return false;
        identity->values[identity->count++] = value;
    }
    return identity->count > 0 || which->authorizer->kind == AUTHORIZER_REQUEST;
}

struct str
authorizer_cache_key(const struct authorizer_case *which, const struct identity *identity)
{
    const struct service *service = which->service;
    const struct service_authorizer *authorizer = which->authorizer;
    struct buf text;
    struct str key = { NULL, 0 };

    if (authorizer->ttl_s == 0 || identity->count == 0)
        return key;
    buf_init(&text, MAX_KEY);
    buf_printf(&text, "%s/%s/%s/%llu/%d%d%d%d", service->name, service->stage, authorizer->name,
               (unsigned long long)which->version, authorizer->kind, authorizer->is_http_api, authorizer->is_payload_v1,
               authorizer->has_simple_responses);
    for (size_t i = 0; i < identity->count; i++) {
        buf_printf(&text, "/%s=%zu:", authorizer->identity_sources.items[i], identity->values[i].len);
        buf_put(&text, identity->values[i].p, identity->values[i].len);
    }
    if (!text.over) /* what is remembered does not hold anybody's token */
        key = str_of(arena_strdup(which->arena, secrets_hash(buf_view(&text)).hex));
    buf_fini(&text);
    return key;
}

/* One byte of a path as sent; what stands for a slash that does not split is left as it is. */
static unsigned char
take_byte(struct str *path, bool *is_encoded)
{
    bool is_triplet = *path->p == '%' && path->len > 2;
    int high = is_triplet ? hex_value(path->p[1]) : -1, low = is_triplet ? hex_value(path->p[2]) : -1;
    unsigned char byte = (unsigned char)*path->p;
    size_t len = 1;

    *is_encoded = high >= 0 && low >= 0;
    if (*is_encoded) {
        byte = (unsigned char)(high << 4 | low);
        len = 3;
    }
    *path = (struct str){ path->p + len, path->len - len };
    return byte;
}

/*
 * The one spelling of a path that policies know, as addresses are matched decoded: "/%73ecret" is "/secret" here, too.
 * '*' and '?' are never themselves: a policy that is made of this name must not let in more than it.
 */
static void
put_path(struct buf *out, struct str path)
{
    while (path.len) {
        bool is_encoded;
        char byte = (char)take_byte(&path, &is_encoded);

        buf_percent(out, (struct str){ &byte, 1 }, is_encoded ? "-._~!$&'()+,;=:@" : "-._~!$&'()+,;=:@/");
    }
}

struct str
authorizer_arn(const struct authorizer_case *which)
{
    const struct service *service = which->service;
    const struct function_call *call = which->call;
    struct str path = { call->path.p + call->event.base_len, call->path.len - call->event.base_len };
    struct str arn;
    struct buf text;

    buf_init(&text, MAX_ARN);
    buf_printf(&text, "arn:aws:execute-api:%s:000000000000:%s/%s/%.*s%s", service->region ? service->region : "local",
               service->name, which->authorizer->is_http_api ? "$default" : service->stage,
               STR_ARG(which->request->method_name), path.len ? "" : "/");
    put_path(&text, path);
    arn = (struct str){ arena_strndup(which->arena, text.p, text.len), text.len };
    buf_fini(&text);
    return arn;
}

/* ---- answers */

static bool
is_scalar(struct json node)
{
    enum json_type type = json_type(node);

    return type == JSON_STRING || type == JSON_NUMBER || type == JSON_BOOL || type == JSON_NULL;
}

/* http: flat, beside the principal, all values as texts. */
static bool
write_flat(struct arena *arena, struct json principal, struct json context, struct json_out *out, struct err *err)
{
    json_object(out);
    json_pair_str(out, "principalId", json_str(arena, principal));
    for (struct json item = json_first(context); json_type(item) != JSON_MISSING; item = json_next(item)) {
        struct str key = json_key(arena, item), text = json_str(arena, item);

        if (!is_scalar(item))
            return err_set(err, "its context has a list or an object: %.*s", STR_ARG(key));
        if (json_type(item) == JSON_NULL || str_is(key, "principalId"))
            continue;
        json_name_str(out, key);
        json_put_str(out, text.p ? text : json_raw(item));
    }
    json_object_end(out);
    return true;
}

/* httpApi: {"lambda": the context}. */
static void
write_nested(struct json context, struct json_out *out)
{
    json_object(out);
    json_name(out, "lambda");
    if (json_type(context) == JSON_OBJECT) {
        json_put_raw(out, json_raw(context));
    } else {
        json_object(out);
        json_object_end(out);
    }
    json_object_end(out);
}

static bool
write_context(struct arena *arena, const struct service_authorizer *authorizer, struct json root, struct str *context,
              struct err *err)
{
    struct json given = json_get(root, "context");
    struct json_out out;
    struct buf text;
    bool is_written = true;

    if (json_type(given) != JSON_OBJECT && json_type(given) != JSON_MISSING && json_type(given) != JSON_NULL)
        return err_set(err, "its context is not an object");
    buf_init(&text, MAX_CONTEXT);
    json_out_init(&out, &text);
    if (authorizer->is_http_api)
        write_nested(given, &out);
    else
        is_written = write_flat(arena, json_get(root, "principalId"), given, &out, err);
    if (is_written && text.over)
        is_written = err_set(err, "its context is longer than %d bytes", (int)MAX_CONTEXT);
    if (is_written)
        *context = (struct str){ arena_strndup(arena, text.p, text.len), text.len };
    buf_fini(&text);
    return is_written;
}

/* A handler that said it by il_respond: its answer came as a Lambda-proxy result. */
static enum authorizer_verdict
judge_status(int64_t status, struct err *err)
{
    if (status == 401)
        return AUTHORIZER_KNOWS_NOBODY;
    if (status == 403)
        return AUTHORIZER_DENIES;
    err_set(err, "it answered %lld; only 401 and 403 mean something", (long long)status);
    return AUTHORIZER_FAILED;
}

static enum authorizer_verdict
judge_simple(struct json root, struct err *err)
{
    struct json answer = json_get(root, "isAuthorized");

    if (json_type(answer) == JSON_BOOL)
        return json_bool(answer, false) ? AUTHORIZER_ALLOWS : AUTHORIZER_DENIES;
    err_set(err, "its answer has no isAuthorized");
    return AUTHORIZER_FAILED;
}

/* As somebody reads the path who decodes it: slashes that did not split among the others. */
static struct str
with_slashes(struct arena *arena, struct str arn)
{
    char *text = arena_strndup(arena, arn.p, arn.len);
    size_t len = 0;

    for (size_t i = 0; i < arn.len; i++) {
        bool is_slash = arn.len - i > 2 && memcmp(arn.p + i, "%2F", 3) == 0;

        text[len++] = is_slash ? '/' : arn.p[i];
        i += is_slash ? 2 : 0;
    }
    return (struct str){ text, len };
}

/* Both readings of the path have to be allowed: routing takes the one, functions may take the other. */
static enum policy_verdict
judge_both(struct arena *arena, struct json document, struct str arn, struct err *err)
{
    struct str read = with_slashes(arena, arn);
    enum policy_verdict verdict = policy_judge(arena, document, arn, err);

    return verdict == POLICY_ALLOWED && read.len != arn.len ? policy_judge(arena, document, read, err) : verdict;
}

static enum authorizer_verdict
judge_policy(struct arena *arena, struct json root, struct str arn, struct err *err)
{
    if (json_type(json_get(root, "principalId")) != JSON_STRING) {
        err_set(err, "its answer has no principalId");
        return AUTHORIZER_FAILED;
    }
    switch (judge_both(arena, json_get(root, "policyDocument"), arn, err)) {
    case POLICY_ALLOWED:
        return AUTHORIZER_ALLOWS;
    case POLICY_DENIED:
        return AUTHORIZER_DENIES;
    case POLICY_MALFORMED:
    default:
        return AUTHORIZER_FAILED;
    }
}

enum authorizer_verdict
authorizer_judge(struct arena *arena, const struct service_authorizer *authorizer, struct str answer, struct str arn,
                 struct str *context, struct err *err)
{
    enum authorizer_verdict verdict;
    struct json root;

    if (!json_parse(arena, answer, &root, err)) {
        err_prefix(err, "its answer is not JSON");
        return AUTHORIZER_FAILED;
    }
    if (json_type(json_get(root, "statusCode")) != JSON_MISSING)
        return judge_status(json_int(json_get(root, "statusCode"), 0), err);
    verdict = authorizer->has_simple_responses ? judge_simple(root, err) : judge_policy(arena, root, arn, err);
    if (verdict == AUTHORIZER_ALLOWS && !write_context(arena, authorizer, root, context, err))
        return AUTHORIZER_FAILED;
    return verdict;
}
