/* SPDX-License-Identifier: MIT */
/* Trace ids of a call (trace.h). */
#include "function/trace.h"

#include <stdio.h>
#include <strings.h>

#include "base/mem.h"
#include "queue/dispatch.h"

enum { MAX_VALUE = 128 };

/* Of a durable call, kept in the layout of the frame: method, path, query, names and values; its id is apart. */
static struct str
kept_header(const struct queue_job *job, const char *name)
{
    const char *at = job->request.heads.p, *end = at + job->request.heads.len;

    if (strcmp(name, "x-call-id") == 0)
        return str_of(job->id);
    for (size_t i = 0; i < 3 && at < end; i++)
        at += strlen(at) + 1;
    for (size_t i = 0; i < job->request.header_count && at < end; i++) {
        const char *value = at + strlen(at) + 1;

        if (strcasecmp(at, name) == 0)
            return str_of(value);
        at = value + strlen(value) + 1;
    }
    return (struct str){ NULL, 0 };
}

/* A line of the log stays one, and its parts are told apart by tabs. */
static bool
is_plain(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.p[i] <= ' ' || value.p[i] == 0x7f)
            return false;
    return value.len > 0 && value.len <= MAX_VALUE;
}

const char *
trace_text(const struct function_call *call, char text[TRACE_TEXT])
{
    static const struct {
        const char *header, *label;
    } rows[] = { { "x-amzn-trace-id", "TraceId" }, { "traceparent", "Traceparent" }, { "x-call-id", "CallId" } };
    const struct http_request *request = call->http ? http_call_request(call->http) : NULL;
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(rows) && (request || call->job); i++) {
        struct str value = request ? http_header(request, rows[i].header) : kept_header(call->job, rows[i].header);

        if (is_plain(value) && !str_is(value, call->id))
            len += (size_t)snprintf(text + len, TRACE_TEXT - len, "\t%s: %.*s", rows[i].label, STR_ARG(value));
    }
    return text;
}
