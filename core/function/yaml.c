/* SPDX-License-Identifier: MIT */
/* From libyaml's events to nodes (yaml.h). */
#include "function/yaml.h"

#include <stdlib.h>

#include <yaml.h>

#include "base/mem.h"

enum { MAX_ANCHORS = 256 };

struct reader {
    struct forest *forest;
    const struct source *source;
    yaml_parser_t parser;
    size_t anchor_count, depth;
    struct {
        struct str name;
        const struct node *node;
    } anchors[MAX_ANCHORS];
};

static struct place
place_of(const struct reader *reader, yaml_mark_t mark)
{
    return (struct place){ reader->source, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1 };
}

static struct str
text_of(const yaml_char_t *text)
{
    return str_of((const char *)text);
}

/* ---- tags ---- */

static const char *
standard_tag(struct str tag)
{
    return str_starts(tag, STR("tag:yaml.org,2002:")) ? tag.p + sizeof "tag:yaml.org,2002:" - 1 : NULL;
}

/* !!str, !!int and the like: may this node have that tag? */
static bool
apply_standard(struct reader *reader, const char *name, struct str raw, struct node *node)
{
    static const struct {
        const char *name;
        enum node_type type;
    } types[] = { { "str", NODE_TEXT },  { "int", NODE_INT },  { "float", NODE_FLOAT }, { "bool", NODE_BOOL },
                  { "null", NODE_NULL }, { "seq", NODE_LIST }, { "map", NODE_MAP } };

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (strcmp(types[i].name, name) != 0)
            continue;
        if (node_is_scalar(node) && types[i].type != NODE_TEXT)
            yaml_plain(raw, node);
        if (node->type == NODE_INT && types[i].type == NODE_FLOAT) {
            node->type = NODE_FLOAT;
            node->real = (double)node->integer;
        }
        if (node->type == types[i].type)
            return true;
        service_error(reader->forest->problems, node->at, "the tag !!%s does not fit %s", name, node_type_name(node));
        return false;
    }
    service_error(reader->forest->problems, node->at, "there is no tag !!%s here", name);
    return false;
}

/* The short forms of CloudFormation: !Ref x is {Ref: x}, !Sub x {Fn::Sub: x}, !GetAtt a.b {Fn::GetAtt: [a, b]}. */
static struct node *
apply_short(struct reader *reader, struct str tag, struct node *node)
{
    struct forest *forest = reader->forest;
    struct node *map = node_new(forest, NODE_MAP, node->at);
    const char *name = tag.p + 1, *dot;

    if (strcmp(name, "GetAtt") == 0 && node->type == NODE_TEXT && (dot = strchr(node->text.p, '.'))) {
        struct node *list = node_new(forest, NODE_LIST, node->at);

        node_add(list, node_new_text(forest, node->at, (struct str){ node->text.p, (size_t)(dot - node->text.p) }));
        node_add(list, node_new_text(forest, node->at, str_of(dot + 1)));
        node = list;
    }
    node->key = str_of(strcmp(name, "Ref") == 0 || strcmp(name, "Condition") == 0
                           ? arena_strdup(forest->arena, name)
                           : arena_printf(forest->arena, "Fn::%s", name));
    node_add(map, node);
    return map;
}

/* raw: the text of a scalar. NULL: refused. */
static struct node *
apply_tag(struct reader *reader, const yaml_char_t *tag, struct str raw, struct node *node)
{
    struct str text = text_of(tag);

    if (!tag || str_is(text, "!"))
        return node;
    if (standard_tag(text))
        return apply_standard(reader, standard_tag(text), raw, node) ? node : NULL;
    if (text.len > 1 && *text.p == '!')
        return apply_short(reader, text, node);
    service_error(reader->forest->problems, node->at, "the tag %.60s is not known", text.p);
    return NULL;
}

/* ---- events ---- */

static struct node *read_value(struct reader *reader, const yaml_event_t *event);

/* Bytes that are no text: libyaml has counted them only. */
static void
report_bytes(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct str text = reader->source->text;
    struct place at = { reader->source, 1, 1 };

    place_advance(&at, text.p, text.p + (parser->problem_offset < text.len ? parser->problem_offset : text.len));
    service_error(reader->forest->problems, at, "%s%s", parser->problem,
                  strstr(parser->problem, "UTF-8") ? "; save the file as UTF-8" : "");
}

/* libyaml says what it missed. This is what people had typed who met it. */
static const char *
advice(const yaml_parser_t *parser, struct place at)
{
    if (parser->context && strstr(parser->context, "an alias"))
        return "; a text that begins with * needs quotes";
    switch (place_char(at)) {
    case '\t':
        return "; a tab cannot indent";
    case '@':
    case '`':
    case '%':
        return "; a text that begins so needs quotes";
    case '{':
        return "; a text with braces in it needs quotes here";
    case ':':
        return "; a text with a colon in it needs quotes";
    default:
        return "";
    }
}

static void
report_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct place at = place_of(reader, parser->problem_mark), start = place_of(reader, parser->context_mark);
    struct arena *arena = reader->forest->arena;
    const char *context = parser->context ? parser->context : "";

    if (*context && start.line != at.line)
        context = arena_printf(arena, "%s that begins in line %u", context, start.line);
    service_error(reader->forest->problems, at, "%s%s%s%s", context, *context ? ": " : "",
                  parser->problem ? parser->problem : "this is not YAML", advice(parser, at));
}

static bool
next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    (reader->parser.error == YAML_READER_ERROR ? report_bytes : report_syntax)(reader);
    return false;
}

/* What is wrong, where the event is; NULL, so that callers can return it. */
static void *
refuse(struct reader *reader, const yaml_event_t *event, const char *what)
{
    service_error(reader->forest->problems, place_of(reader, event->start_mark), "%s", what);
    return NULL;
}

static struct node *
read_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct str raw = { (const char *)event->data.scalar.value, event->data.scalar.length };
    struct node *node;

    if (raw.len && memchr(raw.p, '\0', raw.len))
        return refuse(reader, event, "a text with a NUL character inside");
    node = node_new_text(reader->forest, place_of(reader, event->start_mark), raw);
    raw = node->text;
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag)
        yaml_plain(raw, node);
    return apply_tag(reader, event->data.scalar.tag, raw, node);
}

static struct node *
read_list(struct reader *reader, const yaml_event_t *start)
{
    struct node *list = node_new(reader->forest, NODE_LIST, place_of(reader, start->start_mark));
    bool is_good = true, is_end = false;
    yaml_event_t event;

    while (is_good && !is_end && !reader->forest->is_full && next_event(reader, &event)) {
        struct node *child;

        is_end = event.type == YAML_SEQUENCE_END_EVENT;
        if (!is_end && (is_good = (child = read_value(reader, &event)) != NULL))
            node_add(list, child);
        yaml_event_delete(&event);
    }
    return is_good && is_end ? apply_tag(reader, start->data.sequence_start.tag, STR(""), list) : NULL;
}

/* The members of one map that `to` does not have itself. */
static bool
merge_map(struct reader *reader, struct node *to, const struct node *from, struct place at)
{
    if (!node_is(from, NODE_MAP)) {
        service_error(reader->forest->problems, at, "<< takes a map, or a list of maps");
        return false;
    }
    for (const struct node *child = from->first; child && !reader->forest->is_full; child = child->next)
        if (!node_get(to, child->key))
            node_add(to, node_copy(reader->forest, child));
    return true;
}

static bool
merge(struct reader *reader, struct node *to, const struct node *from)
{
    if (!node_is(from, NODE_LIST))
        return merge_map(reader, to, from, from->at);
    for (const struct node *child = from->first; child; child = child->next)
        if (!merge_map(reader, to, child, child->at))
            return false;
    return true;
}

/* One key with its value. `merged` collects the values of <<, which count less than what the map says itself. */
static bool
read_entry(struct reader *reader, struct node *map, const yaml_event_t *key_event, struct node *merged)
{
    struct place at = place_of(reader, key_event->start_mark);
    const struct node *first;
    struct node *value;
    yaml_event_t event;
    struct str key;

    if (key_event->type != YAML_SCALAR_EVENT)
        return refuse(reader, key_event, "only texts can be keys");
    key = (struct str){ (const char *)key_event->data.scalar.value, key_event->data.scalar.length };
    if (key.len && memchr(key.p, '\0', key.len))
        return refuse(reader, key_event, "a key with a NUL character inside");
    key.p = arena_strndup(reader->forest->arena, key.p, key.len);
    first = node_get(map, key);
    if (first)
        service_error(reader->forest->problems, at, "the key \"%.80s\" is here twice, the first time in line %u", key.p,
                      first->key_at.line);
    if (map->count >= NODE_MAX_ENTRIES)
        return refuse(reader, key_event, "this map has too many keys");
    if (!next_event(reader, &event))
        return false;
    value = read_value(reader, &event);
    yaml_event_delete(&event);
    if (!value)
        return false;
    value->key = key;
    value->key_at = at;
    if (str_is(key, "<<") && key_event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        node_add(merged, value);
    else if (!first)
        node_add(map, value);
    return true;
}

static struct node *
read_map(struct reader *reader, const yaml_event_t *start)
{
    struct node *map = node_new(reader->forest, NODE_MAP, place_of(reader, start->start_mark));
    struct node merged = { .type = NODE_LIST };
    bool is_good = true, is_end = false;
    yaml_event_t event;

    while (is_good && !is_end && !reader->forest->is_full && next_event(reader, &event)) {
        is_end = event.type == YAML_MAPPING_END_EVENT;
        is_good = is_end || read_entry(reader, map, &event, &merged);
        yaml_event_delete(&event);
    }
    for (const struct node *from = merged.first; from && is_good; from = from->next)
        is_good = merge(reader, map, from);
    return is_good && is_end ? apply_tag(reader, start->data.mapping_start.tag, STR(""), map) : NULL;
}

static struct node *
read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct str name = text_of(event->data.alias.anchor);
    struct node *copy;

    for (size_t i = reader->anchor_count; i-- > 0;) { /* the newest of that name */
        if (!str_eq(reader->anchors[i].name, name))
            continue;
        if (!node_fits(reader->anchors[i].node, reader->depth))
            return refuse(reader, event, "nested too deeply");
        copy = node_copy(reader->forest, reader->anchors[i].node);
        copy->at = place_of(reader, event->start_mark);
        return copy;
    }
    service_error(reader->forest->problems, place_of(reader, event->start_mark), "there is no anchor &%.60s above",
                  name.p);
    return NULL;
}

static bool
keep_anchor(struct reader *reader, const yaml_event_t *event, const yaml_char_t *anchor, const struct node *node)
{
    if (!anchor)
        return true;
    if (reader->anchor_count == MAX_ANCHORS)
        return refuse(reader, event, "too many anchors");
    reader->anchors[reader->anchor_count].name = str_of(arena_strdup(reader->forest->arena, (const char *)anchor));
    reader->anchors[reader->anchor_count++].node = node;
    return true;
}

static struct node *
read_value(struct reader *reader, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL;
    struct node *node = NULL;

    if (++reader->depth > NODE_MAX_DEPTH)
        return refuse(reader, event, "nested too deeply");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        node = read_scalar(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        node = read_list(reader, event);
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        node = read_map(reader, event);
        break;
    case YAML_ALIAS_EVENT:
        node = read_alias(reader, event);
        break;
    default:
        refuse(reader, event, "a value is missing");
        break;
    }
    reader->depth--;
    return node && keep_anchor(reader, event, anchor, node) ? node : NULL;
}

/* One document; a second one is refused. */
static struct node *
read_stream(struct reader *reader)
{
    struct place start = { reader->source, 1, 1 };
    struct node *root = NULL;
    bool is_end = false, is_good = true;
    yaml_event_t event;

    while (is_good && !is_end && next_event(reader, &event)) {
        switch (event.type) {
        case YAML_STREAM_END_EVENT:
            is_end = true;
            break;
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            is_good = !root || refuse(reader, &event, "a second document; one file is one document");
            break;
        default:
            root = read_value(reader, &event);
            is_good = root != NULL;
        }
        yaml_event_delete(&event);
    }
    if (!is_good || !is_end || reader->forest->is_full)
        return NULL;
    return root ? root : node_new(reader->forest, NODE_NULL, start);
}

struct node *
yaml_read(struct forest *forest, const struct source *source)
{
    struct reader *reader = mem_alloc(sizeof *reader);
    struct node *root = NULL;

    reader->forest = forest;
    reader->source = source;
    if (source->text.len > YAML_MAX_BYTES) {
        service_error(forest->problems, (struct place){ source, 0, 0 }, "the file has more than %d bytes",
                      YAML_MAX_BYTES);
    } else if (yaml_parser_initialize(&reader->parser)) {
        yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&reader->parser, (const unsigned char *)source->text.p, source->text.len);
        root = read_stream(reader);
        yaml_parser_delete(&reader->parser);
    }
    free(reader);
    return root;
}
