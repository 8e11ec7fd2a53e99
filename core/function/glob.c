/* SPDX-License-Identifier: MIT */
/* Patterns of files (glob.h). Both loops go back to the last star only, which is enough and never exponential. */
#include "function/glob.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { MAX_PATTERN = 1024, MAX_BRACES = 256 };

/* "[a-z]" at p against c; *next behind it. No ] : the bracket means itself. */
static bool
in_class(const char *p, const char *end, char c, const char **next)
{
    bool is_negated = p + 1 < end && (p[1] == '!' || p[1] == '^'), is_in = false;
    const char *first = p + 1 + is_negated, *at = first;

    for (; at < end && (*at != ']' || at == first); at++) {
        if (at + 2 < end && at[1] == '-' && at[2] != ']') {
            is_in = is_in || (c >= at[0] && c <= at[2]);
            at += 2;
        } else {
            is_in = is_in || *at == c;
        }
    }
    if (at == end) {
        *next = p + 1;
        return c == '[';
    }
    *next = at + 1;
    return is_in != is_negated;
}

/* One name against one segment of the pattern. */
static bool
name_matches(struct str pattern, struct str name)
{
    const char *p = pattern.p, *end = p + pattern.len, *n = name.p, *last = n + name.len, *next;
    const char *star = NULL, *tried = NULL;

    while (n < last) {
        if (p < end && *p == '*') {
            star = ++p;
            tried = n;
        } else if (p < end && *p == '[' ? in_class(p, end, *n, &next)
                                        : p < end && (*p == '?' || *p == *n) && (next = p + 1)) {
            p = next;
            n++;
        } else if (star) {
            p = star;
            n = ++tried;
        } else {
            return false;
        }
    }
    while (p < end && *p == '*')
        p++;
    return p == end;
}

static struct str
segment(const char *p)
{
    return (struct str){ p, strcspn(p, "/") };
}

static const char *
behind(const char *p)
{
    p += strcspn(p, "/");
    return p + strspn(p, "/");
}

/* Without braces. */
static bool
plain_matches(const char *pattern, const char *path)
{
    const char *star = NULL, *tried = NULL;

    while (*path) {
        if (*pattern && str_is(segment(pattern), "**")) {
            pattern = star = behind(pattern);
            tried = path;
        } else if (*pattern && name_matches(segment(pattern), segment(path))) {
            pattern = behind(pattern);
            path = behind(path);
        } else if (star) {
            pattern = star;
            path = tried = behind(tried);
        } else {
            return false;
        }
    }
    while (*pattern && str_is(segment(pattern), "**"))
        pattern = behind(pattern);
    return !*pattern;
}

/* The } of the { at p, and whether a comma of its own is between them. */
static const char *
closing(const char *p, bool *has_comma)
{
    size_t depth = 0;

    *has_comma = false;
    for (; *p; p++) {
        depth += *p == '{';
        if (*p == ',' && depth == 1)
            *has_comma = true;
        if (*p == '}' && --depth == 0)
            return p;
    }
    return NULL;
}

/* Each alternative of the first {a,b} in turn, and what follows them likewise. */
static bool
matches(const char *pattern, const char *path, int *budget)
{
    const char *open = strchr(pattern, '{'), *close = NULL, *from;
    char expanded[MAX_PATTERN];
    bool has_comma = false;
    size_t depth = 0;

    while (open && (close = closing(open, &has_comma)) && !has_comma)
        open = strchr(open + 1, '{');
    if (!open || !close)
        return plain_matches(pattern, path);
    from = open + 1;
    for (const char *p = from; p <= close; p++) {
        depth += *p == '{';
        depth -= *p == '}' && p < close;
        if (depth || (*p != ',' && p != close))
            continue;
        if (--*budget < 0 || snprintf(expanded, sizeof expanded, "%.*s%.*s%s", (int)(open - pattern), pattern,
                                      (int)(p - from), from, close + 1) >= (int)sizeof expanded)
            return false;
        if (matches(expanded, path, budget))
            return true;
        from = p + 1;
    }
    return false;
}

bool
glob_matches(const char *pattern, const char *path)
{
    int budget = MAX_BRACES;

    while (strncmp(pattern, "./", 2) == 0)
        pattern += 2;
    return strlen(pattern) < MAX_PATTERN && matches(pattern, path, &budget);
}

bool
glob_decides(const char *const *patterns, size_t count, const char *path, bool is_in)
{
    for (size_t i = count; i-- > 0;) {
        bool is_excluding = patterns[i][0] == '!';

        if (glob_matches(patterns[i] + is_excluding, path))
            return !is_excluding;
    }
    return is_in;
}
