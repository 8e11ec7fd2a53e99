/* SPDX-License-Identifier: MIT */
/* Peeking into large texts (peek.h). The grammar has been checked before: here only strings and depth count. */
#include "json/peek.h"

#include "json/scan.h"

static size_t
skip_space(struct str text, size_t at)
{
    while (at < text.len && (text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\n' || text.p[at] == '\r'))
        at++;
    return at;
}

/* Behind the string that begins at `at`. */
static size_t
skip_string(struct str text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.p;

    return (size_t)(scan_string(p + at, p + text.len) - p);
}

/* Behind the value that begins at `at`. */
static size_t
skip_value(struct str text, size_t at)
{
    size_t depth = 0;

    while (at < text.len) {
        char c = text.p[at];

        if (c == '"') {
            at = skip_string(text, at);
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return at; /* a number or word that the end of its container ends */
            depth--;
            at++;
        } else if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            return at;
        } else {
            at++;
            continue; /* in the middle of a number or word, or between values */
        }
        if (depth == 0)
            return at;
    }
    return at;
}

struct str
json_peek(struct str object, const char *key)
{
    size_t at = skip_space(object, 0);

    if (at >= object.len || object.p[at] != '{')
        return STR("");
    for (at = skip_space(object, at + 1); at < object.len && object.p[at] == '"';) {
        size_t end = skip_string(object, at), value;
        struct str name = { object.p + at + 1, end - at - 2 };

        value = skip_space(object, skip_space(object, end) + 1); /* behind the colon */
        end = skip_value(object, value);
        if (str_is(name, key))
            return (struct str){ object.p + value, end - value };
        at = skip_space(object, end);
        if (at < object.len && object.p[at] == ',')
            at = skip_space(object, at + 1);
    }
    return STR("");
}

bool
json_peek_next(struct str array, size_t *at, struct str *element)
{
    size_t start = skip_space(array, *at);

    if (*at == 0 && (start >= array.len || array.p[start] != '['))
        return false;
    if (start >= array.len || array.p[start] == ']')
        return false;
    start = skip_space(array, start + 1); /* behind '[' or ',' */
    if (start >= array.len || array.p[start] == ']')
        return false;
    *at = skip_value(array, start);
    *element = (struct str){ array.p + start, *at - start };
    return true;
}

struct str
json_peek_text(struct str value)
{
    if (value.len < 2 || value.p[0] != '"')
        return STR("");
    return (struct str){ value.p + 1, value.len - 2 };
}
