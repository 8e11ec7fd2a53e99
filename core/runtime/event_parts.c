/* SPDX-License-Identifier: MIT */
/* Headers, cookies, query and path parameters of an event (event_internal.h). */
#include <string.h>
#include <strings.h>

#include "runtime/event_internal.h"

enum { MADE_HEADERS = 6 };

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
    const char *given = request_header(req, "x-forwarded-for"), *ip = event_context(event, "source_ip");

    if (req->body.len && !request_header(req, "content-length"))
        add_header(event, "Content-Length", arena_printf(&req->arena, "%zu", req->body.len));
    add_header(event, "X-Forwarded-For", given ? arena_printf(&req->arena, "%s, %s", given, ip) : ip);
    add_header(event, "X-Forwarded-Port", event_context(event, "port"));
    add_header(event, "X-Forwarded-Proto", event_context(event, "scheme"));
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
void
event_put_cookies(struct event *event)
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

bool
event_gather(struct event *event)
{
    return gather_headers(event) && gather_query(event);
}

/* ---- names with values */

void
event_put_last(struct json_out *out, const struct fields *fields)
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

void
event_put_lists(struct json_out *out, const struct fields *fields)
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

void
event_put_joined(struct json_out *out, const struct fields *fields)
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

void
event_put_params(struct event *event)
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
