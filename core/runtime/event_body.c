/* SPDX-License-Identifier: MIT */
/* The body of an event: text as it is, everything else in base64 (functions.md 1.6). */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "runtime/base64.h"
#include "runtime/event_internal.h"

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

    if (!str_is_utf8(body) || memchr(body.p, '\0', body.len) ||
        is_binary_type(type, event_context(event, "binary_types")))
        return true;
    return event->kind == EVENT_V2 && (!is_text_type(type) || request_header(event->req, "content-encoding"));
}

void
event_put_body(struct event *event)
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
