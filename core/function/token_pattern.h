/* SPDX-License-Identifier: MIT */
/*
 * identityValidationExpression: a regular expression as people write it for AWS, matched by the POSIX one of the C
 * library. Any thread.
 */
#ifndef FUNCTION_TOKEN_PATTERN_H
#define FUNCTION_TOKEN_PATTERN_H

#include "base/err.h"
#include "base/str.h"

enum { TOKEN_PATTERN_MAX = 512, TOKEN_PATTERN_MAX_TEXT = 4096 };

/*
 * Does the token match anywhere (anchors are in the pattern)? Longer tokens than TOKEN_PATTERN_MAX_TEXT do not.
 * false with err->text[0]: it is not a pattern.
 */
bool token_pattern_matches(const char *pattern, struct str token, struct err *err) MUST_CHECK;

#endif
