/* SPDX-License-Identifier: MIT */
/* Does a body look as its schema says (schema.h)? Made from its text by schema.c. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/schema_internal.h"

enum { MAX_DEPTH = 512, TEXT_STEP = 64 /* bytes of a text that cost one step */ };

/* `steps` is what may still be done; below zero the answer is no, whatever `not` made of it on the way. */
struct check {
    struct arena arena;
    long steps;
    unsigned depth;
};

struct member {
    struct str name;
    struct json value;
};

static bool follow(struct check *check, const struct rule *rule, struct json node);

static bool
step(struct check *check, size_t count)
{
    check->steps -= (long)count;
    return check->steps >= 0;
}

static bool
is_in_range(const struct rule_range *range, size_t size)
{
    return (double)size >= range->least && (double)size <= range->most;
}

/* ---- objects ---- */

static int
by_name(const void *a, const void *b)
{
    return schema_compare_names(((const struct member *)a)->name, ((const struct member *)b)->name);
}

/* All of them, sorted by name. NULL: too much. */
static struct member *
members_of(struct check *check, struct json object)
{
    size_t count = json_count(object), i = 0;
    struct member *members = step(check, count) ? arena_alloc(&check->arena, (count + 1) * sizeof *members) : NULL;

    if (!members)
        return NULL;
    for (struct json value = json_first(object); i < count; value = json_next(value), i++) {
        members[i] = (struct member){ json_key(&check->arena, value), value };
        if (!step(check, members[i].name.len / TEXT_STEP))
            return NULL;
    }
    qsort(members, count, sizeof *members, by_name);
    return members;
}

static bool
has_member(const struct member *members, size_t count, struct str name)
{
    const struct member key = { .name = name };

    return bsearch(&key, members, count, sizeof *members, by_name) != NULL;
}

static bool
has_members(struct check *check, const struct member *members, size_t count, const struct rule_texts *names)
{
    if (!step(check, names->count))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (!has_member(members, count, names->items[i]))
            return false;
    return true;
}

static bool
matches(struct check *check, const regex_t *regex, struct str text)
{
    return step(check, 1 + text.len / TEXT_STEP) && pattern_matches(regex, text);
}

/* A member is checked by its name, by all patterns that its name matches, and by `others` when it is nobody's. */
static bool
follow_member(struct check *check, const struct rule *rule, const struct member *member)
{
    size_t least = 0, most = rule->property_count;
    bool is_known = false;

    while (least < most) {
        size_t middle = least + (most - least) / 2;
        int order = schema_compare_names(rule->properties[middle].name, member->name);

        if (order == 0) {
            is_known = true;
            if (!follow(check, rule->properties[middle].rule, member->value))
                return false;
            break;
        }
        least = order < 0 ? middle + 1 : least;
        most = order < 0 ? most : middle;
    }
    for (size_t i = 0; i < rule->pattern_count; i++) {
        if (!matches(check, rule->patterns[i].regex, member->name))
            continue;
        is_known = true;
        if (!follow(check, rule->patterns[i].rule, member->value))
            return false;
    }
    return is_known || !rule->others || follow(check, rule->others, member->value);
}

static bool
follow_object(struct check *check, const struct rule *rule, struct json object)
{
    size_t count = json_count(object);
    const struct member *members;

    if (!is_in_range(&rule->members, count))
        return false;
    if (!rule->property_count && !rule->pattern_count && !rule->others && !rule->required.count &&
        !rule->dependency_count)
        return true;
    members = members_of(check, object);
    if (!members || !has_members(check, members, count, &rule->required))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!follow_member(check, rule, &members[i]))
            return false;
    for (size_t i = 0; i < rule->dependency_count; i++) {
        const struct rule_dependency *dependency = &rule->dependencies[i];

        if (has_member(members, count, dependency->name) &&
            !(dependency->rule ? follow(check, dependency->rule, object)
                               : has_members(check, members, count, &dependency->texts)))
            return false;
    }
    return true;
}

/* ---- the same value ---- */

static bool is_equal(struct check *check, struct json a, struct json b);

static size_t
text_steps(struct json node)
{
    return json_type(node) == JSON_STRING ? json_raw(node).len / TEXT_STEP : 0;
}

static bool
are_items_equal(struct check *check, struct json a, struct json b)
{
    for (a = json_first(a), b = json_first(b); json_type(a) != JSON_MISSING; a = json_next(a), b = json_next(b))
        if (!is_equal(check, a, b))
            return false;
    return true;
}

static bool
are_members_equal(struct check *check, struct json a, struct json b)
{
    const struct member *left = members_of(check, a), *right = members_of(check, b);

    if (!left || !right)
        return false;
    for (size_t i = 0; i < json_count(a); i++)
        if (!str_eq(left[i].name, right[i].name) || !is_equal(check, left[i].value, right[i].value))
            return false;
    return true;
}

static bool
is_equal(struct check *check, struct json a, struct json b)
{
    enum json_type type = json_type(a);

    if (type != json_type(b) || json_count(a) != json_count(b) || !step(check, 1 + text_steps(a) + text_steps(b)))
        return false;
    switch (type) {
    case JSON_BOOL:
        return json_bool(a, false) == json_bool(b, false);
    case JSON_NUMBER: {
        double left = json_double(a, 0), right = json_double(b, 0);

        return left <= right && left >= right;
    }
    case JSON_STRING:
        return str_eq(json_str(&check->arena, a), json_str(&check->arena, b));
    case JSON_ARRAY:
        return are_items_equal(check, a, b);
    case JSON_OBJECT:
        return are_members_equal(check, a, b);
    case JSON_NULL:
    case JSON_MISSING:
    default:
        return true;
    }
}

static bool
is_among(struct check *check, struct json choices, struct json node)
{
    for (struct json choice = json_first(choices); json_type(choice) != JSON_MISSING; choice = json_next(choice))
        if (is_equal(check, choice, node))
            return true;
    return false;
}

/* ---- lists ---- */

static bool
are_unique(struct check *check, struct json list)
{
    for (struct json a = json_first(list); json_type(a) != JSON_MISSING; a = json_next(a))
        for (struct json b = json_next(a); json_type(b) != JSON_MISSING; b = json_next(b))
            if (!step(check, 1) || is_equal(check, a, b))
                return false;
    return true;
}

static bool
follow_list(struct check *check, const struct rule *rule, struct json list)
{
    size_t i = 0;

    if (!is_in_range(&rule->count, json_count(list)))
        return false;
    for (struct json node = json_first(list); json_type(node) != JSON_MISSING; node = json_next(node), i++) {
        const struct rule *item = rule->tuple.count ? rule->rest : rule->each;

        if (i < rule->tuple.count)
            item = rule->tuple.items[i];
        if (item && !follow(check, item, node))
            return false;
    }
    return !rule->has_unique_items || are_unique(check, list);
}

/* ---- texts and numbers ---- */

static bool
follow_text(struct check *check, const struct rule *rule, struct json node)
{
    struct str text = step(check, text_steps(node)) ? json_str(&check->arena, node) : STR("");
    size_t characters = 0;

    for (size_t i = 0; i < text.len; i++)
        characters += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    return is_in_range(&rule->length, characters) && (!rule->pattern || matches(check, rule->pattern, text));
}

/* 0.0075 is 75 times 0.0001, though doubles do not say so exactly. */
static bool
is_multiple(double value, double of)
{
    double times = value / of;

    return fabs(times - rint(times)) <= 1e-9 * fmax(1, fabs(times));
}

static bool
follow_number(const struct rule *rule, struct json node)
{
    double value = json_double(node, 0);

    return (rule->is_above_least ? value > rule->least : value >= rule->least) &&
           (rule->is_below_most ? value < rule->most : value <= rule->most) &&
           (rule->multiple_of <= 0 || is_multiple(value, rule->multiple_of));
}

static bool
is_of_type(unsigned types, struct json node)
{
    double value = json_double(node, 0);

    return !types || (types & 1u << json_type(node)) ||
           ((types & SCHEMA_INTEGER) && json_type(node) == JSON_NUMBER && rint(value) >= value && rint(value) <= value);
}

/* ---- one schema ---- */

static bool
follow_combined(struct check *check, const struct rule *rule, struct json node)
{
    size_t good = 0;

    for (size_t i = 0; i < rule->all_of.count; i++)
        if (!follow(check, rule->all_of.items[i], node))
            return false;
    for (size_t i = 0; i < rule->any_of.count && !good; i++)
        good = follow(check, rule->any_of.items[i], node);
    if (rule->any_of.count && !good)
        return false;
    good = 0;
    for (size_t i = 0; i < rule->one_of.count && good < 2; i++)
        good += follow(check, rule->one_of.items[i], node);
    if (rule->one_of.count && good != 1)
        return false;
    return !rule->not || !follow(check, rule->not, node);
}

static bool
follow_kind(struct check *check, const struct rule *rule, struct json node)
{
    switch (json_type(node)) {
    case JSON_NUMBER:
        return follow_number(rule, node);
    case JSON_STRING:
        return follow_text(check, rule, node);
    case JSON_ARRAY:
        return follow_list(check, rule, node);
    case JSON_OBJECT:
        return follow_object(check, rule, node);
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_MISSING:
    default:
        return true;
    }
}

static bool
follow(struct check *check, const struct rule *rule, struct json node)
{
    bool is_good;

    while (rule->reference && step(check, 1))
        rule = rule->reference;
    if (rule->is_never || !step(check, 1))
        return false;
    if (check->depth == MAX_DEPTH) { /* a schema that leads to itself without looking further into the body */
        check->steps = -1;
        return false;
    }
    check->depth++;
    is_good = is_of_type(rule->types, node) && follow_kind(check, rule, node) &&
              (json_type(rule->choices) == JSON_MISSING || is_among(check, rule->choices, node)) &&
              follow_combined(check, rule, node);
    check->depth--;
    return is_good;
}

bool
schema_accepts(const struct schema *schema, struct str body)
{
    struct check check = { .steps = SCHEMA_MAX_STEPS };
    struct json root;
    struct err err;
    bool is_good;

    arena_init(&check.arena, 0);
    is_good = json_parse(&check.arena, body, &root, &err) && follow(&check, schema->root, root) && check.steps >= 0;
    arena_fini(&check.arena);
    return is_good;
}
