/* SPDX-License-Identifier: MIT */
/* What handlers of API calls use: parameters, bodies, refusals, cursors (api.h). */
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"
#include "queue/queue.h"

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded, in place; returns the length, for there may be a NUL in it. */
static size_t
decode(char *text)
{
    char *begin = text, *out = text;

    for (; *text; text++) {
        if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
            *out++ = (char)(hex(text[1]) << 4 | hex(text[2]));
            text += 2;
        } else {
            *out++ = *text == '+' ? ' ' : *text;
        }
    }
    *out = '\0';
    return (size_t)(out - begin);
}

bool
api_query_is_text(struct api_call *call)
{
    char *text = call->query.len ? arena_strndup(&call->arena, call->query.p, call->query.len) : NULL;
    size_t len = text ? decode(text) : 0;

    return !len || (strlen(text) == len && str_is_utf8((struct str){ text, len }));
}

const char *
api_query(struct api_call *call, const char *name)
{
    size_t name_len = strlen(name);
    const char *at = call->query.p, *end = at + call->query.len;

    while (at && at < end) {
        const char *amp = memchr(at, '&', (size_t)(end - at));
        size_t len = (size_t)((amp ? amp : end) - at);

        if (len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0) {
            char *value = arena_strndup(&call->arena, at + name_len + 1, len - name_len - 1);

            decode(value);
            return value;
        }
        at = amp ? amp + 1 : end;
    }
    return NULL;
}

bool
api_body(struct api_call *call, struct json *root, struct err *err)
{
    if (!json_parse(&call->arena, call->body, root, err))
        return err_prefix(err, "The body must be JSON");
    return json_type(*root) == JSON_OBJECT || err_set(err, "The body must be a JSON object.");
}

bool
api_refuse(struct api_call *call, unsigned status, struct err *err, const char *fmt, ...)
{
    va_list args;

    call->status = status;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return false;
}

bool
api_go_on(struct api_call *call, enum api_place place, api_step *next)
{
    call->place = place;
    call->next = next;
    return true;
}

bool
api_fail(struct api_call *call)
{
    call->status = 500;
    return false;
}

bool
api_own_org(struct api_call *call, const char *slug, struct err *err)
{
    return (slug && strcmp(slug, call->who.organization) == 0) ||
           api_refuse(call, 404, err, "There is no such organization.");
}

static bool
has_functions(const struct api_call *call)
{
    return strcmp(call->who.organization_id, queue_settings.organization_id) == 0;
}

bool
api_may_functions(const struct api_call *call, enum permission permission)
{
    return has_functions(call) && role_may(role_parse(call->who.role), permission);
}

bool
api_own_functions(struct api_call *call, enum permission permission, struct err *err)
{
    if (!has_functions(call))
        return api_refuse(call, 403, err, "The functions of this server belong to another organization.");
    return api_may_functions(call, permission) ||
           api_refuse(call, 403, err,
                      role_may(ROLE_DEVELOPER, permission) ? "Only administrators and developers may do this."
                                                           : "Only administrators may do this.");
}

/* "<created_at>.<id>" */
bool
api_cursor(struct api_call *call, int64_t *at, const char **id, struct err *err)
{
    const char *cursor = api_query(call, "before");
    char *end;

    if (!cursor)
        return true;
    *at = strtoll(cursor, &end, 10);
    *id = end + 1;
    return (*end == '.' && *at > 0) || api_refuse(call, 400, err, "The cursor in 'before' is not one of ours.");
}

const char *
api_cursor_text(struct api_call *call, int64_t at, const char *id)
{
    return arena_printf(&call->arena, "%lld.%s", (long long)at, id);
}
