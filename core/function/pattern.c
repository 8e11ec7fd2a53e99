/* SPDX-License-Identifier: MIT */
/* Regular expressions (pattern.h). */
#include "function/pattern.h"

#include <stdlib.h>

#include "base/buf.h"

enum { MAX_DEPTH = 4, MAX_COPIES = 1 << 16 };

/* What \d, \w, \s and their opposites mean, outside and inside of brackets. NULL: nothing of that kind. */
static const char *
class_of(char letter, bool is_inside)
{
    switch (letter) {
    case 'd':
        return is_inside ? "0-9" : "[0-9]";
    case 'w':
        return is_inside ? "[:alnum:]_" : "[[:alnum:]_]";
    case 's':
        return is_inside ? "[:space:]" : "[[:space:]]";
    case 'D':
        return is_inside ? NULL : "[^0-9]";
    case 'W':
        return is_inside ? NULL : "[^[:alnum:]_]";
    case 'S':
        return is_inside ? NULL : "[^[:space:]]";
    default:
        return NULL;
    }
}

static bool
is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* What becomes of the pattern, and what keeps the library from copying parts of it for ever. */
struct translation {
    struct buf *out;
    unsigned depth;        /* of groups */
    long copies;           /* product of all {n,m} */
    bool is_inside;        /* of brackets */
    bool is_count;         /* within {n,m} */
    bool after_repetition; /* what stands before repeats already */
};

/* "*", "+", "?" or "{n,m}" at p. */
static bool
take_repetition(struct translation *to, const char *p, struct err *err)
{
    const char *comma = strchr(p, ',');
    long most;

    if (to->after_repetition)
        return err_set(err, "%c behind a repetition is not available", *p);
    to->after_repetition = true;
    if (*p != '{')
        return true;
    most = strtol(comma && comma < strchr(p, '}') ? comma + 1 : p + 1, NULL, 10);
    most = most > 1 ? most : strtol(p + 1, NULL, 10);
    if (most > MAX_COPIES || (to->copies *= most > 1 ? most : 1) > MAX_COPIES)
        return err_set(err, "it repeats too much");
    return true;
}

static bool
take_escape(struct translation *to, char letter, struct err *err)
{
    const char *class = class_of(letter, to->is_inside);

    if (!class && is_letter_or_digit(letter))
        return err_set(err, "\\%c is not available", letter);
    if (class)
        buf_str(to->out, class);
    else
        buf_printf(to->out, to->is_inside ? "[.%c.]" : "\\%c", letter);
    to->after_repetition = false;
    return true;
}

static bool
take_plain(struct translation *to, const char *p, struct err *err)
{
    if (!to->is_inside && strchr("*+?{", *p)) {
        if (!take_repetition(to, p, err))
            return false;
        to->is_count = *p == '{';
    } else if (to->is_count) {
        to->is_count = *p != '}';
    } else {
        to->after_repetition = false;
    }
    if (*p == '[' && !to->is_inside)
        to->is_inside = true;
    else if (*p == ']')
        to->is_inside = false;
    else if (*p == '(' && !to->is_inside && ++to->depth > MAX_DEPTH)
        return err_set(err, "its groups are nested too deeply");
    else if (*p == ')' && !to->is_inside && to->depth)
        to->depth--;
    buf_char(to->out, *p);
    return true;
}

/*
 * To POSIX: classes are spelled out, groups have no "?:", and what a backslash protects inside brackets becomes a
 * collating symbol. Back references are refused: they make matching take for ever.
 */
static bool
translate(const char *pattern, struct buf *out, struct err *err)
{
    struct translation to = { .out = out, .copies = 1 };

    for (const char *p = pattern; *p; p++) {
        bool is_group = !to.is_inside && strncmp(p, "(?", 2) == 0;

        if (is_group && p[2] != ':')
            return err_set(err, "(?%c is not available", p[2]);
        if (*p == '\\' && p[1] ? !take_escape(&to, *++p, err) : !take_plain(&to, p, err))
            return false;
        p += is_group ? 2 : 0;
    }
    return !out->over || err_set(err, "it is longer than %d characters", (int)PATTERN_MAX);
}

bool
pattern_compile(const char *pattern, regex_t *regex, struct err *err)
{
    struct buf posix;
    char why[128];
    bool is_compiled;
    int code;

    buf_init(&posix, PATTERN_MAX);
    is_compiled = translate(pattern, &posix, err);
    if (is_compiled) {
        code = regcomp(regex, buf_text(&posix), REG_EXTENDED | REG_NOSUB);
        if (code != 0) {
            regerror(code, regex, why, sizeof why);
            is_compiled = err_set(err, "%s", why);
        }
    }
    buf_fini(&posix);
    return is_compiled;
}

bool
pattern_matches(const regex_t *regex, struct str text)
{
    char copy[PATTERN_MAX_TEXT + 1];

    if (text.len > PATTERN_MAX_TEXT || (text.len && memchr(text.p, '\0', text.len)))
        return false;
    memcpy(copy, text.len ? text.p : "", text.len);
    copy[text.len] = '\0';
    return regexec(regex, copy, 0, NULL, 0) == 0;
}

bool
pattern_is_in(const char *pattern, struct str text, struct err *err)
{
    regex_t regex;
    bool matches;

    err->text[0] = '\0';
    if (!pattern_compile(pattern, &regex, err))
        return false;
    matches = pattern_matches(&regex, text);
    regfree(&regex);
    return matches;
}
