/* SPDX-License-Identifier: MIT */
/* Maps by tables (service_reader.h). */
#include "function/service_reader.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "config/suggest.h"
#include "config/value.h"
#include "function/yaml.h"

enum { MAX_JSON = 1 << 20, MAX_SHOWN = 60 };

/* ---- what is wrong ---- */

static void PRINTF_LIKE(4, 0)
    say(struct service_reader *reader, const struct node *node, bool is_warning, const char *fmt, va_list args)
{
    struct arena scratch;
    const char *path, *text;

    arena_init(&scratch, 0);
    path = node_path(&scratch, node);
    text = arena_vprintf(&scratch, fmt, args);
    if (!service_problem_again(reader->problems, node->at, is_warning, text))
        (is_warning ? service_warn : service_error)(reader->problems, node->at, "%s%s%s", path, *path ? ": " : "",
                                                    text);
    arena_fini(&scratch);
}

bool
reader_error(struct service_reader *reader, const struct node *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(reader, node, false, fmt, args);
    va_end(args);
    return false;
}

void
reader_warn(struct service_reader *reader, const struct node *node, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(reader, node, true, fmt, args);
    va_end(args);
}

/* The value is shown when it is short: what a variable gave is not in the excerpt. */
bool
reader_mismatch(struct service_reader *reader, const struct node *node, const char *wanted)
{
    struct arena scratch;

    arena_init(&scratch, 0);
    if (node_is_scalar(node) && node->type != NODE_NULL && node_scalar(&scratch, node).len <= MAX_SHOWN)
        reader_error(reader, node, "must be %s, not \"%s\"", wanted, node_scalar(&scratch, node).p);
    else
        reader_error(reader, node, "must be %s, not %s", wanted, node_type_name(node));
    arena_fini(&scratch);
    return false;
}

void
reader_ignore(struct service_reader *reader, const struct node *node)
{
    struct arena scratch;

    arena_init(&scratch, 0);
    if (!reader->ignored.len)
        reader->ignored_at = node->key_at;
    buf_printf(&reader->ignored, "%s%s", reader->ignored.len ? ", " : "", node_path(&scratch, node));
    arena_fini(&scratch);
}

void
reader_unknown(struct service_reader *reader, const struct node *node, const struct field *fields)
{
    struct suggestion suggestion = { .wanted = node->key };
    const char *where, *best, *what;
    struct arena scratch;

    if (reader->mode == READER_OFF)
        return;
    arena_init(&scratch, 0);
    where = node_path(&scratch, node->parent);
    for (; fields->name; fields++)
        suggest(&suggestion, fields->name);
    best = suggestion.best;
    what = arena_printf(&scratch, "Unrecognized property '%.*s' at ",
                        (int)(node->key.len < MAX_SHOWN ? node->key.len : MAX_SHOWN), node->key.p);
    if (!service_problem_again(reader->problems, node->key_at, reader->mode == READER_WARN, what))
        (reader->mode == READER_ERROR ? service_error : service_warn)(
            reader->problems, node->key_at, "%s%s%s%s%s", what, *where ? where : "the top",
            best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
    arena_fini(&scratch);
}

/* ---- values: texts that variables gave become numbers and switches, as with the Framework ---- */

static bool
is_type(const struct node *node, enum node_type wanted, struct node *value)
{
    *value = *node;
    if (node->type == NODE_TEXT)
        yaml_plain(node->text, value);
    if (value->type == NODE_INT && wanted == NODE_FLOAT) {
        value->type = NODE_FLOAT;
        value->real = (double)value->integer;
    }
    return value->type == wanted;
}

bool
read_secret(struct service_reader *reader, const struct node *node, const char **text)
{
    struct str scalar;

    if (!node_is_scalar(node) || node->type == NODE_NULL)
        return reader_mismatch(reader, node, "a text");
    scalar = node_scalar(reader->arena, node);
    *text = arena_strndup(reader->arena, scalar.p, scalar.len);
    return true;
}

bool
read_text(struct service_reader *reader, const struct node *node, const char **text)
{
    if (!read_secret(reader, node, text))
        return false;
    if (service_has_secret(*text))
        return reader_error(reader, node,
                            "a secret cannot stand here: secrets are known only when functions run, for environment, "
                            "keys and signatures");
    return true;
}

bool
read_bool(struct service_reader *reader, const struct node *node, bool *value)
{
    struct node is;

    if (!is_type(node, NODE_BOOL, &is))
        return reader_mismatch(reader, node, "true or false");
    *value = is.boolean;
    return true;
}

bool
read_int(struct service_reader *reader, const struct node *node, int64_t min, int64_t max, int64_t *value)
{
    struct arena *arena = reader->arena;
    struct node is;

    if (!is_type(node, NODE_INT, &is) || is.integer < min || is.integer > max)
        return reader_mismatch(
            reader, node,
            max == INT64_MAX ? arena_printf(arena, "a whole number from %lld", (long long)min)
                             : arena_printf(arena, "a whole number from %lld to %lld", (long long)min, (long long)max));
    *value = is.integer;
    return true;
}

bool
read_duration(struct service_reader *reader, const struct node *node, int64_t *ms)
{
    const int64_t longest_s = INT32_MAX;
    struct node is;
    struct err err;

    if (is_type(node, NODE_INT, &is) && is.integer >= 0 && is.integer <= longest_s) {
        *ms = is.integer * 1000;
        return true;
    }
    if (node->type == NODE_TEXT && value_duration(node->text, ms, &err) && *ms <= longest_s * 1000)
        return true;
    return reader_mismatch(reader, node, "a duration such as 500ms, 30s, 5m, 2h or 1d");
}

static bool
read_number(struct service_reader *reader, const struct node *node, int64_t min, double *value)
{
    struct node is;

    if (!is_type(node, NODE_FLOAT, &is) || !isfinite(is.real) || is.real < (double)min)
        return reader_mismatch(reader, node, arena_printf(reader->arena, "a number from %lld", (long long)min));
    *value = is.real;
    return true;
}

bool
read_texts(struct service_reader *reader, const struct node *node, struct service_texts *texts)
{
    size_t count = node->type == NODE_LIST ? node->count : 1;
    const char **items = arena_alloc(reader->arena, (count + 1) * sizeof *items);

    if (node->type != NODE_LIST && !read_text(reader, node, &items[0]))
        return false;
    count = node->type == NODE_LIST ? 0 : 1;
    for (const struct node *child = node->type == NODE_LIST ? node->first : NULL; child; child = child->next)
        if (child->type != NODE_NULL && !read_text(reader, child, &items[count++]))
            return false;
    *texts = (struct service_texts){ items, count };
    return true;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct service_pair *)a)->name, ((const struct service_pair *)b)->name);
}

struct service_pairs
sorted_pairs(struct service_pair *items, size_t count)
{
    qsort(items, count, sizeof *items, by_name);
    return (struct service_pairs){ items, count };
}

bool
read_pairs(struct service_reader *reader, const struct node *node, struct service_pairs *pairs)
{
    struct service_pair *items;
    size_t count = 0;

    if (node->type != NODE_MAP)
        return reader_mismatch(reader, node, "a map of texts");
    items = arena_alloc(reader->arena, (node->count + 1) * sizeof *items);
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->type == NODE_NULL)
            continue;
        if (!read_secret(reader, child, &items[count].value))
            return false;
        items[count++].name = arena_strndup(reader->arena, child->key.p, child->key.len);
    }
    *pairs = sorted_pairs(items, count);
    return true;
}

const char *
read_json(struct service_reader *reader, const struct node *node)
{
    const char *text;
    struct buf buf;

    buf_init(&buf, MAX_JSON);
    node_write(node, NODE_JSON_COMPACT, &buf);
    if (buf.over)
        reader_error(reader, node, "this is more than %d bytes", MAX_JSON);
    text = buf.over ? NULL : arena_strndup(reader->arena, buf.p, buf.len);
    buf_fini(&buf);
    return text;
}

/* ---- tables ---- */

static void
set_number(const struct field *field, void *at, int64_t value)
{
    if (field->size == sizeof(int32_t))
        *(uint32_t *)at = (uint32_t)value;
    else
        *(int64_t *)at = value;
}

static void
read_text_field(struct service_reader *reader, const struct node *node, const struct field *field, const char **at)
{
    const char *text;

    if (!(field->kind == FIELD_TEXT ? read_text : read_secret)(reader, node, &text))
        return;
    if (field->max && strlen(text) > (size_t)field->max)
        reader_error(reader, node, "has more than %lld characters", (long long)field->max);
    else
        *at = text;
}

static void
read_field(struct service_reader *reader, const struct node *node, const struct field *field, void *into)
{
    void *at = into ? (char *)into + field->offset : NULL; /* NULL: nothing of it is kept */
    int64_t number;

    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_SECRET:
        read_text_field(reader, node, field, at);
        break;
    case FIELD_BOOL:
        read_bool(reader, node, at);
        break;
    case FIELD_INT:
    case FIELD_SECONDS:
        if (read_int(reader, node, field->min, field->max, &number))
            set_number(field, at, field->kind == FIELD_INT ? number : number * 1000);
        break;
    case FIELD_DURATION:
        if (read_duration(reader, node, &number))
            set_number(field, at, number);
        break;
    case FIELD_NUMBER:
        read_number(reader, node, field->min, at);
        break;
    case FIELD_TEXTS:
        read_texts(reader, node, at);
        break;
    case FIELD_PAIRS:
        read_pairs(reader, node, at);
        break;
    case FIELD_JSON:
        *(const char **)at = read_json(reader, node);
        break;
    case FIELD_MAP:
        read_fields(reader, node, field->fields, into);
        break;
    case FIELD_CALL:
        field->read(reader, node, into);
        break;
    case FIELD_KEEP:
        *(const struct node **)at = node;
        break;
    case FIELD_AWS:
        reader_ignore(reader, node);
        break;
    case FIELD_FREE:
        break;
    }
}

void
read_fields(struct service_reader *reader, const struct node *map, const struct field *fields, void *into)
{
    if (map->type != NODE_MAP) {
        reader_mismatch(reader, map, "a map");
        return;
    }
    for (const struct node *child = map->first; child; child = child->next) {
        const struct field *field = fields;

        while (field->name && !str_is(child->key, field->name))
            field++;
        if (!field->name)
            reader_unknown(reader, child, fields);
        else if (child->type != NODE_NULL)
            read_field(reader, child, field, into);
    }
}

/* ---- small things ---- */

bool
is_name(const char *text, const char *more, size_t max)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(more, text[i]))
            return false;
    return len > 0 && len <= max;
}

const char *
last_part(const char *arn)
{
    const char *p = arn + strlen(arn);

    while (p > arn && p[-1] != ':' && p[-1] != '/')
        p--;
    return p;
}

void *
reader_grow(struct service_reader *reader, void *items, size_t count, size_t size)
{
    const size_t first = 4;
    void *grown;

    if (items && (count < first || (count & (count - 1)) != 0))
        return items;
    grown = arena_alloc(reader->arena, (count < first ? first : count * 2) * size);
    if (count)
        memcpy(grown, items, count * size);
    return grown;
}

int32_t
reader_function(const struct service_reader *reader, const char *key)
{
    for (size_t i = 0; i < reader->service->function_count; i++)
        if (strcmp(reader->functions[i].key, key) == 0)
            return (int32_t)i;
    return SERVICE_UNSET;
}
