/* SPDX-License-Identifier: MIT */
/* Patterns of tokens (token_pattern.h). */
#include "function/token_pattern.h"

#include <regex.h>

#include "base/buf.h"

/* What \d, \w and \s mean, outside and inside of brackets. NULL: the character itself. */
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
    default:
        return NULL;
    }
}

static bool
is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/*
 * To POSIX: classes are spelled out, groups have no "?:", and what a backslash protects inside brackets becomes a
 * collating symbol. Back references are refused: they make matching take for ever.
 */
static bool
translate(const char *pattern, struct buf *out, struct err *err)
{
    bool is_inside = false;

    for (const char *p = pattern; *p; p++) {
        if (*p == '\\' && p[1]) {
            const char *class = class_of(*++p, is_inside);

            if (!class && is_letter_or_digit(*p))
                return err_set(err, "\\%c is not available", *p);
            if (class)
                buf_str(out, class);
            else
                buf_printf(out, is_inside ? "[.%c.]" : "\\%c", *p);
        } else if (!is_inside && strncmp(p, "(?", 2) == 0) {
            if (p[2] != ':')
                return err_set(err, "(?%c is not available", p[2]);
            buf_char(out, '(');
            p += 2;
        } else {
            if (*p == '[' && !is_inside)
                is_inside = true;
            else if (*p == ']')
                is_inside = false;
            buf_char(out, *p);
        }
    }
    return !out->over || err_set(err, "it is longer than %d characters", (int)TOKEN_PATTERN_MAX);
}

static bool
compile(const char *pattern, regex_t *regex, struct err *err)
{
    struct buf posix;
    char why[128];
    bool is_compiled;
    int code;

    buf_init(&posix, TOKEN_PATTERN_MAX);
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
token_pattern_matches(const char *pattern, struct str token, struct err *err)
{
    char text[TOKEN_PATTERN_MAX_TEXT + 1];
    regex_t regex;
    bool matches;

    err->text[0] = '\0';
    if (token.len > TOKEN_PATTERN_MAX_TEXT || memchr(token.p, '\0', token.len))
        return false;
    if (!compile(pattern, &regex, err))
        return false;
    memcpy(text, token.p, token.len);
    text[token.len] = '\0';
    matches = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return matches;
}
