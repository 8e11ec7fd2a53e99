/* SPDX-License-Identifier: MIT */
/*
 * What a YAML or JSON text says, as a tree that can be changed: variables replace nodes in place. Every node knows
 * where it was written. Readers: yaml.h; writers: node_write below. A forest bounds what all its trees may hold
 * together, so that aliases and variables cannot multiply a small file into a large one. One thread.
 */
#ifndef FUNCTION_NODE_H
#define FUNCTION_NODE_H

#include "function/service_problem.h"

enum {
    NODE_MAX_DEPTH = 48, /* below what JSON readers take */
    NODE_MAX_COUNT = 30000,
    NODE_MAX_ENTRIES = 2000, /* of one map */
    NODE_MAX_BYTES = 8 << 20,
};

enum node_type { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_TEXT, NODE_LIST, NODE_MAP };

/* How far variables.c got with it. */
enum node_state { NODE_RAW, NODE_BUSY, NODE_DONE, NODE_FAILED };

struct node {
    enum node_type type;
    enum node_state state;
    struct place at, key_at;
    struct node *parent, *next;
    const struct node *origin; /* the list or map that it was made of by node_assign; NULL: it was written so */
    struct str key;            /* in a map; NUL-terminated */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct str text; /* NUL-terminated, no NUL inside */
        struct {
            struct node *first, *last;
            size_t count;
        };
    };
};

struct forest {
    struct arena *arena;
    struct service_problems *problems;
    size_t count, bytes;
    bool is_full; /* said once; what is made from then on does not matter */
};

struct node *node_new(struct forest *forest, enum node_type type, struct place at);
struct node *node_new_text(struct forest *forest, struct place at, struct str text); /* copied */
void node_add(struct node *container, struct node *child);
/* A copy of what `from` is, deeply, into a node that keeps its own key, place and siblings. */
void node_assign(struct forest *forest, struct node *to, const struct node *from);
struct node *node_copy(struct forest *forest, const struct node *node);
/* Would a tree of NODE_MAX_DEPTH hold it, `depth` containers further in? */
bool node_fits(const struct node *node, size_t depth);
size_t node_depth(const struct node *node); /* containers around it */

bool node_is(const struct node *node, enum node_type type);    /* false for NULL */
bool node_is_scalar(const struct node *node);                  /* anything but a list or a map */
const char *node_type_name(const struct node *node);           /* "a map", "a number" */
struct node *node_get(const struct node *map, struct str key); /* NULL: no map, or not there */
struct node *node_at(const struct node *list, size_t index);
/* "a.b.0.c", as functions.md 1.3 writes addresses; NULL: not there. "" is the node itself. */
struct node *node_find(struct node *node, struct str path);
struct str node_step(struct str *path); /* takes the first name away */

/* The text of a scalar as it stands in a longer text: 12, true, ""; not for lists and maps. */
struct str node_scalar(struct arena *arena, const struct node *node);

/* "functions.quote.events[1].http", from the root of its file down. */
const char *node_path(struct arena *arena, const struct node *node);

enum node_format { NODE_JSON_COMPACT, NODE_JSON, NODE_YAML };
/* Ends with a line end, except compact. out->over is set when it does not fit. */
void node_write(const struct node *node, enum node_format format, struct buf *out);

#endif
