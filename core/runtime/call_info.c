/* SPDX-License-Identifier: MIT */
/* What a function may know of its call (event.h): the names of the Lambda context. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "runtime/event.h"

/* ---- traces */

/* n lower case hexadecimal digits at p. */
static bool
is_hex(const char *p, size_t n)
{
    return strspn(p, "0123456789abcdef") >= n;
}

/* W3C trace context: 00-TRACE-PARENT-FLAGS with 32, 16 and 2 digits; higher versions may go on behind. */
static bool
is_traceparent(const char *text)
{
    static const int lengths[] = { 2, 32, 16, 2 };

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (!is_hex(text, (size_t)lengths[i]))
            return false;
        text += lengths[i];
        if (i < 3 && *text++ != '-')
            return false;
    }
    return *text == '\0' || *text == '-';
}

static const char *
trace_id(il_request *req)
{
    const char *sent = request_header(req, "x-amzn-trace-id"), *parent = request_header(req, "traceparent");
    struct uuid id;
    char random[25];

    if (sent && *sent)
        return sent;
    if (parent && is_traceparent(parent))
        return arena_printf(&req->arena, "Root=1-%.8s-%.24s;Parent=%.16s;Sampled=%c", parent + 3, parent + 11,
                            parent + 36, parent[54] == '1' || parent[54] == '3' ? '1' : '0');
    id = uuid_v4();
    for (size_t i = 0; i < 12; i++)
        snprintf(random + 2 * i, 3, "%02x", id.bytes[i]);
    return arena_printf(&req->arena, "Root=1-%08x-%s", (unsigned)(req->time_ms / 1000), random);
}

const char *
call_traceparent(il_request *req)
{
    const char *sent = request_header(req, "x-amzn-trace-id"), *root = sent ? strstr(sent, "Root=1-") : NULL;
    const char *parent = root ? strstr(sent, "Parent=") : NULL;

    if (request_header(req, "traceparent") || !parent)
        return NULL;
    root += strlen("Root=1-");
    parent += strlen("Parent=");
    if (!is_hex(root, 8) || root[8] != '-' || !is_hex(root + 9, 24) || !is_hex(parent, 16))
        return NULL;
    return arena_printf(&req->arena, "00-%.8s%.24s-%.16s-0%c", root, root + 9, parent,
                        strstr(sent, "Sampled=1") ? '1' : '0');
}

/* ---- the struct */

static char log_stream[64];

static void
name_log_stream(void)
{
    struct uuid id = uuid_v4();
    time_t now = time(NULL);
    struct tm tm;
    int len;

    gmtime_r(&now, &tm);
    len = snprintf(log_stream, sizeof log_stream, "%04d/%02d/%02d/[$LATEST]", tm.tm_year + 1900, tm.tm_mon + 1,
                   tm.tm_mday);
    for (size_t i = 0; i < sizeof id.bytes; i++)
        len += snprintf(log_stream + len, sizeof log_stream - (size_t)len, "%02x", id.bytes[i]);
}

/* A text of the context, or what stands for one that was not told. */
static const char *
told(const il_request *req, const char *key, const char *otherwise)
{
    const char *value = request_context(req, key);

    return value ? value : otherwise;
}

static uint32_t
told_number(const il_request *req, const char *key, uint32_t otherwise)
{
    const char *value = request_context(req, key);

    return value ? (uint32_t)strtoul(value, NULL, 10) : otherwise;
}

/* The request's memory is at its end: the text is empty rather than missing. */
static const char *
or_empty(const char *text)
{
    return text ? text : "";
}

const il_call_info *
call_info(il_request *req)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    il_call_info *info = &req->info;

    if (info->size)
        return info;
    pthread_once(&once, name_log_stream);
    *info = (il_call_info){ .size = sizeof *info,
                            .attempt = told_number(req, "attempt", 1),
                            .max_attempts = told_number(req, "max_attempts", 1),
                            .memory_limit_mb = told_number(req, "memory_mb", 0),
                            .deadline_ms = req->deadline_ms,
                            .aws_request_id = told(req, "request_id", ""),
                            .function_name = told(req, "function_name", ""),
                            .function_version = told(req, "function_version", "$LATEST"),
                            .log_stream_name = log_stream,
                            .client_context = request_context(req, "client_context"),
                            .trace_id = or_empty(trace_id(req)),
                            .stage = told(req, "stage", "$default") };
    info->call_id = told(req, "call_id", info->aws_request_id);
    info->invoked_function_arn =
        or_empty(arena_printf(&req->arena, "arn:aws:lambda:%s:%s:function:%s", told(req, "region", "local"),
                              told(req, "account", "000000000000"), info->function_name));
    info->log_group_name = or_empty(arena_printf(&req->arena, "/aws/lambda/%s", info->function_name));
    return info;
}

int64_t
call_remaining_ms(il_request *req)
{
    int64_t left = req->deadline_ms - clock_wall_ms();

    return !req->deadline_ms ? INT64_MAX : left > 0 ? left : 0;
}

bool
call_is_canceled(il_request *req)
{
    return atomic_load_explicit(&req->is_canceled, memory_order_relaxed);
}
