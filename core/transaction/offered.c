/* SPDX-License-Identifier: MIT */
/* Choices among options (offered.h). */
#include "transaction/offered.h"

#include <ctype.h>
#include <string.h>

#include "json/peek.h"

/* A date goes through the browser as an instant: it may come back in another spelling. */
static bool
is_instant(struct str text)
{
    return text.len >= sizeof "2024-01-02T03:04Z" - 1 && isdigit((unsigned char)text.p[0]) && text.p[4] == '-' &&
           text.p[10] == 'T';
}

/* By type and value: 1 and "1" are two options, 1 and 1.0 are one. */
static bool
is_same(struct arena *arena, struct str offered, struct json chosen)
{
    struct json root;
    struct err err;

    if (str_eq(offered, json_raw(chosen)))
        return true;
    if (!json_parse(arena, offered, &root, &err) || json_type(root) != json_type(chosen))
        return false;
    if (json_type(root) == JSON_NUMBER)
        return json_double(root, 0) == json_double(chosen, 1);
    if (json_type(root) == JSON_STRING) {
        struct str a = json_str(arena, root), b = json_str(arena, chosen);

        return str_eq(a, b) || (is_instant(a) && is_instant(b));
    }
    return false;
}

static bool
is_option(struct arena *arena, struct str options, struct json answer)
{
    struct json chosen = json_get(answer, "value");
    struct str option;
    size_t at = 0;

    while (json_peek_next(options, &at, &option))
        if (is_same(arena, json_peek(option, "value"), chosen))
            return true;
    return false;
}

static bool
are_options(struct arena *arena, struct str options, struct json answers)
{
    for (struct json answer = json_first(answers); json_type(answer) != JSON_MISSING; answer = json_next(answer))
        if (!is_option(arena, options, answer))
            return false;
    return true;
}

bool
answer_is_offered(struct arena *arena, struct str render, struct json values)
{
    struct str components = json_peek(render, "toRender"), component;
    struct json value = json_first(values);
    size_t at = 0;

    if (!memmem(render.p, render.len, "\"SELECT_", strlen("\"SELECT_")))
        return true;
    for (; json_peek_next(components, &at, &component) && json_type(value) != JSON_MISSING; value = json_next(value)) {
        struct str method = json_peek_text(json_peek(component, "methodName"));
        struct str options = json_peek(json_peek(component, "props"), "options");

        if (str_is(method, "SELECT_SINGLE") && json_type(value) == JSON_OBJECT && !is_option(arena, options, value))
            return false;
        if (str_is(method, "SELECT_MULTIPLE") && json_type(value) == JSON_ARRAY && !are_options(arena, options, value))
            return false;
    }
    return true;
}
