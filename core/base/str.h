/* SPDX-License-Identifier: MIT */
/* A view of bytes that somebody else owns. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p; /* may be NULL when len is 0; not NUL-terminated */
    size_t len;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_ARG(s) (int)(s).len, (s).p /* for "%.*s" */

static inline struct str
str_of(const char *text)
{
    return (struct str){ text, text ? strlen(text) : 0 };
}

static inline bool
str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool
str_is(struct str a, const char *text)
{
    return str_eq(a, str_of(text));
}

static inline bool
str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0);
}

static inline bool
str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.p + s.len - suffix.len, suffix.p, suffix.len) == 0);
}

enum { STR_DECIMAL_MAX = 20 }; /* -9223372036854775808 */

/* The number in decimal, at the end of `text`, without a NUL. printf takes ten times as long. */
struct str str_decimal(int64_t value, char text[STR_DECIMAL_MAX]);

/*
 * Length of the well-formed UTF-8 sequence at p (left > 0 bytes readable), 0 if there is none (Unicode 15, table 3-7).
 */
size_t utf8_sequence_len(const unsigned char *p, size_t left);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool str_is_utf8(struct str s);

#endif
