/* SPDX-License-Identifier: MIT */
/* Rich JSON: places, annotations, scalars (rich.h). Links, images and menus are in shared.c. */
#include "runtime/rich.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/validate.h"
#include "runtime/calendar.h"

enum { MAX_META = 16 << 20, MAX_PATH = 64 << 10 };

/* Beyond it a double, and so a JavaScript number, is not exact. */
static const int64_t exact_limit = (int64_t)1 << 53;

void
rich_init(struct rich *rich, struct buf *text)
{
    *rich = (struct rich){ 0 };
    json_out_init(&rich->out, text);
    buf_init(&rich->meta, MAX_META);
    buf_init(&rich->path, MAX_PATH);
}

void
rich_fini(struct rich *rich)
{
    buf_fini(&rich->meta);
    buf_fini(&rich->path);
}

void
rich_refuse(struct rich *rich, const char *fmt, ...)
{
    va_list args;

    if (rich->err.text[0])
        return;
    va_start(args, fmt);
    vsnprintf(rich->err.text, sizeof rich->err.text, fmt, args);
    va_end(args);
}

struct str
rich_meta(struct rich *rich)
{
    if (!rich->meta.len)
        return (struct str){ NULL, 0 };
    buf_str(&rich->meta, rich->is_root ? "}" : "}}");
    if (rich->meta.over || rich->path.over)
        rich_refuse(rich, "too many dates, missing values or special numbers in one message");
    return buf_view(&rich->meta);
}

size_t
rich_enter(struct rich *rich, const char *key)
{
    size_t mark = rich->path.len;

    json_name(&rich->out, key);
    if (mark)
        buf_char(&rich->path, '.');
    for (const char *p = key; *p; p++) {
        if (*p == '.')
            buf_char(&rich->path, '\\');
        buf_char(&rich->path, *p);
    }
    return mark;
}

size_t
rich_enter_index(struct rich *rich, size_t index)
{
    size_t mark = rich->path.len;

    buf_printf(&rich->path, mark ? ".%zu" : "%zu", index);
    return mark;
}

void
rich_leave(struct rich *rich, size_t mark)
{
    rich->path.len = mark;
}

void
rich_annotate(struct rich *rich, const char *type)
{
    struct json_out key;

    if (!rich->path.len) {
        rich->is_root = true;
        buf_printf(&rich->meta, "{\"values\":[\"%s\"]", type);
        return;
    }
    buf_str(&rich->meta, rich->meta.len ? "," : "{\"values\":{");
    json_out_init(&key, &rich->meta);
    json_put_str(&key, buf_view(&rich->path));
    buf_printf(&rich->meta, ":[\"%s\"]", type);
}

void
rich_number(struct rich *rich, double value)
{
    if (isfinite(value) && !(value == 0 && signbit(value))) {
        json_put_double(&rich->out, value);
        return;
    }
    json_put_text(&rich->out, isnan(value) ? "NaN" : value == 0 ? "-0" : value > 0 ? "Infinity" : "-Infinity");
    rich_annotate(rich, "number");
}

static void
put_int(struct rich *rich, int64_t value)
{
    char digits[24];

    if (value <= exact_limit && value >= -exact_limit) {
        json_put_int(&rich->out, value);
        return;
    }
    snprintf(digits, sizeof digits, "%" PRId64, value);
    json_put_text(&rich->out, digits);
    rich_annotate(rich, "bigint");
}

static void
put_time(struct rich *rich, int64_t ms)
{
    char text[CALENDAR_TEXT_MAX];

    if (!calendar_iso(ms, text)) {
        rich_refuse(rich, "IL_T(%" PRId64 "): not an instant, milliseconds since 1970 are expected", ms);
        json_put_null(&rich->out);
        return;
    }
    json_put_text(&rich->out, text);
    rich_annotate(rich, "Date");
}

static void
put_json(struct rich *rich, const char *text)
{
    struct err err = { "" };

    if (text && json_validate(str_of(text), 0, NULL, &err)) {
        json_put_raw(&rich->out, str_of(text));
        return;
    }
    if (text)
        rich_refuse(rich, "malformed JSON: %s", err.text);
    json_put_null(&rich->out);
}

static const char *
color_name(struct rich *rich, il_color color)
{
    static const char *const names[] = { NULL, "red", "orange", "yellow", "green", "blue", "purple", "pink", "gray" };

    if ((unsigned)color < sizeof names / sizeof names[0])
        return names[color];
    rich_refuse(rich, "unknown colour %d", (int)color);
    return NULL;
}

static void
put_rich(struct rich *rich, const il_rich *cell)
{
    if (!cell || cell->label.type == IL_V_RICH || cell->value.type == IL_V_RICH) {
        rich_refuse(rich, "a cell made with IL_RICH cannot hold another one");
        json_put_null(&rich->out);
        return;
    }
    json_object(&rich->out);
    if (cell->label.type != IL_V_UNDEF)
        rich_pair(rich, "label", &cell->label);
    if (cell->value.type != IL_V_UNDEF)
        rich_pair(rich, "value", &cell->value);
    rich_link(rich, cell->route, cell->url, cell->params);
    rich_image(rich, &cell->image);
    rich_text(rich, "highlightColor", color_name(rich, cell->highlight));
    json_object_end(&rich->out);
}

void
rich_value(struct rich *rich, const il_value *value)
{
    switch (value->type) {
    case IL_V_UNDEF:
        json_put_null(&rich->out);
        rich_annotate(rich, "undefined");
        return;
    case IL_V_NULL:
        json_put_null(&rich->out);
        return;
    case IL_V_BOOL:
        json_put_bool(&rich->out, value->b);
        return;
    case IL_V_INT:
        put_int(rich, value->i);
        return;
    case IL_V_NUM:
        rich_number(rich, value->d);
        return;
    case IL_V_STR:
        json_put_text(&rich->out, value->s);
        return;
    case IL_V_TIME:
        put_time(rich, value->ms);
        return;
    case IL_V_JSON:
        put_json(rich, value->s);
        return;
    case IL_V_RICH:
        put_rich(rich, value->rich);
        return;
    }
    rich_refuse(rich, "unknown kind of value %d", (int)value->type);
    json_put_null(&rich->out);
}

void
rich_pair(struct rich *rich, const char *key, const il_value *value)
{
    size_t mark = rich_enter(rich, key);

    rich_value(rich, value);
    rich_leave(rich, mark);
}

void
rich_text(struct rich *rich, const char *key, const char *text)
{
    if (text)
        json_pair_text(&rich->out, key, text);
}

void
rich_fields(struct rich *rich, const il_kv *fields)
{
    json_object(&rich->out);
    for (; fields && fields->key; fields++)
        rich_pair(rich, fields->key, &fields->value);
    json_object_end(&rich->out);
}

/* The annotation's type name, or "". A type may be an array such as ["custom","time"], which reads as plain JSON. */
static const char *
annotation(struct arena *arena, struct json meta, const char *path)
{
    struct json values = json_get(meta, "values");
    const char *type;

    type = json_text(arena, json_at(*path ? json_get(values, path) : values, 0));
    return type ? type : "";
}

static il_value
read_text(struct arena *arena, struct json node, const char *type)
{
    const char *text = json_text(arena, node);
    int64_t ms;

    if (!text)
        return (il_value){ .type = IL_V_NULL };
    if (!strcmp(type, "Date") && calendar_parse_iso(str_of(text), &ms))
        return (il_value){ .type = IL_V_TIME, .ms = ms };
    if (!strcmp(type, "number"))
        return (il_value){ .type = IL_V_NUM,
                           .d = !strcmp(text, "Infinity")    ? INFINITY
                                : !strcmp(text, "-Infinity") ? -INFINITY
                                : !strcmp(text, "-0")        ? -0.0
                                                             : NAN };
    return (il_value){ .type = IL_V_STR, .s = text };
}

il_value
rich_read(struct arena *arena, struct json node, struct json meta, const char *path)
{
    const char *type = annotation(arena, meta, path);
    struct str raw;

    switch (json_type(node)) {
    case JSON_MISSING:
        return (il_value){ .type = IL_V_UNDEF };
    case JSON_NULL:
        return (il_value){ .type = strcmp(type, "undefined") ? IL_V_NULL : IL_V_UNDEF };
    case JSON_BOOL:
        return (il_value){ .type = IL_V_BOOL, .b = json_bool(node, false) };
    case JSON_NUMBER:
        if (json_int(node, INT64_MIN) != INT64_MIN)
            return (il_value){ .type = IL_V_INT, .i = json_int(node, 0) };
        return (il_value){ .type = IL_V_NUM, .d = json_double(node, 0) };
    case JSON_STRING:
        return read_text(arena, node, type);
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    raw = json_raw(node);
    return (il_value){ .type = IL_V_JSON, .s = arena_strndup(arena, raw.p, raw.len) };
}
