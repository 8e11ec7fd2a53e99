/* SPDX-License-Identifier: MIT */
/* Trees of YAML and JSON (node.h). Children are a linked list: maps are small, and the order of the file stays. */
#include "function/node.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/write.h"

static void
charge(struct forest *forest, struct place at, size_t count, size_t bytes)
{
    forest->count += count;
    forest->bytes += bytes;
    if (forest->is_full || (forest->count <= NODE_MAX_COUNT && forest->bytes <= NODE_MAX_BYTES))
        return;
    forest->is_full = true;
    service_error(forest->problems, at,
                  "the configuration becomes too large here: at most %d values and %d MiB of text, aliases and "
                  "variables counted each time they are used",
                  NODE_MAX_COUNT, NODE_MAX_BYTES >> 20);
}

struct node *
node_new(struct forest *forest, enum node_type type, struct place at)
{
    struct node *node = arena_alloc(forest->arena, sizeof *node);

    node->type = type;
    node->at = node->key_at = at;
    charge(forest, at, 1, 0);
    return node;
}

struct node *
node_new_text(struct forest *forest, struct place at, struct str text)
{
    struct node *node = node_new(forest, NODE_TEXT, at);

    charge(forest, at, 0, text.len);
    node->text.p = forest->is_full ? "" : arena_strndup(forest->arena, text.p, text.len);
    node->text.len = forest->is_full ? 0 : text.len;
    return node;
}

void
node_add(struct node *container, struct node *child)
{
    child->parent = container;
    child->next = NULL;
    if (container->last)
        container->last->next = child;
    else
        container->first = child;
    container->last = child;
    container->count++;
}

static bool
is_container(const struct node *node)
{
    return node->type == NODE_LIST || node->type == NODE_MAP;
}

void
node_assign(struct forest *forest, struct node *to, const struct node *from)
{
    to->type = from->type;
    if (!is_container(from)) {
        charge(forest, to->at, 0, from->type == NODE_TEXT ? from->text.len : 0);
        to->text = from->text; /* the widest of the scalars: whatever it is */
        return;
    }
    to->origin = from->origin ? from->origin : from;
    to->first = to->last = NULL;
    to->count = 0;
    for (const struct node *child = from->first; child && !forest->is_full; child = child->next)
        node_add(to, node_copy(forest, child));
}

struct node *
node_copy(struct forest *forest, const struct node *node)
{
    struct node *copy = node_new(forest, node->type, node->at);

    copy->key = node->key;
    copy->key_at = node->key_at;
    copy->state = node->state == NODE_BUSY ? NODE_RAW : node->state;
    node_assign(forest, copy, node);
    return copy;
}

bool
node_fits(const struct node *node, size_t depth)
{
    if (depth >= NODE_MAX_DEPTH)
        return false;
    for (const struct node *child = is_container(node) ? node->first : NULL; child; child = child->next)
        if (!node_fits(child, depth + 1))
            return false;
    return true;
}

size_t
node_depth(const struct node *node)
{
    size_t depth = 0;

    while ((node = node->parent))
        depth++;
    return depth;
}

bool
node_is(const struct node *node, enum node_type type)
{
    return node && node->type == type;
}

bool
node_is_scalar(const struct node *node)
{
    return node && !is_container(node);
}

const char *
node_type_name(const struct node *node)
{
    static const char *const names[] = {
        [NODE_NULL] = "nothing", [NODE_BOOL] = "true or false", [NODE_INT] = "a number", [NODE_FLOAT] = "a number",
        [NODE_TEXT] = "a text",  [NODE_LIST] = "a list",        [NODE_MAP] = "a map",
    };

    return node ? names[node->type] : "nothing";
}

struct node *
node_get(const struct node *map, struct str key)
{
    if (!node_is(map, NODE_MAP))
        return NULL;
    for (struct node *child = map->first; child; child = child->next)
        if (str_eq(child->key, key))
            return child;
    return NULL;
}

struct node *
node_at(const struct node *list, size_t index)
{
    struct node *child = node_is(list, NODE_LIST) && index < list->count ? list->first : NULL;

    while (child && index--)
        child = child->next;
    return child;
}

struct str
node_step(struct str *path)
{
    const char *dot = path->len ? memchr(path->p, '.', path->len) : NULL;
    struct str name = { path->p, dot ? (size_t)(dot - path->p) : path->len };

    path->p += name.len + (dot != NULL);
    path->len -= name.len + (dot != NULL);
    return name;
}

struct node *
node_find(struct node *node, struct str path)
{
    while (node && path.len) {
        struct str name = node_step(&path);
        char *end;

        if (node->type == NODE_LIST) {
            unsigned long index = name.len && name.len < 9 ? strtoul(name.p, &end, 10) : NODE_MAX_COUNT;

            node = index < NODE_MAX_COUNT && end == name.p + name.len ? node_at(node, index) : NULL;
        } else {
            node = node_get(node, name);
        }
    }
    return node;
}

/* As JSON has them, which has no infinities. */
static struct str
float_text(struct arena *arena, double real)
{
    struct json_out out;
    struct str text;
    struct buf buf;

    if (!isfinite(real))
        return str_of(isnan(real) ? ".nan" : real > 0 ? ".inf" : "-.inf");
    buf_init(&buf, 64);
    json_out_init(&out, &buf);
    json_put_double(&out, real);
    text = str_of(arena_strdup(arena, buf_text(&buf)));
    buf_fini(&buf);
    return text;
}

struct str
node_scalar(struct arena *arena, const struct node *node)
{
    switch (node->type) {
    case NODE_BOOL:
        return node->boolean ? STR("true") : STR("false");
    case NODE_INT:
        return str_of(arena_printf(arena, "%lld", (long long)node->integer));
    case NODE_FLOAT:
        return float_text(arena, node->real);
    case NODE_TEXT:
        return node->text;
    default:
        return STR("");
    }
}

static size_t
index_of(const struct node *child)
{
    size_t index = 0;

    for (const struct node *node = child->parent->first; node && node != child; node = node->next)
        index++;
    return index;
}

const char *
node_path(struct arena *arena, const struct node *node)
{
    const char *above;

    if (!node || !node->parent)
        return "";
    above = node_path(arena, node->parent);
    if (node->parent->type == NODE_LIST)
        return arena_printf(arena, "%s[%zu]", above, index_of(node));
    return *above ? arena_printf(arena, "%s.%s", above, node->key.p) : node->key.p;
}
