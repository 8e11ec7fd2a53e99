/* SPDX-License-Identifier: MIT */
/* JSON schemas, from their text to rules (schema.h). Following them is schema_check.c. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/schema_internal.h"
#include "http/hex.h"

enum { MAX_TEXT = 256 << 10, MAX_POINTER = 512, MAX_SHOWN = 60 };

/*
 * Schemas that were named and not read yet wait in a list: references jump about, and may lead back to where they are
 * said, so nothing here calls itself.
 */
struct pending {
    struct pending *next;
    struct json node;
    struct rule *rule;
};

struct compiler {
    struct schema *schema;
    struct arena *arena; /* the schema's */
    struct arena scratch;
    struct json root;
    struct rule **known; /* by token */
    struct pending *first;
};

static bool
mismatch(const char *keyword, const char *wanted, struct json value, struct err *err)
{
    struct str raw = json_raw(value);

    return err_set(err, "%s must be %s, not %.*s", keyword, wanted, (int)(raw.len < MAX_SHOWN ? raw.len : MAX_SHOWN),
                   raw.p);
}

static bool
rule_of(struct compiler *to, const char *keyword, struct json node, const struct rule **rule, struct err *err)
{
    struct rule *made;
    struct pending *pending;

    if (json_type(node) != JSON_OBJECT)
        return mismatch(keyword, "a schema", node, err);
    made = to->known[node.token];
    if (!made) {
        made = to->known[node.token] = arena_alloc(to->arena, sizeof *made);
        *made = (struct rule){ .least = -INFINITY,
                               .most = INFINITY,
                               .choices = { NULL, -1 },
                               .length.most = INFINITY,
                               .count.most = INFINITY,
                               .members.most = INFINITY };
        pending = arena_alloc(&to->scratch, sizeof *pending);
        *pending = (struct pending){ to->first, node, made };
        to->first = pending;
    }
    *rule = made;
    return true;
}

/* A schema, or true or false. */
static bool
rule_or_flag(struct compiler *to, const char *keyword, struct json node, const struct rule **rule, struct err *err)
{
    static const struct rule never = { .is_never = true };

    if (json_type(node) != JSON_BOOL)
        return rule_of(to, keyword, node, rule, err);
    *rule = json_bool(node, true) ? NULL : &never;
    return true;
}

static bool
rules_of(struct compiler *to, const char *keyword, struct json list, struct rules *rules, struct err *err)
{
    if (json_type(list) != JSON_ARRAY || !json_count(list))
        return mismatch(keyword, "a list of schemas", list, err);
    rules->items = arena_alloc(to->arena, json_count(list) * sizeof *rules->items);
    for (struct json node = json_first(list); json_type(node) != JSON_MISSING; node = json_next(node))
        if (!rule_of(to, keyword, node, &rules->items[rules->count++], err))
            return false;
    return true;
}

static bool
texts_of(struct compiler *to, const char *keyword, struct json list, struct rule_texts *texts, struct err *err)
{
    if (json_type(list) != JSON_ARRAY)
        return mismatch(keyword, "a list of names", list, err);
    texts->items = arena_alloc(to->arena, (json_count(list) + 1) * sizeof *texts->items);
    for (struct json node = json_first(list); json_type(node) != JSON_MISSING; node = json_next(node)) {
        if (json_type(node) != JSON_STRING)
            return mismatch(keyword, "a list of names", list, err);
        texts->items[texts->count++] = json_str(to->arena, node);
    }
    return true;
}

static bool
regex_of(struct compiler *to, const char *keyword, struct str text, const regex_t **regex, struct err *err)
{
    struct schema_regex *made = arena_alloc(to->arena, sizeof *made);
    struct err why;

    if (memchr(text.p, '\0', text.len))
        return err_set(err, "%s has a NUL in it", keyword);
    if (!pattern_compile(text.p, &made->regex, &why))
        return err_set(err, "%s \"%.*s\" cannot be used: %s", keyword, MAX_SHOWN, text.p, why.text);
    made->next = to->schema->regexes;
    to->schema->regexes = made;
    *regex = &made->regex;
    return true;
}

/* ---- references ---- */

/* One step of a JSON pointer (RFC 6901) in a fragment. false: it is too long. */
static bool
take_step(const char **at, char step[MAX_POINTER])
{
    size_t len = 0;

    for (; **at && **at != '/'; (*at)++) {
        char c = **at;

        if (len == MAX_POINTER - 1)
            return false;
        if (c == '%' && hex_value((*at)[1]) >= 0 && hex_value((*at)[2]) >= 0) {
            c = (char)(hex_value((*at)[1]) << 4 | hex_value((*at)[2]));
            *at += 2;
        }
        if (c == '~' && ((*at)[1] == '0' || (*at)[1] == '1')) {
            c = (*at)[1] == '0' ? '~' : '/';
            (*at)++;
        }
        step[len++] = c;
    }
    step[len] = '\0';
    return true;
}

static bool
take_reference(struct compiler *to, struct rule *rule, struct json value, struct err *err)
{
    const char *text = json_text(to->arena, value), *at;
    struct json node = to->root;
    char step[MAX_POINTER];

    if (!text)
        return mismatch("$ref", "a text", value, err);
    if (text[0] != '#' || (text[1] && text[1] != '/'))
        return mismatch("$ref", "a place in the same schema, such as #/definitions/item", value, err);
    for (at = text + 1; *at == '/';) {
        at++;
        if (!take_step(&at, step))
            return err_set(err, "$ref is longer than %d bytes", MAX_POINTER);
        node = json_type(node) == JSON_ARRAY ? json_at(node, strtoul(step, NULL, 10)) : json_get(node, step);
    }
    if (json_type(node) == JSON_MISSING)
        return err_set(err, "$ref leads to %.*s, which is not there", MAX_SHOWN, text);
    return rule_of(to, "what $ref leads to", node, &rule->reference, err);
}

/* ---- keywords that need more than a row ---- */

static bool
take_type(struct rule *rule, struct json value, struct err *err)
{
    static const struct {
        const char *name;
        unsigned types;
    } names[] = { { "null", 1 << JSON_NULL },    { "boolean", 1 << JSON_BOOL },  { "number", 1 << JSON_NUMBER },
                  { "integer", SCHEMA_INTEGER }, { "string", 1 << JSON_STRING }, { "array", 1 << JSON_ARRAY },
                  { "object", 1 << JSON_OBJECT } };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (json_is(value, names[i].name)) {
            rule->types |= names[i].types;
            return true;
        }
    return mismatch("type", "null, boolean, number, integer, string, array or object", value, err);
}

static bool
take_types(struct compiler *to, struct rule *rule, struct json value, struct err *err)
{
    (void)to;
    if (json_type(value) != JSON_ARRAY || !json_count(value))
        return take_type(rule, value, err);
    for (struct json node = json_first(value); json_type(node) != JSON_MISSING; node = json_next(node))
        if (!take_type(rule, node, err))
            return false;
    return true;
}

static bool
take_choices(struct compiler *to, struct rule *rule, struct json value, struct err *err)
{
    (void)to;
    rule->choices = value;
    return (json_type(value) == JSON_ARRAY && json_count(value)) || mismatch("enum", "a list of values", value, err);
}

static bool
take_multiple(struct compiler *to, struct rule *rule, struct json value, struct err *err)
{
    (void)to;
    rule->multiple_of = json_double(value, 0);
    return (rule->multiple_of > 0 && isfinite(rule->multiple_of)) ||
           mismatch("multipleOf", "a number above 0", value, err);
}

static int
by_name(const void *a, const void *b)
{
    return schema_compare_names(((const struct rule_member *)a)->name, ((const struct rule_member *)b)->name);
}

static bool
take_properties(struct compiler *to, struct rule *rule, struct json map, struct err *err)
{
    if (json_type(map) != JSON_OBJECT)
        return mismatch("properties", "a map of schemas", map, err);
    rule->properties = arena_alloc(to->arena, (json_count(map) + 1) * sizeof *rule->properties);
    for (struct json node = json_first(map); json_type(node) != JSON_MISSING; node = json_next(node)) {
        struct rule_member *member = &rule->properties[rule->property_count++];

        member->name = json_key(to->arena, node);
        if (!rule_of(to, "each of properties", node, &member->rule, err))
            return false;
    }
    qsort(rule->properties, rule->property_count, sizeof *rule->properties, by_name);
    return true;
}

static bool
take_patterns(struct compiler *to, struct rule *rule, struct json map, struct err *err)
{
    if (json_type(map) != JSON_OBJECT)
        return mismatch("patternProperties", "a map of schemas", map, err);
    rule->patterns = arena_alloc(to->arena, (json_count(map) + 1) * sizeof *rule->patterns);
    for (struct json node = json_first(map); json_type(node) != JSON_MISSING; node = json_next(node)) {
        struct rule_pattern *pattern = &rule->patterns[rule->pattern_count++];

        if (!regex_of(to, "patternProperties", json_key(to->arena, node), &pattern->regex, err) ||
            !rule_of(to, "each of patternProperties", node, &pattern->rule, err))
            return false;
    }
    return true;
}

static bool
take_dependencies(struct compiler *to, struct rule *rule, struct json map, struct err *err)
{
    if (json_type(map) != JSON_OBJECT)
        return mismatch("dependencies", "a map", map, err);
    rule->dependencies = arena_alloc(to->arena, (json_count(map) + 1) * sizeof *rule->dependencies);
    for (struct json node = json_first(map); json_type(node) != JSON_MISSING; node = json_next(node)) {
        struct rule_dependency *dependency = &rule->dependencies[rule->dependency_count++];

        dependency->name = json_key(to->arena, node);
        if (!(json_type(node) == JSON_ARRAY ? texts_of(to, "dependencies", node, &dependency->texts, err)
                                            : rule_of(to, "each of dependencies", node, &dependency->rule, err)))
            return false;
    }
    return true;
}

static bool
take_items(struct compiler *to, struct rule *rule, struct json value, struct err *err)
{
    return json_type(value) == JSON_ARRAY && json_count(value) ? rules_of(to, "items", value, &rule->tuple, err)
                                                               : rule_of(to, "items", value, &rule->each, err);
}

static bool
take_pattern(struct compiler *to, struct rule *rule, struct json value, struct err *err)
{
    struct str text = json_str(to->arena, value);

    return text.p ? regex_of(to, "pattern", text, &rule->pattern, err) : mismatch("pattern", "a text", value, err);
}

/* ---- all keywords ---- */

struct keyword {
    const char *name;
    enum { IS_FLAG, IS_NUMBER, IS_SIZE, IS_RULE, IS_RULE_OR_FLAG, IS_RULES, IS_TEXTS, IS_TAKEN } kind;
    size_t offset;                                                                            /* in struct rule */
    bool (*take)(struct compiler *to, struct rule *rule, struct json value, struct err *err); /* IS_TAKEN */
};

#define ROW(name, kind, member)                                                                                        \
    {                                                                                                                  \
        name, kind, offsetof(struct rule, member), NULL                                                                \
    }

/* Others mean nothing: annotations, `format`, words of later drafts. */
static const struct keyword keywords[] = {
    ROW("additionalItems", IS_RULE_OR_FLAG, rest),
    ROW("additionalProperties", IS_RULE_OR_FLAG, others),
    ROW("allOf", IS_RULES, all_of),
    ROW("anyOf", IS_RULES, any_of),
    { "dependencies", IS_TAKEN, 0, take_dependencies },
    { "enum", IS_TAKEN, 0, take_choices },
    ROW("exclusiveMaximum", IS_FLAG, is_below_most),
    ROW("exclusiveMinimum", IS_FLAG, is_above_least),
    { "items", IS_TAKEN, 0, take_items },
    ROW("maxItems", IS_SIZE, count.most),
    ROW("maxLength", IS_SIZE, length.most),
    ROW("maxProperties", IS_SIZE, members.most),
    ROW("maximum", IS_NUMBER, most),
    ROW("minItems", IS_SIZE, count.least),
    ROW("minLength", IS_SIZE, length.least),
    ROW("minProperties", IS_SIZE, members.least),
    ROW("minimum", IS_NUMBER, least),
    { "multipleOf", IS_TAKEN, 0, take_multiple },
    ROW("not", IS_RULE, not ),
    ROW("oneOf", IS_RULES, one_of),
    { "pattern", IS_TAKEN, 0, take_pattern },
    { "patternProperties", IS_TAKEN, 0, take_patterns },
    { "properties", IS_TAKEN, 0, take_properties },
    ROW("required", IS_TEXTS, required),
    { "type", IS_TAKEN, 0, take_types },
    ROW("uniqueItems", IS_FLAG, has_unique_items),
};

static bool
take_keyword(struct compiler *to, struct rule *rule, const struct keyword *keyword, struct json value, struct err *err)
{
    const char *name = keyword->name;
    void *into = (char *)rule + keyword->offset;

    switch (keyword->kind) {
    case IS_FLAG:
        *(bool *)into = json_bool(value, false);
        return json_type(value) == JSON_BOOL || mismatch(name, "true or false", value, err);
    case IS_NUMBER:
        *(double *)into = json_double(value, 0);
        return json_type(value) == JSON_NUMBER || mismatch(name, "a number", value, err);
    case IS_SIZE:
        *(double *)into = (double)json_int(value, -1);
        return *(double *)into >= 0 || mismatch(name, "a whole number from 0 on", value, err);
    case IS_RULE:
        return rule_of(to, name, value, into, err);
    case IS_RULE_OR_FLAG:
        return rule_or_flag(to, name, value, into, err);
    case IS_RULES:
        return rules_of(to, name, value, into, err);
    case IS_TEXTS:
        return texts_of(to, name, value, into, err);
    case IS_TAKEN:
    default:
        return keyword->take(to, rule, value, err);
    }
}

/* ---- all of it ---- */

static bool
fill(struct compiler *to, struct rule *rule, struct json node, struct err *err)
{
    struct json reference = json_get(node, "$ref");
    unsigned long seen = 0; /* by the row of keywords */

    if (json_type(reference) != JSON_MISSING)
        return take_reference(to, rule, reference, err);
    for (struct json value = json_first(node); json_type(value) != JSON_MISSING; value = json_next(value)) {
        struct str key = json_key(&to->scratch, value);

        for (size_t i = 0; i < COUNT_OF(keywords); i++) {
            if (!str_is(key, keywords[i].name))
                continue;
            if (seen & 1ul << i)
                return err_set(err, "%s is there twice", keywords[i].name);
            seen |= 1ul << i;
            if (!take_keyword(to, rule, &keywords[i], value, err))
                return false;
        }
    }
    return true;
}

static bool
fill_all(struct compiler *to, struct str text, struct err *err)
{
    if (!json_parse(to->arena, text, &to->root, err))
        return false;
    to->known = arena_alloc(&to->scratch, (text.len + 1) * sizeof(struct rule *)); /* no more tokens than bytes */
    if (!rule_of(to, "it", to->root, &to->schema->root, err))
        return false;
    while (to->first) {
        struct pending *pending = to->first;

        to->first = pending->next;
        if (!fill(to, pending->rule, pending->node, err))
            return false;
    }
    return true;
}

static bool
compile(struct schema *schema, struct str text, struct err *err)
{
    struct compiler to = { .schema = schema, .arena = &schema->arena };
    struct str copy = { arena_strndup(&schema->arena, text.p, text.len), text.len };
    bool is_good;

    arena_init(&to.scratch, 0);
    is_good = fill_all(&to, copy, err);
    arena_fini(&to.scratch);
    return is_good;
}

struct schema *
schema_new(struct str text, struct err *err)
{
    struct schema *schema;

    if (text.len > MAX_TEXT) {
        err_set(err, "it has more than %d KiB", MAX_TEXT >> 10);
        return NULL;
    }
    schema = mem_alloc(sizeof *schema);
    arena_init(&schema->arena, 0);
    if (compile(schema, text, err))
        return schema;
    schema_free(schema);
    return NULL;
}

void
schema_free(struct schema *schema)
{
    if (!schema)
        return;
    for (struct schema_regex *regex = schema->regexes; regex; regex = regex->next)
        regfree(&regex->regex);
    arena_fini(&schema->arena);
    free(schema);
}

int
schema_compare_names(struct str a, struct str b)
{
    int order = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}
