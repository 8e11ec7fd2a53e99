/* SPDX-License-Identifier: MIT */
/*
 * Paths with parameters (functions.md 1.4): which of many patterns a path means. A tree of segments, made once and then
 * read by all threads; a lookup visits each node at most once and normally one per segment. Knows nothing of functions:
 * what it finds are the caller's pointers.
 */
#ifndef FUNCTION_MATCH_H
#define FUNCTION_MATCH_H

#include "base/err.h"
#include "base/str.h"

enum { MATCH_MAX_PARAMS = 32, MATCH_MAX_PATTERN = 512, MATCH_MAX_SEGMENTS = 256 };

struct match_tree;

struct match {
    void *value;                         /* NULL: no pattern, or none with that method */
    const char *pattern;                 /* of the value */
    void *other;                         /* a value at the best path, when only the method does not fit */
    unsigned methods;                    /* of all patterns at that path */
    size_t param_count;                  /* of the value, in the order of the pattern */
    struct str params[MATCH_MAX_PARAMS]; /* as they stand in the path, still encoded */
};

struct match_tree *match_tree_new(void);
void match_tree_free(struct match_tree *tree); /* NULL is fine */

/*
 * pattern: "/quote/{id}", "/files/{path+}" (the rest, one segment at least), "*" (everything); stays the caller's.
 * methods: a set of enum http_method; 0: any. false: not a pattern, or its path and method are there already (then
 * *taken is that value).
 */
bool match_tree_add(struct match_tree *tree, const char *pattern, unsigned methods, void *value, void **taken,
                    struct err *err) MUST_CHECK;

/*
 * path: as sent, "/…"; "" means "/". An exact segment goes before {param}, that before {greedy+}, that before '*'; on
 * one path HEAD goes before GET that stands in for it, that before any.
 */
void match_tree_find(const struct match_tree *tree, struct str path, unsigned method, struct match *match);

/* Tells of every value at the path of a pattern, whatever its parameters are called. */
void match_tree_each(const struct match_tree *tree, const char *pattern, void (*tell)(void *value, void *arg),
                     void *arg);

/* The name of the next parameter of a pattern, without braces and '+'; moves *pattern behind it. p NULL: no more. */
struct str match_param_name(const char **pattern);

/* Percent-decodes once; broken escapes stay. `out` has room for text.len bytes. Returns the length. */
size_t match_decode(struct str text, char *out);

#endif
