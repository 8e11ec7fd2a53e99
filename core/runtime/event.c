/* SPDX-License-Identifier: MIT */
/* Lambda-proxy events (event.h). Keys, their order and what is null follow functions.md 1.5 and 1.6. */
#include "runtime/event.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "runtime/event_internal.h"

enum event_kind
event_kind(const il_request *req)
{
    const char *kind = request_context(req, "kind");

    if (!kind || strcmp(kind, "v2") == 0)
        return EVENT_V2;
    return strcmp(kind, "v1") == 0 ? EVENT_V1 : strcmp(kind, "raw") == 0 ? EVENT_RAW : EVENT_V1_NAMED;
}

const char *
event_context(const struct event *event, const char *key)
{
    const char *value = request_context(event->req, key);

    return value ? value : "";
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
    json_pair_text(out, "sourceIp", event_context(event, "source_ip"));
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
    json_pair_text(out, "accountId", event_context(event, "account"));
    json_pair_text(out, "apiId", event_context(event, "api_id"));
    put_authorizer(event);
    put_domain(event);
    json_pair_text(out, "extendedRequestId", event->call->aws_request_id);
    json_pair_text(out, "httpMethod", event->req->method);
    put_identity(event);
    json_pair_text(out, "path",
                   has_stage ? arena_printf(&event->req->arena, "/%s%s", stage, event->path) : event->path);
    json_pair_text(out, "protocol", event_context(event, "protocol"));
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
    json_pair_text(out, "accountId", event_context(event, "account"));
    json_pair_text(out, "apiId", event_context(event, "api_id"));
    put_authorizer(event);
    put_domain(event);
    json_name(out, "http");
    json_object(out);
    json_pair_text(out, "method", event->req->method);
    json_pair_text(out, "path", event->path);
    json_pair_text(out, "protocol", event_context(event, "protocol"));
    json_pair_text(out, "sourceIp", event_context(event, "source_ip"));
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
    event_put_last(out, &event->headers);
    json_name(out, "multiValueHeaders");
    event_put_lists(out, &event->headers);
    json_name(out, "queryStringParameters");
    if (event->query.count)
        event_put_last(out, &event->query);
    else
        json_put_null(out);
    json_name(out, "multiValueQueryStringParameters");
    if (event->query.count)
        event_put_lists(out, &event->query);
    else
        json_put_null(out);
    event_put_params(event);
    json_pair_text(out, "stageVariables", NULL);
    put_context_v1(event, resource);
    event_put_body(event);
    json_object_end(out);
}

static void
put_v2(struct event *event)
{
    struct json_out *out = &event->out;
    const char *resource = request_context(event->req, "resource"), *route_key = "$default";

    if (resource)
        route_key = arena_printf(&event->req->arena, "%s %s", event_context(event, "method"), resource);
    json_object(out);
    json_pair_text(out, "version", "2.0");
    json_pair_text(out, "routeKey", route_key);
    json_pair_text(out, "rawPath", event->path);
    json_pair_text(out, "rawQueryString", event->req->query);
    event_put_cookies(event);
    json_name(out, "headers");
    event_put_joined(out, &event->headers);
    if (event->query.count) {
        json_name(out, "queryStringParameters");
        event_put_joined(out, &event->query);
    }
    put_context_v2(event, route_key);
    if (event->req->param_count)
        event_put_params(event);
    event_put_body(event);
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
    if (!event_gather(&event))
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
