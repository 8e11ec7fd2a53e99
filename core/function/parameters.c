/* SPDX-License-Identifier: MIT */
/* Parameters that a request must have (parameters.h). */
#include "function/parameters.h"

#include "http/hex.h"

enum { MAX_HEADER_NAME = 256 };

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

static bool
has_header(const struct http_request *request, const char *name)
{
    char lower[MAX_HEADER_NAME];
    size_t i = 0;

    for (; name[i] && i < sizeof lower - 1; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
    lower[i] = '\0';
    return !name[i] && http_header(request, lower).p;
}

void
parameters_missing(const struct service_endpoint *endpoint, const struct http_request *request, struct buf *names)
{
    struct arena arena;

    arena_init(&arena, 0);
    for (size_t i = 0; i < endpoint->parameter_count; i++) {
        const struct service_parameter *parameter = &endpoint->parameters[i];
        bool is_there = true;

        if (parameter->place == PARAMETER_QUERY)
            is_there = query_parameter(&arena, request->query, str_of(parameter->name)).p;
        else if (parameter->place == PARAMETER_HEADER)
            is_there = has_header(request, parameter->name);
        if (!is_there)
            buf_printf(names, "%s%s", names->len ? ", " : "", parameter->name);
    }
    arena_fini(&arena);
}
