/* SPDX-License-Identifier: MIT */
/* The tree of path segments (match.h). */
#include "function/match.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/hex.h"
#include "http/request.h"

struct entry {
    struct entry *next;
    unsigned methods;
    void *value;
    const char *pattern;
};

struct node {
    struct str text;        /* the segment, as declared */
    struct node **children; /* literal segments, sorted */
    size_t count;
    struct node *param, *rest; /* {name}, {name+} */
    struct entry *entries;
};

struct match_tree {
    struct node root;
    struct entry *everything; /* '*' */
};

/* ---- segments */

/* The segment that begins at `at`; it ends before the next '/'. */
static struct str
segment_at(struct str path, size_t at)
{
    const char *slash = memchr(path.p + at, '/', path.len - at);

    return (struct str){ path.p + at, slash ? (size_t)(slash - path.p) - at : path.len - at };
}

/* One byte of an encoded text. */
static char
decode_at(struct str text, size_t *at)
{
    int high, low;

    if (text.p[*at] == '%' && text.len - *at > 2 && (high = hex_value(text.p[*at + 1])) >= 0 &&
        (low = hex_value(text.p[*at + 2])) >= 0) {
        *at += 3;
        return (char)(high * 16 + low);
    }
    return text.p[(*at)++];
}

size_t
match_decode(struct str text, char *out)
{
    size_t len = 0;

    for (size_t at = 0; at < text.len;)
        out[len++] = decode_at(text, &at);
    return len;
}

static int
compare_plain(struct str a, struct str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.p, b.p, len) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool
has_escape(struct str text)
{
    return text.len && memchr(text.p, '%', text.len);
}

/* By what they mean: "%7E" is "~", as sent and as declared. */
static int
compare(struct str sent, struct str text)
{
    size_t at = 0, i = 0;

    if (!has_escape(sent) && !has_escape(text))
        return compare_plain(sent, text);
    while (at < sent.len && i < text.len) {
        unsigned char a = (unsigned char)decode_at(sent, &at), b = (unsigned char)decode_at(text, &i);

        if (a != b)
            return a < b ? -1 : 1;
    }
    return at < sent.len ? 1 : i < text.len ? -1 : 0;
}

/* The child of that segment, or where it would be. */
static struct node *
child_find(const struct node *node, struct str segment, size_t *place)
{
    size_t low = 0, high = node->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(segment, node->children[middle]->text);

        if (order == 0)
            return node->children[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (place)
        *place = low;
    return NULL;
}

/* ---- making */

struct match_tree *
match_tree_new(void)
{
    return mem_alloc(sizeof(struct match_tree));
}

static void
entries_free(struct entry *entry)
{
    while (entry) {
        struct entry *next = entry->next;

        free(entry);
        entry = next;
    }
}

/* At most MATCH_MAX_SEGMENTS deep. */
static void
node_clear(struct node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        node_clear(node->children[i]);
        free(node->children[i]);
    }
    if (node->param)
        node_clear(node->param);
    if (node->rest)
        node_clear(node->rest);
    free(node->param);
    free(node->rest);
    free(node->children);
    entries_free(node->entries);
}

void
match_tree_free(struct match_tree *tree)
{
    if (!tree)
        return;
    node_clear(&tree->root);
    entries_free(tree->everything);
    free(tree);
}

enum segment_kind { SEGMENT_TEXT, SEGMENT_PARAM, SEGMENT_REST, SEGMENT_BAD };

static enum segment_kind
kind_of(struct str segment)
{
    bool opens = segment.len && segment.p[0] == '{', closes = segment.len && segment.p[segment.len - 1] == '}';

    if (!opens && !closes && !memchr(segment.p, '{', segment.len) && !memchr(segment.p, '}', segment.len))
        return SEGMENT_TEXT;
    if (!opens || !closes || memchr(segment.p + 1, '{', segment.len - 1) ||
        memchr(segment.p, '}', segment.len) != segment.p + segment.len - 1)
        return SEGMENT_BAD;
    if (segment.len > 3 && segment.p[segment.len - 2] == '+')
        return SEGMENT_REST;
    return segment.len > 2 && segment.p[segment.len - 2] != '+' ? SEGMENT_PARAM : SEGMENT_BAD;
}

static bool
pattern_is_valid(struct str pattern, struct err *err)
{
    size_t params = 0, segments = 0, at = 1;

    if (str_is(pattern, "*"))
        return true;
    if (pattern.len == 0 || pattern.p[0] != '/' || pattern.len > MATCH_MAX_PATTERN)
        return err_set(err, "a path begins with '/' and has at most %d bytes", MATCH_MAX_PATTERN);
    for (; at <= pattern.len; segments++) {
        struct str segment = segment_at(pattern, at);
        enum segment_kind kind = kind_of(segment);

        at += segment.len + 1;
        params += kind != SEGMENT_TEXT;
        if (kind == SEGMENT_BAD)
            return err_set(err, "'%.*s' is not a segment: {name} stands alone between slashes", STR_ARG(segment));
        if (kind == SEGMENT_REST && at <= pattern.len)
            return err_set(err, "'%.*s' takes the rest of the path, so nothing may follow it", STR_ARG(segment));
    }
    if (params > MATCH_MAX_PARAMS || segments > MATCH_MAX_SEGMENTS)
        return err_set(err, "a path has at most %d segments and %d parameters", MATCH_MAX_SEGMENTS, MATCH_MAX_PARAMS);
    return true;
}

static struct node *
child_make(struct node *node, struct str segment)
{
    size_t place = 0;
    struct node *child = child_find(node, segment, &place);

    if (child)
        return child;
    child = mem_alloc(sizeof *child);
    child->text = segment;
    node->children = mem_realloc(node->children, (node->count + 1) * sizeof(struct node *));
    memmove(node->children + place + 1, node->children + place, (node->count - place) * sizeof(struct node *));
    node->children[place] = child;
    node->count++;
    return child;
}

/* Where a pattern ends; NULL: not there and not to be made. */
static struct node *
node_of(struct node *node, struct str pattern, bool is_made)
{
    for (size_t at = 1; node && at <= pattern.len;) {
        struct str segment = segment_at(pattern, at);
        enum segment_kind kind = kind_of(segment);

        at += segment.len + 1;
        if (kind == SEGMENT_TEXT) {
            node = is_made ? child_make(node, segment) : child_find(node, segment, NULL);
        } else {
            struct node **place = kind == SEGMENT_PARAM ? &node->param : &node->rest;

            if (!*place && is_made)
                *place = mem_alloc(sizeof **place);
            node = *place;
        }
    }
    return node;
}

static struct entry **
entries_of(struct match_tree *tree, struct str pattern, bool is_made)
{
    struct node *node;

    if (str_is(pattern, "*"))
        return &tree->everything;
    node = node_of(&tree->root, pattern, is_made);
    return node ? &node->entries : NULL;
}

bool
match_tree_add(struct match_tree *tree, const char *pattern, unsigned methods, void *value, void **taken,
               struct err *err)
{
    struct entry **at, *entry;

    *taken = NULL;
    if (!pattern_is_valid(str_of(pattern), err))
        return false;
    for (at = entries_of(tree, str_of(pattern), true); *at; at = &(*at)->next) {
        if ((*at)->methods != methods && !((*at)->methods & methods))
            continue;
        *taken = (*at)->value;
        return err_set(err, "the path and its method are there already");
    }
    entry = mem_alloc(sizeof *entry);
    *entry = (struct entry){ .methods = methods, .value = value, .pattern = pattern };
    *at = entry;
    return true;
}

void
match_tree_each(const struct match_tree *tree, const char *pattern, void (*tell)(void *value, void *arg), void *arg)
{
    struct entry **entries = entries_of((struct match_tree *)(uintptr_t)tree, str_of(pattern), false);

    for (struct entry *entry = entries ? *entries : NULL; entry; entry = entry->next)
        tell(entry->value, arg);
}

/* ---- finding */

struct search {
    struct str path;
    unsigned method;
    struct match *match;
    struct str params[MATCH_MAX_PARAMS];
    size_t param_count;
};

static int
rank(const struct entry *entry, unsigned method)
{
    if (entry->methods & method)
        return 3;
    if (method == HTTP_HEAD && entry->methods & HTTP_GET)
        return 2;
    return entry->methods == 0;
}

static bool
choose(struct search *search, const struct entry *entries)
{
    const struct entry *best = NULL;
    struct match *match = search->match;

    for (const struct entry *entry = entries; entry; entry = entry->next)
        if (rank(entry, search->method) > (best ? rank(best, search->method) : 0))
            best = entry;
    if (best) {
        match->value = best->value;
        match->pattern = best->pattern;
        match->param_count = search->param_count;
        memcpy(match->params, search->params, search->param_count * sizeof match->params[0]);
        return true;
    }
    if (match->other || !entries)
        return false;
    match->other = entries->value;
    for (const struct entry *entry = entries; entry; entry = entry->next)
        match->methods |= entry->methods;
    return false;
}

static bool walk(struct search *search, const struct node *node, size_t at);

static bool
walk_param(struct search *search, const struct node *node, struct str value, size_t at)
{
    bool is_found;

    if (search->param_count == MATCH_MAX_PARAMS)
        return false;
    search->params[search->param_count++] = value;
    is_found = walk(search, node, at);
    search->param_count--;
    return is_found;
}

/* at: behind the '/' in front of the next segment; beyond the end when there is none. As deep as the patterns are. */
static bool
walk(struct search *search, const struct node *node, size_t at)
{
    struct str segment, rest;
    const struct node *child;

    if (at > search->path.len)
        return choose(search, node->entries);
    segment = segment_at(search->path, at);
    child = node->count ? child_find(node, segment, NULL) : NULL;
    if (child && walk(search, child, at + segment.len + 1))
        return true;
    if (node->param && segment.len && walk_param(search, node->param, segment, at + segment.len + 1))
        return true;
    rest = (struct str){ search->path.p + at, search->path.len - at };
    return node->rest && rest.len && walk_param(search, node->rest, rest, search->path.len + 1);
}

void
match_tree_find(const struct match_tree *tree, struct str path, unsigned method, struct match *match)
{
    struct search search;

    search.path = path.len ? path : STR("/");
    search.method = method;
    search.match = match;
    search.param_count = 0;
    match->value = match->other = NULL;
    match->pattern = NULL;
    match->methods = 0;
    match->param_count = 0;
    if (search.path.p[0] == '/' && walk(&search, &tree->root, 1))
        return;
    choose(&search, tree->everything);
}

struct str
match_param_name(const char **pattern)
{
    const char *open = strchr(*pattern, '{'), *close = open ? strchr(open, '}') : NULL;
    struct str name = { NULL, 0 };

    if (!close)
        return name;
    *pattern = close;
    name = (struct str){ open + 1, (size_t)(close - open) - 1 };
    if (name.len && name.p[name.len - 1] == '+')
        name.len--;
    return name;
}
