/* SPDX-License-Identifier: MIT */
/* Parameters that a request must have (parameters.h). */
#include "function/parameters.h"

#include <strings.h>

#include "http/hex.h"

enum { MAX_VALUES = 64 << 10 };

/* Decoded into `out`, which has room for all of it; returns the length. */
static size_t
decode(struct str text, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;

        if (text.p[i] == '%' && i + 2 < text.len) {
            high = hex_value(text.p[i + 1]);
            low = hex_value(text.p[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            out[len++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[len++] = text.p[i] == '+' ? ' ' : text.p[i];
        }
    }
    return len;
}

static struct str
decoded(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len + 1);

    return out ? (struct str){ out, decode(text, out) } : (struct str){ NULL, 0 };
}

bool
query_next(struct arena *arena, struct str *rest, struct str *name, struct str *value)
{
    const char *amp, *equals;
    struct str pair;

    while (rest->len && rest->p[0] == '&')
        *rest = (struct str){ rest->p + 1, rest->len - 1 };
    if (!rest->len)
        return false;
    amp = memchr(rest->p, '&', rest->len);
    pair = (struct str){ rest->p, amp ? (size_t)(amp - rest->p) : rest->len };
    equals = memchr(pair.p, '=', pair.len);
    *name = decoded(arena, (struct str){ pair.p, equals ? (size_t)(equals - pair.p) : pair.len });
    *value = equals ? decoded(arena, (struct str){ equals + 1, (size_t)(pair.p + pair.len - equals - 1) }) : STR("");
    *rest = (struct str){ pair.p + pair.len, rest->len - pair.len };
    return true;
}

struct str
query_parameter(struct arena *arena, struct str query, struct str name)
{
    struct str key, value;

    while (query_next(arena, &query, &key, &value))
        if (str_eq(key, name))
            return value;
    return (struct str){ NULL, 0 };
}

/* Values of one name while they are put together. */
struct values {
    struct buf text;
    bool is_there;
};

static void
values_add(struct values *values, struct str value)
{
    if (values->is_there)
        buf_char(&values->text, ',');
    buf_put(&values->text, value.p, value.len);
    values->is_there = true;
}

static struct str
values_take(struct values *values, struct arena *arena)
{
    struct str all = { NULL, 0 };

    if (values->is_there && !values->text.over)
        all = (struct str){ arena_strndup(arena, buf_text(&values->text), values->text.len), values->text.len };
    buf_fini(&values->text);
    return all;
}

struct str
query_values(struct arena *arena, struct str query, struct str name)
{
    struct values values = { .is_there = false };
    struct str key, value;

    buf_init(&values.text, MAX_VALUES);
    while (query_next(arena, &query, &key, &value))
        if (str_eq(key, name))
            values_add(&values, value);
    return values_take(&values, arena);
}

struct str
header_values(struct arena *arena, const struct http_request *request, struct str name)
{
    struct values values = { .is_there = false };
    struct str key, value;

    buf_init(&values.text, MAX_VALUES);
    for (size_t i = 0; i < http_header_count(request); i++) {
        http_header_at(request, i, &key, &value);
        if (key.len == name.len && strncasecmp(key.p, name.p, name.len) == 0)
            values_add(&values, value);
    }
    return values_take(&values, arena);
}

void
parameters_missing(const struct service_endpoint *endpoint, const struct http_request *request, struct buf *names)
{
    struct arena arena;

    arena_init(&arena, 0);
    for (size_t i = 0; i < endpoint->parameter_count; i++) {
        const struct service_parameter *parameter = &endpoint->parameters[i];
        struct str name = str_of(parameter->name);
        bool is_missing = false;

        if (parameter->place == PARAMETER_QUERY)
            is_missing = !query_values(&arena, request->query, name).len; /* blank is missing, as API Gateway has it */
        else if (parameter->place == PARAMETER_HEADER)
            is_missing = !header_values(&arena, request, name).len;
        if (is_missing)
            buf_printf(names, "%s%s", names->len ? ", " : "", parameter->name);
    }
    arena_fini(&arena);
}
