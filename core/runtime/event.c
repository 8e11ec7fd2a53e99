/* SPDX-License-Identifier: MIT */
/* Lambda-proxy events (event.h). Keys, their order and what is null follow functions.md 1.5 and 1.6. */
#include "runtime/event.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/mem.h"
#include "json/write.h"
#include "runtime/base64.h"
#include "runtime/fields.h"

enum { MADE_HEADERS = 6 };

struct event {
    il_request *req;
    const il_call_info *call;
    enum event_kind kind;
    struct json_out out;
    struct fields headers, query;
    const char *path; /* the function's own part */
    char time[64];
};

enum event_kind
event_kind(const il_request *req)
{
    const char *kind = request_context(req, "kind");

    if (!kind || strcmp(kind, "v2") == 0)
        return EVENT_V2;
    return strcmp(kind, "v1") == 0 ? EVENT_V1 : strcmp(kind, "raw") == 0 ? EVENT_RAW : EVENT_V1_NAMED;
}

static const char *
context(const struct event *event, const char *key)
{
    const char *value = request_context(event->req, key);

    return value ? value : "";
}

/* ---- headers */

/* Names of headers that are added, in the spelling of the event's version. */
static void
add_header(struct event *event, const char *name, const char *value)
{
    if (value)
        fields_add(&event->headers, str_of(name), str_of(value));
}

static void
add_made_headers(struct event *event)
{
    il_request *req = event->req;
    const char *given = request_header(req, "x-forwarded-for"), *ip = context(event, "source_ip");

    if (req->body.len && !request_header(req, "content-length"))
        add_header(event, "Content-Length", arena_printf(&req->arena, "%zu", req->body.len));
    add_header(event, "X-Forwarded-For", given ? arena_printf(&req->arena, "%s, %s", given, ip) : ip);
    add_header(event, "X-Forwarded-Port", context(event, "port"));
    add_header(event, "X-Forwarded-Proto", context(event, "scheme"));
    add_header(event, "X-Amzn-Trace-Id", event->call->trace_id);
    add_header(event, "traceparent", call_traceparent(req));
}

/* What the server says of the connection replaces what the client said of it. */
static bool
is_made(const char *name)
{
    return strncasecmp(name, "x-forwarded-", 12) == 0
               ? strcasecmp(name + 12, "for") == 0 || strcasecmp(name + 12, "port") == 0 ||
                     strcasecmp(name + 12, "proto") == 0
               : strcasecmp(name, "x-amzn-trace-id") == 0;
}

static struct str
lowered(struct arena *arena, struct str name)
{
    char *copy = arena_strndup(arena, name.p, name.len);

    for (size_t i = 0; copy && i < name.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] | 0x20);
    return copy ? (struct str){ copy, name.len } : name;
}

static bool
gather_headers(struct event *event)
{
    il_request *req = event->req;
    bool is_v2 = event->kind == EVENT_V2;
    const char *at = req->headers;

    if (!fields_init(&event->headers, &req->arena, req->header_count + MADE_HEADERS))
        return false;
    for (uint32_t i = 0; i < req->header_count; i++) {
        const char *name = at, *value = at + strlen(at) + 1;

        if (!field_is_hop_by_hop(name) && !is_made(name) && !(is_v2 && strcasecmp(name, "cookie") == 0))
            fields_add(&event->headers, str_of(name), str_of(value));
        at = value + strlen(value) + 1;
    }
    add_made_headers(event);
    for (int32_t i = 0; is_v2 && i < event->headers.count; i++)
        event->headers.list[i].name = lowered(&req->arena, event->headers.list[i].name);
    return fields_link(&event->headers, true);
}

/* One entry per pair, of all Cookie headers. */
static void
put_cookies(struct event *event)
{
    const char *line;
    bool is_open = false;

    for (size_t i = 0; (line = request_header_at(event->req, "cookie", i)); i++)
        while (*line) {
            size_t len = strcspn(line, ";");

            if (len) {
                if (!is_open) {
                    json_name(&event->out, "cookies");
                    json_array(&event->out);
                }
                is_open = true;
                json_put_str(&event->out, (struct str){ line, len });
            }
            line += len;
            line += strspn(line, "; ");
        }
    if (is_open)
        json_array_end(&event->out);
}

/* ---- the query */

static bool
gather_query(struct event *event)
{
    il_request *req = event->req;
    uint32_t count = 1;

    for (const char *p = req->query; *p; p++)
        count += *p == '&';
    if (!fields_init(&event->query, &req->arena, count))
        return false;
    for (const char *at = req->query; *at;) {
        size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
        struct str name = request_decode(req, (struct str){ at, name_len }), value = STR("");

        if (name_len < len)
            value = request_decode(req, (struct str){ at + name_len + 1, len - name_len - 1 });
        if (!name.p || !value.p)
            return false;
        if (len)
            fields_add(&event->query, name, value);
        at += len + (at[len] == '&');
    }
    return fields_link(&event->query, false);
}

/* ---- names with values */

static void
put_last(struct json_out *out, const struct fields *fields)
{
    json_object(out);
    for (const struct field *field = fields->list; field < fields->list + fields->count; field++) {
        if (field->is_repetition)
            continue;
        json_name_str(out, field->name);
        json_put_str(out, fields_last(fields, field));
    }
    json_object_end(out);
}

static void
put_lists(struct json_out *out, const struct fields *fields)
{
    json_object(out);
    for (const struct field *field = fields->list; field < fields->list + fields->count; field++) {
        const struct field *one = field;

        if (field->is_repetition)
            continue;
        json_name_str(out, field->name);
        json_array(out);
        json_put_str(out, one->value);
        while (one->next != FIELDS_NONE) {
            one = &fields->list[one->next];
            json_put_str(out, one->value);
        }
        json_array_end(out);
    }
    json_object_end(out);
}

static void
put_joined(struct json_out *out, const struct fields *fields)
{
    struct buf text;

    buf_init(&text, EVENT_MAX);
    json_object(out);
    for (const struct field *field = fields->list; field < fields->list + fields->count; field++) {
        const struct field *one = field;

        if (field->is_repetition)
            continue;
        buf_clear(&text);
        buf_put(&text, one->value.p, one->value.len);
        while (one->next != FIELDS_NONE) {
            one = &fields->list[one->next];
            buf_char(&text, ',');
            buf_put(&text, one->value.p, one->value.len);
        }
        json_name_str(out, field->name);
        json_put_str(out, buf_view(&text));
    }
    json_object_end(out);
    buf_fini(&text);
}

static void
put_params(struct event *event)
{
    const char *at = event->req->params;

    json_name(&event->out, "pathParameters");
    if (!event->req->param_count) {
        json_put_null(&event->out);
        return;
    }
    json_object(&event->out);
    for (uint32_t i = 0; i < event->req->param_count; i++) {
        const char *value = at + strlen(at) + 1;

        json_name(&event->out, at);
        json_put_text(&event->out, value);
        at = value + strlen(value) + 1;
    }
    json_object_end(&event->out);
}

/* ---- the body */

/* The media type of the request, without its parameters. */
static struct str
media_type(il_request *req)
{
    const char *type = request_header(req, "content-type");
    size_t len = type ? strcspn(type, "; \t") : 0;

    return (struct str){ type, len };
}

static bool
is_type(struct str type, struct str wanted)
{
    return type.len == wanted.len && strncasecmp(type.p, wanted.p, type.len) == 0;
}

/* Is it one of "image/png, audio/..." where a star stands for everything behind, or in front of, the slash? */
static bool
is_binary_type(struct str type, const char *list)
{
    while (*list) {
        struct str entry = { list, strcspn(list, ",") };

        list += entry.len + (list[entry.len] == ',');
        while (entry.len && *entry.p == ' ')
            entry.p++, entry.len--;
        while (entry.len && entry.p[entry.len - 1] == ' ')
            entry.len--;
        if (str_is(entry, "*/*") || (type.len && is_type(type, entry)))
            return true;
        if (entry.len > 2 && str_ends(entry, STR("/*")) && type.len > entry.len - 1 &&
            strncasecmp(type.p, entry.p, entry.len - 1) == 0)
            return true;
    }
    return false;
}

static bool
is_text_type(struct str type)
{
    static const struct str whole[] = { { "application/json", 16 },
                                        { "application/javascript", 22 },
                                        { "application/xml", 15 } };
    static const struct str ends[] = { { "+json", 5 }, { "+xml", 4 } };

    if (!type.len || (type.len > 5 && strncasecmp(type.p, "text/", 5) == 0))
        return true;
    for (size_t i = 0; i < COUNT_OF(whole); i++)
        if (is_type(type, whole[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (type.len > ends[i].len && strncasecmp(type.p + type.len - ends[i].len, ends[i].p, ends[i].len) == 0)
            return true;
    return false;
}

static bool
is_base64(struct event *event, struct str body)
{
    struct str type = media_type(event->req);

    if (!str_is_utf8(body) || memchr(body.p, '\0', body.len) || is_binary_type(type, context(event, "binary_types")))
        return true;
    return event->kind == EVENT_V2 && (!is_text_type(type) || request_header(event->req, "content-encoding"));
}

static void
put_body(struct event *event)
{
    struct str body = { event->req->body.p, event->req->body.len };
    bool as_base64 = body.len && is_base64(event, body);

    if (as_base64) {
        json_name(&event->out, "body");
        base64_put(&event->out, body);
    } else if (body.len) {
        json_pair_str(&event->out, "body", body);
    } else if (event->kind != EVENT_V2) {
        json_pair_text(&event->out, "body", NULL);
    }
    json_pair_bool(&event->out, "isBase64Encoded", as_base64);
}

/* ---- requestContext */

/* Host without the port; an IPv6 address keeps its brackets. */
static struct str
domain_name(il_request *req)
{
    const char *host = request_header(req, "host");
    size_t len = host ? (*host == '[' ? strcspn(host, "]") : strcspn(host, ":")) : 0;

    if (host && host[len] == ']')
        len++;
    return (struct str){ host ? host : "", len };
}

static void
put_domain(struct event *event)
{
    struct str name = domain_name(event->req);
    const char *dot = name.len ? memchr(name.p, '.', name.len) : NULL;

    json_pair_str(&event->out, "domainName", name);
    json_pair_str(&event->out, "domainPrefix", (struct str){ name.p, dot ? (size_t)(dot - name.p) : name.len });
}

static void
put_authorizer(struct event *event)
{
    const char *json = request_context(event->req, "authorizer");

    if (json)
        json_pair_raw(&event->out, "authorizer", str_of(json));
}

/* The common log format's, whatever locale the module has set. */
static void
format_time(struct event *event)
{
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)(event->req->time_ms / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    snprintf(event->time, sizeof event->time, "%02d/%s/%04d:%02d:%02d:%02d +0000", tm.tm_mday, months[tm.tm_mon],
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Six letters that stay the same for a resource, as API Gateway has them. */
static const char *
resource_id(struct event *event, const char *resource)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    uint32_t hash = 2166136261u;
    char id[7] = "";

    for (; *resource; resource++)
        hash = (hash ^ (unsigned char)*resource) * 16777619u;
    for (size_t i = 0; i < 6; i++, hash /= 36)
        id[i] = digits[hash % 36];
    return arena_strdup(&event->req->arena, id);
}

static void
put_identity(struct event *event)
{
    static const char *const nothing[] = { "caller",
                                           "cognitoAuthenticationProvider",
                                           "cognitoAuthenticationType",
                                           "cognitoIdentityId",
                                           "cognitoIdentityPoolId",
                                           "principalOrgId" };
    struct json_out *out = &event->out;

    json_name(out, "identity");
    json_object(out);
    json_pair_text(out, "accessKey", NULL);
    json_pair_text(out, "accountId", NULL);
    json_pair_text(out, "apiKey", request_context(event->req, "api_key"));
    json_pair_text(out, "apiKeyId", request_context(event->req, "api_key_id"));
    for (size_t i = 0; i < COUNT_OF(nothing); i++)
        json_pair_text(out, nothing[i], NULL);
    json_pair_text(out, "sourceIp", context(event, "source_ip"));
    json_pair_text(out, "user", NULL);
    json_pair_text(out, "userAgent", request_header(event->req, "user-agent"));
    json_pair_text(out, "userArn", NULL);
    json_object_end(out);
}

static void
put_context_v1(struct event *event, const char *resource)
{
    struct json_out *out = &event->out;
    bool has_stage = event->kind == EVENT_V1;
    const char *stage = has_stage ? event->call->stage : "$default";

    json_name(out, "requestContext");
    json_object(out);
    json_pair_text(out, "accountId", context(event, "account"));
    json_pair_text(out, "apiId", context(event, "api_id"));
    put_authorizer(event);
    put_domain(event);
    json_pair_text(out, "extendedRequestId", event->call->aws_request_id);
    json_pair_text(out, "httpMethod", event->req->method);
    put_identity(event);
    json_pair_text(out, "path",
                   has_stage ? arena_printf(&event->req->arena, "/%s%s", stage, event->path) : event->path);
    json_pair_text(out, "protocol", context(event, "protocol"));
    json_pair_text(out, "requestId", event->call->aws_request_id);
    json_pair_text(out, "requestTime", event->time);
    json_pair_int(out, "requestTimeEpoch", event->req->time_ms);
    json_pair_text(out, "resourceId", resource_id(event, resource));
    json_pair_text(out, "resourcePath", resource);
    json_pair_text(out, "stage", stage);
    json_object_end(out);
}

static void
put_context_v2(struct event *event, const char *route_key)
{
    struct json_out *out = &event->out;
    const char *agent = request_header(event->req, "user-agent");

    json_name(out, "requestContext");
    json_object(out);
    json_pair_text(out, "accountId", context(event, "account"));
    json_pair_text(out, "apiId", context(event, "api_id"));
    put_authorizer(event);
    put_domain(event);
    json_name(out, "http");
    json_object(out);
    json_pair_text(out, "method", event->req->method);
    json_pair_text(out, "path", event->path);
    json_pair_text(out, "protocol", context(event, "protocol"));
    json_pair_text(out, "sourceIp", context(event, "source_ip"));
    json_pair_text(out, "userAgent", agent ? agent : "");
    json_object_end(out);
    json_pair_text(out, "requestId", event->call->aws_request_id);
    json_pair_text(out, "routeKey", route_key);
    json_pair_text(out, "stage", "$default");
    json_pair_text(out, "time", event->time);
    json_pair_int(out, "timeEpoch", event->req->time_ms);
    json_object_end(out);
}

/* ---- the two documents */

static void
put_v1(struct event *event)
{
    struct json_out *out = &event->out;
    const char *resource = request_context(event->req, "resource");

    resource = resource ? resource : "$default";
    json_object(out);
    if (event->kind == EVENT_V1_NAMED)
        json_pair_text(out, "version", "1.0");
    json_pair_text(out, "resource", resource);
    json_pair_text(out, "path", event->path);
    json_pair_text(out, "httpMethod", event->req->method);
    json_name(out, "headers");
    put_last(out, &event->headers);
    json_name(out, "multiValueHeaders");
    put_lists(out, &event->headers);
    json_name(out, "queryStringParameters");
    if (event->query.count)
        put_last(out, &event->query);
    else
        json_put_null(out);
    json_name(out, "multiValueQueryStringParameters");
    if (event->query.count)
        put_lists(out, &event->query);
    else
        json_put_null(out);
    put_params(event);
    json_pair_text(out, "stageVariables", NULL);
    put_context_v1(event, resource);
    put_body(event);
    json_object_end(out);
}

static void
put_v2(struct event *event)
{
    struct json_out *out = &event->out;
    const char *resource = request_context(event->req, "resource"), *route_key = "$default";

    if (resource)
        route_key = arena_printf(&event->req->arena, "%s %s", context(event, "method"), resource);
    json_object(out);
    json_pair_text(out, "version", "2.0");
    json_pair_text(out, "routeKey", route_key);
    json_pair_text(out, "rawPath", event->path);
    json_pair_text(out, "rawQueryString", event->req->query);
    put_cookies(event);
    json_name(out, "headers");
    put_joined(out, &event->headers);
    if (event->query.count) {
        json_name(out, "queryStringParameters");
        put_joined(out, &event->query);
    }
    put_context_v2(event, route_key);
    if (event->req->param_count)
        put_params(event);
    put_body(event);
    json_object_end(out);
}

/* The body is the event; without one it is empty, as `invoke` without data has it. */
static void
put_raw(const il_request *req, struct buf *text)
{
    if (req->body.len)
        buf_put(text, req->body.p, req->body.len);
    else
        buf_str(text, "{}");
}

/* false: no memory. */
static bool
build(il_request *req, struct buf *text)
{
    struct event event = { .req = req, .call = call_info(req), .kind = event_kind(req) };

    if (event.kind == EVENT_RAW) {
        put_raw(req, text);
        return true;
    }
    event.path = req->path[req->base_len] ? req->path + req->base_len : "/";
    json_out_init(&event.out, text);
    format_time(&event);
    if (!gather_headers(&event) || !gather_query(&event))
        return false;
    if (event.kind == EVENT_V2)
        put_v2(&event);
    else
        put_v1(&event);
    return true;
}

il_str
event_json(il_request *req)
{
    if (!req->has_event) {
        req->has_event = true;
        buf_clear(&req->event);
        req->is_event_too_large = !build(req, &req->event) || req->event.over || req->event.len > EVENT_MAX;
    }
    return req->is_event_too_large ? (il_str){ NULL, 0 } : (il_str){ buf_text(&req->event), req->event.len };
}
