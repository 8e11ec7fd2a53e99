/* SPDX-License-Identifier: MIT */
/* JSON texts as trees of nodes (yaml.h): json/read.h knows the grammar, this one the lines. */
#include "function/yaml.h"

#include <stdio.h>

#include "json/read.h"

struct reader {
    struct forest *forest;
    const struct source *source;
    const char *seen; /* nodes come in the order of the text: lines are counted once */
    struct place at;
};

static struct place
place_of(struct reader *reader, const char *p)
{
    place_advance(&reader->at, reader->seen, p);
    reader->seen = p > reader->seen ? p : reader->seen;
    return reader->at;
}

static struct node *
refuse(struct reader *reader, struct place at, const char *what)
{
    service_error(reader->forest->problems, at, "%s", what);
    return NULL;
}

static bool
has_nul(struct str text)
{
    return text.len && memchr(text.p, '\0', text.len);
}

static struct node *read_value(struct reader *reader, struct json json, size_t depth);

static struct node *
read_scalar(struct reader *reader, struct json json, struct place at)
{
    struct node *node;
    struct str text;

    if (json_type(json) == JSON_STRING) {
        text = json_str(reader->forest->arena, json);
        return has_nul(text) ? refuse(reader, at, "a text with a NUL character inside")
                             : node_new_text(reader->forest, at, text);
    }
    node = node_new(reader->forest, NODE_NULL, at);
    if (json_type(json) == JSON_BOOL) {
        node->type = NODE_BOOL;
        node->boolean = json_bool(json, false);
    } else if (json_type(json) == JSON_NUMBER) {
        node->type = NODE_INT;
        node->integer = json_int(json, INT64_MIN);
        if (node->integer == INT64_MIN) {
            node->type = NODE_FLOAT;
            node->real = json_double(json, 0);
        }
    }
    return node;
}

static struct node *
read_map(struct reader *reader, struct json json, struct place at, size_t depth)
{
    struct node *map = node_new(reader->forest, NODE_MAP, at);

    for (struct json member = json_first(json); json_type(member) != JSON_MISSING; member = json_next(member)) {
        struct str key = json_key(reader->forest->arena, member);
        struct node *value = read_value(reader, member, depth + 1);

        if (!value)
            return NULL;
        if (has_nul(key) || map->count >= NODE_MAX_ENTRIES)
            return refuse(reader, value->at, has_nul(key) ? "a key with a NUL character inside" : "too many keys");
        value->key = (struct str){ arena_strndup(reader->forest->arena, key.p, key.len), key.len };
        if (node_get(map, key))
            service_error(reader->forest->problems, value->at, "the key \"%.80s\" is here twice", value->key.p);
        else
            node_add(map, value);
    }
    return map;
}

static struct node *
read_value(struct reader *reader, struct json json, size_t depth)
{
    struct place at = place_of(reader, json_raw(json).p);
    struct node *list, *child;

    if (depth > NODE_MAX_DEPTH)
        return refuse(reader, at, "nested too deeply");
    if (reader->forest->is_full)
        return NULL;
    if (json_type(json) == JSON_OBJECT)
        return read_map(reader, json, at, depth);
    if (json_type(json) != JSON_ARRAY)
        return read_scalar(reader, json, at);
    list = node_new(reader->forest, NODE_LIST, at);
    for (struct json item = json_first(json); json_type(item) != JSON_MISSING; item = json_next(item)) {
        child = read_value(reader, item, depth + 1);
        if (!child)
            return NULL;
        node_add(list, child);
    }
    return list;
}

/* The validator counts bytes. */
static struct place
place_of_fault(struct reader *reader, const char *sentence)
{
    size_t at;

    if (sscanf(sentence, "invalid JSON at byte %zu", &at) != 1 || at > reader->source->text.len)
        at = 0;
    return place_of(reader, reader->source->text.p + at);
}

struct node *
yaml_read_json(struct forest *forest, const struct source *source)
{
    struct reader reader = { forest, source, source->text.p, { source, 1, 1 } };
    struct json root;
    struct err err;

    if (source->text.len > YAML_MAX_BYTES)
        return refuse(&reader, (struct place){ source, 0, 0 }, "the file is too large");
    if (!json_parse(forest->arena, source->text, &root, &err))
        return refuse(&reader, place_of_fault(&reader, err.text), err.text);
    return read_value(&reader, root, 0);
}
