/* SPDX-License-Identifier: MIT */
/* Choices among options (offered.h). A hostile answer may name many: options are looked up, not searched. */
#include "transaction/offered.h"

#include <ctype.h>
#include <string.h>

#include "base/map.h"
#include "json/peek.h"

/* What one select offers. */
struct offer {
    struct arena arena;
    struct map options; /* identity -> the offer itself */
    bool has_instants;
};

/* A date goes through the browser as an instant: it may come back in another spelling. */
static bool
is_instant(struct str text)
{
    return text.len >= sizeof "2024-01-02T03:04Z" - 1 && isdigit((unsigned char)text.p[0]) && text.p[4] == '-' &&
           text.p[10] == 'T';
}

/* Equal for what is the same by type and value: 1 and "1" are two options, 1 and 1.0 are one. */
static struct str
identity(struct arena *arena, struct json value)
{
    struct str text;
    char *quoted;

    if (json_type(value) == JSON_NUMBER)
        return str_of(arena_printf(arena, "%.17g", json_double(value, 0)));
    if (json_type(value) != JSON_STRING)
        return json_raw(value);
    text = json_str(arena, value);
    quoted = arena_alloc(arena, text.len + 1);
    quoted[0] = '"';
    memcpy(quoted + 1, text.p, text.len);
    return (struct str){ quoted, text.len + 1 };
}

static bool
offer_read(struct offer *offer, struct str options)
{
    struct json root;
    struct err err;

    arena_init(&offer->arena, 0);
    map_init(&offer->options);
    offer->has_instants = false;
    if (!json_parse(&offer->arena, options, &root, &err))
        return false;
    for (struct json option = json_first(root); json_type(option) != JSON_MISSING; option = json_next(option)) {
        struct json value = json_get(option, "value");

        map_set(&offer->options, identity(&offer->arena, value), offer);
        offer->has_instants = offer->has_instants || is_instant(json_str(&offer->arena, value));
    }
    return true;
}

static void
offer_fini(struct offer *offer)
{
    map_fini(&offer->options);
    arena_fini(&offer->arena);
}

static bool
has(struct offer *offer, struct json choice)
{
    struct json value = json_get(choice, "value");

    return map_find(&offer->options, identity(&offer->arena, value)) ||
           (offer->has_instants && is_instant(json_str(&offer->arena, value)));
}

static bool
has_all(struct offer *offer, struct json choices)
{
    for (struct json choice = json_first(choices); json_type(choice) != JSON_MISSING; choice = json_next(choice))
        if (!has(offer, choice))
            return false;
    return true;
}

/* Of another type than a choice, or skipped: the host knows what to say. */
static bool
is_chosen_from(struct str component, struct json value)
{
    struct str method = json_peek_text(json_peek(component, "methodName"));
    bool is_single = str_is(method, "SELECT_SINGLE") && json_type(value) == JSON_OBJECT;
    bool is_multiple = str_is(method, "SELECT_MULTIPLE") && json_type(value) == JSON_ARRAY;
    struct offer offer;
    bool is_ok;

    if (!is_single && !is_multiple)
        return true;
    is_ok = !offer_read(&offer, json_peek(json_peek(component, "props"), "options")) ||
            (is_single ? has(&offer, value) : has_all(&offer, value));
    offer_fini(&offer);
    return is_ok;
}

bool
answer_is_offered(struct str render, struct json values)
{
    struct str components = json_peek(render, "toRender"), component;
    struct json value = json_first(values);
    size_t at = 0;

    if (!memmem(render.p, render.len, "\"SELECT_", strlen("\"SELECT_")))
        return true;
    for (; json_peek_next(components, &at, &component) && json_type(value) != JSON_MISSING; value = json_next(value))
        if (!is_chosen_from(component, value))
            return false;
    return true;
}
