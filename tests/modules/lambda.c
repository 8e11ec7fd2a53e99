/* SPDX-License-Identifier: MIT */
/* Functions as AWS Lambda has them, for the tests: events out, results in, what is known of the call. */
#include <interlude.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The event as it was built. */
static il_status
event(il_request *req, il_response *res)
{
    il_str json = il_event_json(req);

    if (!json.p)
        return IL_FAILED;
    if (il_event_json(req).p != json.p || json.p[json.len])
        return IL_INVALID;
    return il_respond(res, 200, "application/json", json.p, json.len);
}

/* The same through a Lambda-proxy result. */
static il_status
proxied(il_request *req, il_response *res)
{
    il_str json = il_event_json(req);
    char *text = json.p ? malloc(2 * json.len + 100) : NULL, *to = text;
    il_status status;

    if (!text)
        return IL_FAILED;
    to += sprintf(to, "{\"statusCode\":200,\"body\":\"");
    for (const char *p = json.p; *p; p++) {
        if (*p == '"' || *p == '\\')
            *to++ = '\\';
        *to++ = *p;
    }
    strcpy(to, "\"}");
    status = il_respond_lambda(res, text);
    free(text);
    return status;
}

/* The body of the request is the result, as it stands. */
static il_status
result(il_request *req, il_response *res)
{
    il_str body = il_body(req);

    il_respond_header(res, "x-before", "is dropped");
    return il_respond_lambda(res, body.len ? il_rfmt(req, "%.*s", (int)body.len, body.p) : NULL);
}

/* A result that is none, followed by an answer that is one. */
static il_status
second_thought(il_request *req, il_response *res)
{
    (void)req;
    if (il_respond_lambda(res, "{\"statusCode\":0}") != IL_INVALID)
        return IL_FAILED;
    return il_respond(res, 200, NULL, "ok", 2);
}

static il_status
call(il_request *req, il_response *res)
{
    const char *client = il_client_context(req);
    char *text = il_rfmt(req, "%s\n%s\n%s\n%s\n%u\n%s\n%s\n%lld\n%s\n%s\n%s\n%u\n%u\n%s\n", il_aws_request_id(req),
                         il_function_name(req), il_function_version(req), il_invoked_function_arn(req),
                         (unsigned)il_memory_limit_mb(req), il_log_group_name(req), il_log_stream_name(req),
                         (long long)il_deadline_ms(req), client ? client : "-", il_trace_id(req), il_call_id(req),
                         (unsigned)il_attempt(req), (unsigned)il_max_attempts(req), il_stage(req));

    if (il_call(req)->size != sizeof(il_call_info))
        return IL_FAILED;
    return il_respond(res, 200, "text/plain", text, strlen(text));
}

static il_status
remaining(il_request *req, il_response *res)
{
    char *text = il_rfmt(req, "%lld", (long long)il_remaining_ms(req));

    return il_respond(res, 200, "text/plain", text, strlen(text));
}

/* Typed accessors, one line each. */
static il_status
typed(il_request *req, il_response *res)
{
    const char *first = il_header_at(req, "x-multi", 0), *second = il_header_at(req, "X-MULTI", 1);
    const char *a = il_query_at(req, "a", 0), *b = il_query_at(req, "a", 1), *id = il_path_param(req, "id");
    il_str body = il_body(req);
    char *text = il_rfmt(req, "%s %s %s\n%s,%s\n%s,%s\n%s\n", il_method(req), il_path(req), id ? id : "-",
                         first ? first : "-", second ? second : "-", a ? a : "-", b ? b : "-",
                         il_header_at(req, "x-multi", 2) || il_query_at(req, "a", 2) ? "more" : "no more");

    il_respond_header(res, "x-body", il_rfmt(req, "%zu", body.len));
    il_respond_header(res, "set-cookie", "a=1");
    il_respond_header(res, "Set-Cookie", "b=2");
    il_respond_header(res, "Trailer", "x");
    il_respond_header(res, "Content-Length", "1");
    il_respond_header(res, "Content-Type", "text/x-own");
    return il_respond(res, 200, "text/plain", text, strlen(text));
}

/* Sends the body back. */
static il_status
back(il_request *req, il_response *res)
{
    il_str body = il_body(req);

    return il_respond(res, 200, "application/octet-stream", body.p, body.len);
}

/* Works until nobody wants the answer any more. */
static il_status
until_canceled(il_request *req, il_response *res)
{
    static const struct timespec moment = { .tv_nsec = 1000000 };

    while (!il_request_canceled(req))
        nanosleep(&moment, NULL);
    fprintf(stderr, "%s was canceled\n", il_call_id(req));
    return il_respond(res, 200, NULL, "canceled", 8);
}

static il_status
fails(il_request *req, il_response *res)
{
    (void)req, (void)res;
    return IL_FAILED;
}

static il_status
sleeps(il_request *req, il_response *res)
{
    const char *ms = il_query(req, "ms");
    int left = ms ? atoi(ms) : 0;
    struct timespec time = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L };

    nanosleep(&time, NULL);
    return il_respond(res, 200, NULL, "slept", 5);
}

static const il_route routes[] = {
    IL_ROUTE_FUNCTION("event", event, .method = "ANY", .path = "v2/{id}"),
    IL_ROUTE_FUNCTION("proxied", proxied, .method = "ANY", .path = "proxied/{id}"),
    IL_ROUTE_FUNCTION("result", result, .method = "ANY"),
    IL_ROUTE_FUNCTION("second", second_thought, .method = "ANY"),
    IL_ROUTE_FUNCTION("call", call, .method = "ANY"),
    IL_ROUTE_FUNCTION("remaining", remaining, .method = "ANY"),
    IL_ROUTE_FUNCTION("typed", typed, .method = "ANY", .path = "typed/{id}"),
    IL_ROUTE_FUNCTION("back", back, .method = "ANY"),
    IL_ROUTE_FUNCTION("canceled", until_canceled, .method = "ANY"),
    IL_ROUTE_FUNCTION("fails", fails, .method = "ANY"),
    IL_ROUTE_FUNCTION("sleeps", sleeps, .method = "ANY", .timeout_ms = 300),
};
IL_MODULE(routes);
