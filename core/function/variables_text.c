/* SPDX-License-Identifier: MIT */
/* Where variables stand in a text, and where their parts end (variables.h). Nothing is evaluated here. */
#include <ctype.h>

#include "function/variables_internal.h"

enum { MAX_SHOWN = 100 };

struct str
variable_shown(struct str text)
{
    if (text.len <= MAX_SHOWN)
        return text;
    text.len = MAX_SHOWN;
    while ((text.p[text.len] & 0xC0) == 0x80) /* whole characters */
        text.len--;
    return text;
}

struct str
variable_trim(struct str text)
{
    while (text.len && isspace((unsigned char)text.p[0]))
        text = (struct str){ text.p + 1, text.len - 1 };
    while (text.len && isspace((unsigned char)text.p[text.len - 1]))
        text.len--;
    return text;
}

bool
variable_begins(struct str text, size_t at)
{
    return at + 1 < text.len && text.p[at] == '$' && text.p[at + 1] == '{';
}

size_t
variable_end(struct str text, size_t at, const char *stops)
{
    size_t open_count = 0;
    char quote = '\0';

    for (; at < text.len; at++) {
        char c = text.p[at];

        if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (!open_count && strchr(stops, c)) {
            return at;
        } else if ((c == '\'' || c == '"')) {
            quote = c;
        } else if (variable_begins(text, at) || c == '(') {
            open_count++;
            at += c == '$';
        } else if ((c == '}' || c == ')') && open_count) {
            open_count--;
        }
    }
    return text.len;
}

bool
variable_is_source(struct str inner, size_t *type_len)
{
    size_t at = 0;

    while (at < inner.len && isalnum((unsigned char)inner.p[at]))
        at++;
    *type_len = at;
    return at > 0 && at < inner.len && isalpha((unsigned char)inner.p[0]) &&
           (inner.p[at] == '(' || (inner.p[at] == ':' && !(at + 1 < inner.len && inner.p[at + 1] == ':')));
}

bool
variable_next(struct str text, size_t *at, struct piece *piece)
{
    size_t start = *at, type_len;

    *piece = (struct piece){ .inner = { NULL, 0 } };
    for (size_t i = start; i < text.len; i++) {
        size_t end;

        if (text.p[i] == '\\' && variable_begins(text, i + 1)) {
            i += 2;
            continue;
        }
        if (!variable_begins(text, i))
            continue;
        piece->inner = (struct str){ text.p + i + 2, text.len - i - 2 };
        if (!variable_is_source(variable_trim(piece->inner), &type_len)) {
            piece->inner.p = NULL;
            i++;
            continue;
        }
        end = variable_end(text, i + 2, "}");
        if (end == text.len) {
            *at = i;
            return false;
        }
        piece->inner.len = end - i - 2;
        piece->literal = (struct str){ text.p + start, i - start };
        *at = end + 1;
        return true;
    }
    piece->literal = (struct str){ text.p + start, text.len - start };
    *at = text.len;
    return true;
}

void
variable_put_literal(struct buf *out, struct str literal)
{
    for (size_t i = 0; i < literal.len; i++)
        if (literal.p[i] != '\\' || !variable_begins(literal, i + 1))
            buf_char(out, literal.p[i]);
}
