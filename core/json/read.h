/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON: a document is a text plus jsmn's tokens in an arena; a node is a place in it. A missing node (wrong
 * key, wrong type, past the end) is a value too, so that `json_text(json_get(json_get(root, "a"), "b"))` needs no
 * checks in between.
 */
#ifndef JSON_READ_H
#define JSON_READ_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum json_type { JSON_MISSING, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_doc;

struct json {
    const struct json_doc *doc;
    int token; /* negative: missing */
};

/* Validates and tokenises. The text must stay as long as nodes are used; everything else lives in the arena. */
bool json_parse(struct arena *arena, struct str text, struct json *root, struct err *err) MUST_CHECK;

enum json_type json_type(struct json node);
struct str json_raw(struct json node); /* the bytes as they stand in the text, quotes included; empty: missing */

struct json json_get(struct json object, const char *key); /* the last one, if a key is doubled */
struct json json_at(struct json array, size_t index);      /* linear; walk with json_first/json_next instead */
size_t json_count(struct json container);                  /* elements or members; 0 for anything else */
struct json json_first(struct json container);             /* first element, or the value of the first member */
struct json json_next(struct json node);                   /* the sibling; missing at the end */

/* The unescaped key of a member's value, as json_first and json_next return them. */
struct str json_key(struct arena *arena, struct json member);

/* Conversions: the fallback when the node is missing or of another type. */
struct str json_str(struct arena *arena, struct json node);   /* NUL-terminated behind .len; p NULL: not a string */
const char *json_text(struct arena *arena, struct json node); /* NULL: not a string, or one with a NUL inside */
/* What the inside of a string means, as it stands between the quotes of a valid text; as json_str returns it. */
struct str json_unescape(struct arena *arena, struct str inner);
bool json_bool(struct json node, bool fallback);
int64_t json_int(struct json node, int64_t fallback); /* integral numbers within int64 only */
double json_double(struct json node, double fallback);
bool json_is(struct json node, const char *text); /* a string equal to text? */

#endif
