/* SPDX-License-Identifier: MIT */
/*
 * JSON schemas of draft 4, which API Gateway calls models (functions.md 1.12): does a body look as its schema says?
 * References are local ("#/definitions/item"), `format` says nothing, patterns are those of pattern.h. Whether a body
 * has to be checked at all is the caller's affair.
 */
#ifndef FUNCTION_SCHEMA_H
#define FUNCTION_SCHEMA_H

#include "base/err.h"
#include "base/str.h"

struct schema;

/* NULL: it is no schema, and why. The text is copied. */
struct schema *schema_new(struct str text, struct err *err);
void schema_free(struct schema *schema);

/*
 * Any thread. Also false: it is no JSON; it has more values, or is nested deeper, than our reader takes; looking at it
 * would take more than SCHEMA_MAX_STEPS comparisons (schemas may ask the same question again and again).
 */
enum { SCHEMA_MAX_STEPS = 1 << 20 };
bool schema_accepts(const struct schema *schema, struct str body);

#endif
