/* SPDX-License-Identifier: MIT */
/* Indenting JSON (indent.h): white space between the tokens is replaced, everything else stays byte for byte. */
#include "cli/indent.h"

#include <stdbool.h>
#include <string.h>

static void
new_line(FILE *out, int depth)
{
    fprintf(out, "\n%*s", depth * INDENT, "");
}

/* From the quote at p to behind the closing one. */
static const char *
put_string(const char *p, const char *end, FILE *out)
{
    const char *start = p++;

    while (p < end && *p != '"')
        p += *p == '\\' ? 2 : 1;
    fwrite(start, 1, (size_t)(p - start) + 1, out);
    return p + 1;
}

static const char *
skip_blanks(const char *p, const char *end)
{
    while (p < end && strchr(" \t\r\n", *p))
        p++;
    return p;
}

void
indent_print(struct str json, FILE *out)
{
    const char *p = json.p, *end = p + json.len;
    int depth = 0;

    while ((p = skip_blanks(p, end)) < end) {
        const char *next = skip_blanks(p + 1, end);
        bool is_empty = next < end && (*next == '}' || *next == ']');

        if (*p == '"') {
            p = put_string(p, end, out);
            continue;
        }
        if (*p == '}' || *p == ']')
            new_line(out, --depth);
        fputc(*p, out);
        if ((*p == '{' || *p == '[') && is_empty)
            fputc(*(p = next), out);
        else if (*p == '{' || *p == '[')
            new_line(out, ++depth);
        else if (*p == ',')
            new_line(out, depth);
        else if (*p == ':')
            fputc(' ', out);
        p++;
    }
    fputc('\n', out);
}
