/* SPDX-License-Identifier: MIT */
/* The .env file (dotenv.h). */
#include "config/dotenv.h"

#include <string.h>

struct scan {
    struct arena *arena;
    const char *p, *end;
    unsigned line;
};

static bool
is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

static void
skip_blanks(struct scan *scan)
{
    while (scan->p < scan->end && (*scan->p == ' ' || *scan->p == '\t' || *scan->p == '\r'))
        scan->p++;
}

static void
skip_line(struct scan *scan)
{
    while (scan->p < scan->end && *scan->p != '\n')
        scan->p++;
}

static bool
at_line_end(const struct scan *scan)
{
    return scan->p == scan->end || *scan->p == '\n' || *scan->p == '#';
}

static struct str
take_name(struct scan *scan)
{
    struct str name = { scan->p, 0 };

    while (scan->p < scan->end && is_name_char(*scan->p))
        scan->p++;
    name.len = (size_t)(scan->p - name.p);
    return name;
}

/* Up to a comment (a # behind a blank) or the end of the line, without the blanks around it. */
static const char *
take_plain(struct scan *scan)
{
    const char *start = scan->p, *end;

    while (scan->p < scan->end && *scan->p != '\n' &&
           !(*scan->p == '#' && (scan->p == start || scan->p[-1] == ' ' || scan->p[-1] == '\t')))
        scan->p++;
    end = scan->p;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    return arena_strndup(scan->arena, start, (size_t)(end - start));
}

static char
unescape(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

/* NULL: the quote is not closed. */
static const char *
take_quoted(struct scan *scan, char quote)
{
    const char *start = ++scan->p, *p;
    size_t len = 0;
    char *out;

    for (p = start; p < scan->end && *p != quote; p++)
        if (quote == '"' && *p == '\\' && p + 1 < scan->end)
            p++;
    if (p >= scan->end)
        return NULL;
    out = arena_alloc(scan->arena, (size_t)(p - start) + 1);
    for (; out && scan->p < p; scan->p++) {
        scan->line += *scan->p == '\n';
        out[len++] = quote == '"' && *scan->p == '\\' ? unescape(*++scan->p) : *scan->p;
    }
    scan->p++;
    return out;
}

static bool
parse_line(struct scan *scan, struct dotenv *setting, struct err *err)
{
    unsigned line = scan->line;
    struct str name = take_name(scan);

    skip_blanks(scan);
    if (str_is(name, "export") && scan->p < scan->end && is_name_char(*scan->p)) {
        name = take_name(scan);
        skip_blanks(scan);
    }
    if (!name.len || scan->p == scan->end || *scan->p != '=')
        return err_set(err, "line %u is not NAME=value", line);
    scan->p++;
    skip_blanks(scan);
    if (scan->p < scan->end && (*scan->p == '"' || *scan->p == '\'')) {
        setting->value = take_quoted(scan, *scan->p);
        if (!setting->value)
            return err_set(err, "line %u: the quote is not closed", line);
        skip_blanks(scan);
        if (!at_line_end(scan))
            return err_set(err, "line %u: something follows the closing quote", scan->line);
        skip_line(scan);
    } else {
        setting->value = take_plain(scan);
        skip_line(scan);
    }
    setting->name = arena_strndup(scan->arena, name.p, name.len);
    setting->line = line;
    return true;
}

bool
dotenv_parse(struct arena *arena, struct str text, struct dotenv **first, struct err *err)
{
    struct scan scan = { arena, text.p, text.p + text.len, 1 };
    struct dotenv *setting, **tail = first;

    *first = NULL;
    if (text.len && memchr(text.p, '\0', text.len))
        return err_set(err, "it contains a NUL byte: this is not a text file");
    for (; scan.p < scan.end; scan.p++, scan.line++) {
        skip_blanks(&scan);
        if (at_line_end(&scan)) {
            skip_line(&scan);
            continue;
        }
        setting = arena_alloc(arena, sizeof *setting);
        if (!parse_line(&scan, setting, err))
            return false;
        *tail = setting;
        tail = &setting->next;
    }
    return true;
}
