/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions as people write them for AWS (identityValidationExpression, `pattern` of schemas), matched by the
 * POSIX one of the C library: no look-around, no back references, bytes beyond ASCII each count as a character. Any
 * thread.
 */
#ifndef FUNCTION_PATTERN_H
#define FUNCTION_PATTERN_H

#include <regex.h>

#include "base/err.h"
#include "base/str.h"

enum { PATTERN_MAX = 512, PATTERN_MAX_TEXT = 4096 };

/* false: it is not a pattern. regfree() what was compiled. */
bool pattern_compile(const char *pattern, regex_t *regex, struct err *err) MUST_CHECK;

/* Does the text match anywhere (anchors are in the pattern)? Longer texts than PATTERN_MAX_TEXT do not. */
bool pattern_matches(const regex_t *regex, struct str text);

/* Both at once. false with err->text[0]: it is not a pattern. */
bool pattern_is_in(const char *pattern, struct str text, struct err *err) MUST_CHECK;

#endif
