/* SPDX-License-Identifier: MIT */
/* Access logs (access_log.h). Names: "Variables for access logging" of API Gateway's documentation. */
#include "function/access_log.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "function/journal.h"
#include "json/read.h"
#include "json/write.h"

enum { MAX_LINE = 16 << 10, MAX_NAME = 128 };

const char *
access_log_format(const struct service *service, bool answers_as_v2)
{
    return answers_as_v2 ? service->http_api_log_format : service->rest_log_format;
}

void
access_log_name(const struct service *service, char name[ACCESS_LOG_NAME])
{
    snprintf(name, ACCESS_LOG_NAME, "%s-%s/access", service->name, service->stage);
}

struct line {
    const struct access_entry *entry;
    struct arena arena;
    struct buf text;
    int64_t now_ms;
};

static const char none[] = "-";

/* As the inside of a JSON string: formats are JSON more often than not, and a header must not begin a line. */
static void
put_str(struct line *line, struct str value)
{
    struct json_out out;
    struct buf quoted;

    buf_init(&quoted, MAX_LINE);
    json_out_init(&out, &quoted);
    json_put_str(&out, str_is_utf8(value) ? value : STR(""));
    if (value.len && quoted.len > 2 && !quoted.over)
        buf_put(&line->text, quoted.p + 1, quoted.len - 2);
    else
        buf_str(&line->text, none);
    buf_fini(&quoted);
}

static void
put_number(struct line *line, int64_t number)
{
    buf_printf(&line->text, "%lld", (long long)number);
}

/* ---- what a request says */

static void
put_id(struct line *line)
{
    put_str(line, str_of(line->entry->call ? line->entry->call->id : NULL));
}

static void
put_method(struct line *line)
{
    put_str(line, line->entry->request->method_name);
}

static void
put_path(struct line *line)
{
    const struct endpoint *endpoint = line->entry->endpoint;
    struct str path = line->entry->request->raw_path;
    size_t base_len = line->entry->call ? line->entry->call->event.base_len : 0;

    if (base_len <= path.len)
        path = (struct str){ path.p + base_len, path.len - base_len };
    if (!endpoint->answers_as_v2)
        buf_printf(&line->text, "/%s", endpoint->function->service->stage);
    put_str(line, path);
}

static void
put_resource(struct line *line)
{
    put_str(line, str_of(line->entry->endpoint->path));
}

static void
put_route_key(struct line *line)
{
    const struct service_endpoint *declared = line->entry->endpoint->declared;

    put_str(line, str_of(declared ? declared->route_key : "$default"));
}

static void
put_protocol(struct line *line)
{
    put_str(line, http_request_protocol(line->entry->request));
}

static struct str
domain_of(const struct line *line)
{
    struct str host = line->entry->request->host;
    const char *colon = host.len ? memrchr(host.p, ':', host.len) : NULL;

    return colon ? (struct str){ host.p, (size_t)(colon - host.p) } : host;
}

static void
put_domain(struct line *line)
{
    put_str(line, domain_of(line));
}

static void
put_domain_prefix(struct line *line)
{
    struct str host = domain_of(line);
    const char *dot = host.len ? memchr(host.p, '.', host.len) : NULL;

    put_str(line, dot ? (struct str){ host.p, (size_t)(dot - host.p) } : host);
}

static void
put_address(struct line *line)
{
    put_str(line, str_of(http_request_peer(line->entry->request)->address));
}

static void
put_agent(struct line *line)
{
    put_str(line, http_header(line->entry->request, "user-agent"));
}

static void
put_time(struct line *line)
{
    time_t seconds = (time_t)(line->now_ms / 1000);
    char text[64];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%d/%b/%Y:%H:%M:%S +0000", &tm);
    buf_str(&line->text, text);
}

static void
put_epoch(struct line *line)
{
    put_number(line, line->now_ms);
}

/* ---- where it was for, who asked */

static void
put_stage(struct line *line)
{
    const struct endpoint *endpoint = line->entry->endpoint;

    put_str(line, str_of(endpoint->answers_as_v2 ? "$default" : endpoint->function->service->stage));
}

static void
put_api(struct line *line)
{
    put_str(line, str_of(line->entry->endpoint->function->service->name));
}

static void
put_account(struct line *line)
{
    buf_str(&line->text, "000000000000");
}

static void
put_key_id(struct line *line)
{
    put_str(line, line->entry->call ? line->entry->call->event.api_key_id : STR(""));
}

/* "authorizer.claims.sub": as it is in requestContext.authorizer; of httpApi without "lambda" and "jwt". */
static void
put_authorizer(struct line *line, const char *name)
{
    struct str text = line->entry->call ? line->entry->call->event.authorizer : STR("");
    struct json node;
    struct err err;
    char part[MAX_NAME];

    if (!text.len || !json_parse(&line->arena, text, &node, &err)) {
        buf_str(&line->text, none);
        return;
    }
    if (line->entry->endpoint->answers_as_v2)
        node = json_first(node);
    while (*name) {
        snprintf(part, sizeof part, "%.*s", (int)strcspn(name, "."), name);
        name += strcspn(name, ".");
        name += *name == '.';
        node = json_get(node, part);
    }
    put_str(line, json_type(node) == JSON_STRING ? json_str(&line->arena, node) : json_raw(node));
}

/* ---- what it got */

static void
put_status(struct line *line)
{
    put_number(line, line->entry->status);
}

static void
put_length(struct line *line)
{
    put_number(line, (int64_t)line->entry->body.len);
}

static void
put_latency(struct line *line)
{
    const struct function_call *call = line->entry->call;

    put_number(line, call ? (clock_mono_us() - call->came_us) / 1000 : 0);
}

/* Of the function, if it was asked at all. */
static void
put_function_latency(struct line *line)
{
    const struct function_call *call = line->entry->call;

    if (call && call->target)
        put_number(line, (clock_mono_us() - call->timing.began_us) / 1000);
    else
        buf_str(&line->text, none);
}

/* Of an answer of ours. */
static void
put_error(struct line *line)
{
    const struct function_call *call = line->entry->call;
    struct json root;
    struct err err;

    if (!call || !call->is_refused || !json_parse(&line->arena, line->entry->body, &root, &err)) {
        buf_str(&line->text, none);
        return;
    }
    if (json_type(json_get(root, "message")) == JSON_STRING)
        root = json_get(root, "message");
    else
        root = json_get(root, "Message");
    put_str(line, json_str(&line->arena, root));
}

static const struct {
    const char *name;
    void (*put)(struct line *line);
} variables[] = {
    { "accountId", put_account },
    { "apiId", put_api },
    { "domainName", put_domain },
    { "domainPrefix", put_domain_prefix },
    { "error.message", put_error },
    { "extendedRequestId", put_id },
    { "httpMethod", put_method },
    { "identity.apiKeyId", put_key_id },
    { "identity.sourceIp", put_address },
    { "identity.userAgent", put_agent },
    { "integration.latency", put_function_latency },
    { "integrationLatency", put_function_latency },
    { "path", put_path },
    { "protocol", put_protocol },
    { "requestId", put_id },
    { "requestTime", put_time },
    { "requestTimeEpoch", put_epoch },
    { "resourcePath", put_resource },
    { "responseLatency", put_latency },
    { "responseLength", put_length },
    { "routeKey", put_route_key },
    { "stage", put_stage },
    { "status", put_status },
};

static void
put_variable(struct line *line, struct str name)
{
    static const struct str authorizer = { "authorizer.", 11 };
    char text[MAX_NAME];

    snprintf(text, sizeof text, "%.*s", STR_ARG(name));
    if (str_starts(name, authorizer)) {
        put_authorizer(line, text + authorizer.len);
        return;
    }
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (strcmp(variables[i].name, text) == 0) {
            variables[i].put(line);
            return;
        }
    buf_str(&line->text, none);
}

/* The name behind "$context." : letters, digits and dots inside. */
static struct str
name_at(const char *at)
{
    size_t len = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");

    while (len && at[len - 1] == '.')
        len--;
    return (struct str){ at, len };
}

void
access_log_note(const struct access_entry *entry)
{
    static const char mark[] = "$context.";
    struct line line = { .entry = entry, .now_ms = clock_wall_ms() };
    const char *at = entry->endpoint->access.format, *next;

    arena_init(&line.arena, 0);
    buf_init(&line.text, MAX_LINE);
    while ((next = strstr(at, mark))) {
        struct str name = name_at(next + sizeof mark - 1);

        buf_put(&line.text, at, (size_t)(next - at));
        put_variable(&line, name);
        at = name.p + name.len;
    }
    buf_str(&line.text, at);
    if (!line.text.over)
        journal_note(entry->endpoint->access.log, buf_view(&line.text));
    buf_fini(&line.text);
    arena_fini(&line.arena);
}
