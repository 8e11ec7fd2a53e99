/* SPDX-License-Identifier: MIT */
/*
 * Patterns of events (filter.h). A pattern is an object like the message, whose leaves are lists of what is accepted:
 * a value, {"prefix"}, {"suffix"}, {"equals-ignore-case"}, {"anything-but"}, {"numeric": ["<", 5, …]}, {"exists"}.
 */
#include "queue/filter.h"

#include <strings.h>

#include "base/arena.h"
#include "json/read.h"

static bool
are_equal(struct arena *arena, struct json a, struct json b)
{
    if (json_type(a) != json_type(b))
        return false;
    if (json_type(a) == JSON_STRING)
        return str_eq(json_str(arena, a), json_str(arena, b));
    if (json_type(a) == JSON_NUMBER)
        return json_double(a, 0) == json_double(b, 1);
    return str_eq(json_raw(a), json_raw(b));
}

static bool
compare(struct json rule, double left, double right)
{
    return json_is(rule, "=")    ? left == right
           : json_is(rule, "<")  ? left < right
           : json_is(rule, "<=") ? left <= right
           : json_is(rule, ">")  ? left > right
           : json_is(rule, ">=") ? left >= right
                                 : false;
}

/* ["<", 5], [">=", 0, "<", 10] */
static bool
is_numeric(struct json rules, struct json value)
{
    struct json rule = json_first(rules);

    if (json_type(value) != JSON_NUMBER || json_type(rule) == JSON_MISSING)
        return false;
    for (; json_type(rule) != JSON_MISSING; rule = json_next(json_next(rule)))
        if (!compare(rule, json_double(value, 0), json_double(json_next(rule), 0)))
            return false;
    return true;
}

static bool
is_one_of(struct arena *arena, struct json list, struct json value)
{
    if (json_type(list) != JSON_ARRAY)
        return are_equal(arena, list, value);
    for (struct json item = json_first(list); json_type(item) != JSON_MISSING; item = json_next(item))
        if (are_equal(arena, item, value))
            return true;
    return false;
}

static bool
begins_with(struct arena *arena, struct json prefix, struct json value)
{
    return json_type(prefix) == JSON_STRING && json_type(value) == JSON_STRING &&
           str_starts(json_str(arena, value), json_str(arena, prefix));
}

static bool
is_anything_but(struct arena *arena, struct json rule, struct json value)
{
    struct json prefix = json_get(rule, "prefix");

    if (json_type(value) == JSON_MISSING)
        return false;
    return json_type(prefix) == JSON_MISSING ? !is_one_of(arena, rule, value) : !begins_with(arena, prefix, value);
}

static bool
obeys(struct arena *arena, struct json rule, struct json value)
{
    struct json content = json_first(rule);
    struct str name = json_key(arena, content), text = json_str(arena, value), wanted = json_str(arena, content);

    if (str_is(name, "exists"))
        return json_bool(content, true) == (json_type(value) != JSON_MISSING);
    if (str_is(name, "prefix"))
        return begins_with(arena, content, value);
    if (str_is(name, "suffix"))
        return text.p && wanted.p && str_ends(text, wanted);
    if (str_is(name, "equals-ignore-case"))
        return text.p && wanted.p && text.len == wanted.len && strncasecmp(text.p, wanted.p, text.len) == 0;
    if (str_is(name, "numeric"))
        return is_numeric(content, value);
    return str_is(name, "anything-but") && is_anything_but(arena, content, value);
}

/* One value of the message against the list of what is accepted. */
static bool
is_accepted(struct arena *arena, struct json list, struct json value)
{
    for (struct json item = json_first(list); json_type(item) != JSON_MISSING; item = json_next(item))
        if (json_type(item) == JSON_OBJECT ? obeys(arena, item, value)
                                           : json_type(value) != JSON_MISSING && are_equal(arena, item, value))
            return true;
    return false;
}

/* A list in the message matches if one of its elements does. */
static bool
leaf_matches(struct arena *arena, struct json list, struct json value)
{
    if (json_type(value) != JSON_ARRAY)
        return is_accepted(arena, list, value);
    for (struct json item = json_first(value); json_type(item) != JSON_MISSING; item = json_next(item))
        if (is_accepted(arena, list, item))
            return true;
    return false;
}

/* Depth is that of the pattern, which the JSON reader limits. */
static bool
matches(struct arena *arena, struct json pattern, struct json value)
{
    for (struct json rule = json_first(pattern); json_type(rule) != JSON_MISSING; rule = json_next(rule)) {
        struct json member = json_get(value, json_key(arena, rule).p);

        if (json_type(rule) == JSON_OBJECT ? !matches(arena, rule, member) : !leaf_matches(arena, rule, member))
            return false;
    }
    return true;
}

/* {"body": {…}} is about the JSON in it; {"body": […]} about the text itself, or the JSON if it is some. */
static bool
body_matches(struct arena *arena, struct json pattern, struct str body)
{
    struct json wanted = json_get(pattern, "body"), value;
    struct err err;

    if (json_type(wanted) == JSON_MISSING)
        return true;
    if (json_type(wanted) == JSON_ARRAY)
        for (struct json item = json_first(wanted); json_type(item) != JSON_MISSING; item = json_next(item))
            if (json_type(item) == JSON_STRING && str_eq(json_str(arena, item), body))
                return true;
    if (!json_parse(arena, body, &value, &err))
        return false;
    return json_type(wanted) == JSON_OBJECT ? json_type(value) == JSON_OBJECT && matches(arena, wanted, value)
                                            : leaf_matches(arena, wanted, value);
}

bool
filter_matches(const char *patterns, struct str body)
{
    struct json list, pattern;
    struct arena arena;
    bool is_wanted;
    struct err err;

    if (!patterns)
        return true;
    arena_init(&arena, 0);
    is_wanted = !json_parse(&arena, str_of(patterns), &list, &err) || json_count(list) == 0;
    for (pattern = json_first(list); !is_wanted && json_type(pattern) != JSON_MISSING; pattern = json_next(pattern))
        is_wanted = body_matches(&arena, pattern, body);
    arena_fini(&arena);
    return is_wanted;
}
