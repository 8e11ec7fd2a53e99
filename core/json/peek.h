/* SPDX-License-Identifier: MIT */
/*
 * A few members of a large text, without tokenising all of it: a table of 10,000 rows that is only passed on. The text
 * must have passed json_validate(); keys that contain escapes are not found.
 */
#ifndef JSON_PEEK_H
#define JSON_PEEK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* The text of a member's value, the first one if a key is doubled. len 0: not there, or not an object. */
struct str json_peek(struct str object, const char *key);

/* Walks the elements of an array: start with *at 0. false: no more, or not an array. */
bool json_peek_next(struct str array, size_t *at, struct str *element);

/* What stands between the quotes, escapes and all. len 0: empty, or not a string. */
struct str json_peek_text(struct str value);

#endif
