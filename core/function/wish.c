/* SPDX-License-Identifier: MIT */
/* Checks of durable calls, in the order of functions.md 3.2 (wish.h). */
#include "function/wish.h"

#include <stdio.h>

#include "base/mem.h"
#include "function/answer.h"
#include "function/call.h"
#include "function/internal.h"
#include "function/parameters.h"
#include "queue/target.h"

enum { MAX_DEPTH = 16, MAX_KEY = 255, MAX_DELAY_SECONDS = 604800 };

static bool
is_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.p[i];

        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '_' || c == ':' ||
              c == '-'))
            return false;
    }
    return id.len > 0 && id.len <= WISH_MAX_ID;
}

static void
refuse_method(struct function_call *call, const char *allow)
{
    struct http_field fields[] = { { STR("x-amzn-requestid"), str_of(call->id) },
                                   { STR("x-call-id"), str_of(call->id) },
                                   { STR("allow"), str_of(allow) } };

    stats_refused(call->endpoint->function->stats, call->endpoint->function->tally, 405);
    function_call_respond(call, &(struct http_response){ .status = 405,
                                                         .content_type = STR("application/json"),
                                                         .body = STR("{\"message\":\"Method Not Allowed\"}"),
                                                         .fields = fields,
                                                         .field_count = COUNT_OF(fields) });
    function_call_free(call);
}

static bool
check_method(struct function_call *call, const struct http_request *request)
{
    static const unsigned all = HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE;
    unsigned methods = call->endpoint->methods ? call->endpoint->methods & all : all;
    char allow[ENDPOINT_ALLOW_MAX];

    if (request->method & methods)
        return true;
    refuse_method(call, endpoint_allow(request->method & all ? methods : all, allow));
    return false;
}

/* What a second one with the same is a duplicate of. */
static struct str
key_of(const struct function_call *call, const struct http_request *request)
{
    const struct service_function *declared = call->endpoint->function->declared;
    struct str key = { 0 };

    if (declared && declared->webhook.scheme != WEBHOOK_NONE && declared->webhook.dedup_header)
        key = http_header(request, declared->webhook.dedup_header);
    return key.p ? key : http_header(request, "idempotency-key");
}

/* Of somebody else's making: partners put what they like into it, and a structured field is quoted. */
static bool
is_key(struct str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.p[i] < ' ' || key.p[i] > '~')
            return false;
    return key.len > 0 && key.len <= MAX_KEY;
}

static bool
check_ids(struct function_call *call, struct http_request *request, struct wish *wish)
{
    const char *problem = NULL;

    wish->id = http_header(request, "x-call-id");
    if (!wish->id.p)
        wish->id = http_header(request, "x-request-id");
    wish->key = key_of(call, request);
    wish->ordering = http_header(request, "x-ordering-key");
    if (wish->id.p && !is_id(wish->id))
        problem = "{\"message\":\"X-Call-Id and X-Request-Id take 1 to 128 of A-Z a-z 0-9 . _ : -\"}";
    else if ((wish->key.p && !is_key(wish->key)) || (wish->ordering.p && !is_key(wish->ordering)))
        problem = "{\"message\":\"Idempotency-Key and X-Ordering-Key take 1 to 255 characters of ASCII\"}";
    if (problem)
        function_refuse_text(call, 400, NULL, str_of(problem));
    return !problem;
}

static bool
check_delay(struct function_call *call, struct http_request *request, struct wish *wish)
{
    struct str text = http_header(request, "x-delay-seconds");
    int64_t seconds = 0;

    for (size_t i = 0; i < text.len; i++) {
        seconds = seconds * 10 + (text.p[i] - '0');
        if (text.p[i] < '0' || text.p[i] > '9' || seconds > MAX_DELAY_SECONDS) {
            function_refuse_text(call, 400, NULL, STR("{\"message\":\"X-Delay-Seconds takes 0 to 604800\"}"));
            return false;
        }
    }
    wish->delay_ms = seconds * 1000;
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

/* It is kept apart, as the header is: there may be a password in it, which is nobody else's business. */
static void
drop_from_query(struct http_request *request, struct arena *arena, struct str unwanted)
{
    struct str rest = request->query, name, value;
    char *kept = http_request_alloc(request, rest.len + 1);
    size_t len = 0, skipped;

    for (const char *from = rest.p; query_next(arena, &rest, &name, &value); from = rest.p)
        if (!str_eq(name, unwanted)) {
            memcpy(kept + len, from, (size_t)(rest.p - from));
            len += (size_t)(rest.p - from);
        }
    skipped = len && kept[0] == '&';
    request->query = (struct str){ kept + skipped, len - skipped };
}

/* The header, or where a function allows it the query. */
static struct str
callback_of(struct http_request *request, struct wish *wish)
{
    struct str url = http_header(request, "x-callback-url"), name = STR("callback_url"), asked = { 0 };

    if (wish->settings->reads_callback_from_query)
        asked = query_parameter(&wish->arena, request->query, name);
    if (asked.p)
        drop_from_query(request, &wish->arena, name);
    return url.p ? url : asked;
}

static bool
check_callback(struct function_call *call, struct http_request *request, struct wish *wish)
{
    struct str url = callback_of(request, wish);
    enum target_verdict verdict = url.p ? target_check(url, wish->settings->callback_allow) : TARGET_ALLOWED;

    if (verdict == TARGET_INVALID)
        function_refuse_text(call, 400, NULL, STR("{\"message\":\"X-Callback-Url is not an http or https address\"}"));
    else if (verdict == TARGET_FORBIDDEN)
        function_refuse_text(call, 403, NULL, STR("{\"message\":\"X-Callback-Url is not allowed\"}"));
    else if (wish->depth > MAX_DEPTH)
        function_refuse_text(call, 403, NULL, STR("{\"message\":\"Too many callbacks led to this call\"}"));
    else {
        wish->callback_url = url;
        return true;
    }
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
    function_refuse_text(call, 413, "RequestTooLargeException", str_of(body));
    return false;
}

bool
wish_read(struct wish *wish, struct function_call *call, struct http_request *request)
{
    *wish = (struct wish){ .settings = queue_settings_get(call->endpoint->function->name), .depth = depth_of(request) };
    arena_init(&wish->arena, 0);
    return check_method(call, request) && check_ids(call, request, wish) && check_delay(call, request, wish) &&
           check_callback(call, request, wish) && check_size(call, request);
}

void
wish_fini(struct wish *wish)
{
    queue_settings_put(wish->settings);
    arena_fini(&wish->arena);
}
