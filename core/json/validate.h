/* SPDX-License-Identifier: MIT */
/*
 * The gate in front of every JSON text from outside: one pass, linear, full RFC 8259 grammar, UTF-8, bounded depth and
 * token count. jsmn behind it is quadratic on nesting and accepts malformed text, so nothing reaches it unchecked.
 */
#ifndef JSON_VALIDATE_H
#define JSON_VALIDATE_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { JSON_MAX_DEPTH = 64, JSON_MAX_TOKENS = 65536 };

/*
 * Is text exactly one JSON value (white space around it allowed)? On success *token_count is the number of tokens jsmn
 * will make of it (may be NULL). max_tokens 0: no limit, for texts that are only passed on. The error names offset and
 * reason.
 */
bool json_validate(struct str text, size_t max_tokens, size_t *token_count, struct err *err) MUST_CHECK;

#endif
