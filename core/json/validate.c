/* SPDX-License-Identifier: MIT */
/* The JSON gate (validate.h). Containers are a bit stack, so nothing recurses. */
#include "json/validate.h"

#include <stdint.h>

#include "json/scan.h"

struct scan {
    const unsigned char *start, *p, *end;
    size_t tokens, max_tokens;
    uint64_t is_object; /* one bit per open container, the innermost lowest */
    unsigned depth;
    const char *problem;
};

static bool
fail(struct scan *s, const char *problem)
{
    s->problem = problem;
    return false;
}

static void
skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

static bool
count_token(struct scan *s)
{
    s->tokens++;
    return !s->max_tokens || s->tokens <= s->max_tokens ? true : fail(s, "too many values");
}

static bool
is_digit(const struct scan *s)
{
    return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool
digits(struct scan *s)
{
    if (!is_digit(s))
        return fail(s, "a digit is missing");
    while (is_digit(s))
        s->p++;
    return true;
}

/* RFC 8259 section 6 */
static bool
number(struct scan *s)
{
    if (*s->p == '-')
        s->p++;
    if (s->p < s->end && *s->p == '0') {
        s->p++;
        if (is_digit(s))
            return fail(s, "a number starts with 0");
    } else if (!digits(s)) {
        return false;
    }
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        if (!digits(s))
            return false;
    }
    if (s->p < s->end && (*s->p | 0x20) == 'e') {
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        return digits(s);
    }
    return true;
}

static bool
literal(struct scan *s, const char *word, size_t len)
{
    if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
        return fail(s, "not a JSON value");
    s->p += len;
    return true;
}

static bool
escape(struct scan *s)
{
    static const bool is_known[256] = { ['"'] = true, ['\\'] = true, ['/'] = true, ['b'] = true, ['f'] = true,
                                        ['n'] = true, ['r'] = true,  ['t'] = true, ['u'] = true };
    size_t left = (size_t)(s->end - s->p);

    if (left < 2 || !is_known[s->p[1]])
        return fail(s, "unknown escape");
    if (s->p[1] != 'u') {
        s->p += 2;
        return true;
    }
    for (size_t i = 2; i < 6; i++) {
        unsigned char c = i < left ? s->p[i] : 0;

        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')))
            return fail(s, "\\u needs four hexadecimal digits");
    }
    s->p += 6;
    return true;
}

/* RFC 8259 section 7, and UTF-8 (section 8.1) */
static bool
string(struct scan *s)
{
    for (s->p++;;) {
        s->p = scan_plain(s->p, s->end);
        if (s->p == s->end)
            return fail(s, "a string is not closed");
        if (*s->p == '"') {
            s->p++;
            return true;
        }
        if (*s->p == '\\') {
            if (!escape(s))
                return false;
        } else if (*s->p < 0x20) {
            return fail(s, "a control character in a string");
        } else {
            size_t len = utf8_sequence_len(s->p, (size_t)(s->end - s->p));

            if (!len)
                return fail(s, "not UTF-8");
            s->p += len;
        }
    }
}

static bool
key(struct scan *s)
{
    skip_space(s);
    if (s->p == s->end || *s->p != '"')
        return fail(s, "a key is missing");
    if (!count_token(s) || !string(s))
        return false;
    skip_space(s);
    if (s->p == s->end || *s->p != ':')
        return fail(s, "':' is missing after a key");
    s->p++;
    return true;
}

static bool
in_object(const struct scan *s)
{
    return s->is_object & 1;
}

static bool
at_close(const struct scan *s)
{
    return s->p < s->end && *s->p == (in_object(s) ? '}' : ']');
}

static void
close_container(struct scan *s)
{
    s->p++;
    s->depth--;
    s->is_object >>= 1;
}

static bool
open_container(struct scan *s)
{
    if (s->depth == JSON_MAX_DEPTH)
        return fail(s, "nested too deeply");
    s->depth++;
    s->is_object = s->is_object << 1 | (*s->p == '{');
    s->p++;
    skip_space(s);
    return true;
}

/* Reads up to the end of the next value that is complete in itself: a scalar or an empty container. */
static bool
value(struct scan *s)
{
    for (;;) {
        skip_space(s);
        if (s->p == s->end)
            return fail(s, "a value is missing");
        if (!count_token(s))
            return false;
        switch (*s->p) {
        case '"':
            return string(s);
        case 't':
            return literal(s, "true", 4);
        case 'f':
            return literal(s, "false", 5);
        case 'n':
            return literal(s, "null", 4);
        case '{':
        case '[':
            break;
        default:
            return *s->p == '-' || is_digit(s) ? number(s) : fail(s, "not a JSON value");
        }
        if (!open_container(s))
            return false;
        if (at_close(s)) {
            close_container(s);
            return true;
        }
        if (in_object(s) && !key(s))
            return false;
    }
}

static bool
document(struct scan *s)
{
    while (value(s)) {
        for (skip_space(s); s->depth && at_close(s); skip_space(s))
            close_container(s);
        if (!s->depth)
            return s->p == s->end || fail(s, "something follows the value");
        if (s->p == s->end)
            return fail(s, in_object(s) ? "an object is not closed" : "an array is not closed");
        if (*s->p != ',')
            return fail(s, in_object(s) ? "',' or '}' is missing" : "',' or ']' is missing");
        s->p++;
        if (in_object(s) && !key(s))
            return false;
    }
    return false;
}

bool
json_validate(struct str text, size_t max_tokens, size_t *token_count, struct err *err)
{
    const unsigned char *start = (const unsigned char *)(text.p ? text.p : "");
    struct scan s = { .start = start, .p = start, .end = start + text.len, .max_tokens = max_tokens };

    if (!document(&s))
        return err_set(err, "invalid JSON at byte %zu of %zu: %s", (size_t)(s.p - s.start), text.len, s.problem);
    if (token_count)
        *token_count = s.tokens;
    return true;
}
