/* SPDX-License-Identifier: MIT */
/*
 * Doubles to and from JSON numbers, whatever locale a route module has set in its process. Used by reader and writer
 * only.
 */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include <stddef.h>

#include "base/str.h"

enum { NUMBER_TEXT_MAX = 32 };

/* The text must be a JSON number. Too large: infinity. */
double number_parse(struct str text);

/* The shortest of %.15g … %.17g that reads back equal; the value must be finite. Returns the length. */
size_t number_format(double value, char text[NUMBER_TEXT_MAX]);

#endif
