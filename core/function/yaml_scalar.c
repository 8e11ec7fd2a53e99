/* SPDX-License-Identifier: MIT */
/*
 * What a plain scalar means (yaml.h): the core schema of YAML 1.2, plus what js-yaml adds; a leading zero keeps a
 * number a text (007, 0123).
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/yaml.h"

enum { MAX_NUMBER = 40 };

static bool
is_one_of(struct str text, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(text, words[i]))
            return true;
    return false;
}

static bool
parse_int(struct str text, int64_t *value)
{
    size_t sign = text.len && (*text.p == '-' || *text.p == '+');
    const char *digits = text.p + sign;
    size_t count = text.len - sign;
    char copy[MAX_NUMBER], *end;
    int base = 10;

    if (!count || text.len >= sizeof copy || strspn(digits, "0123456789abcdefABCDEFxo") < count)
        return false;
    if (count > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'o'))
        base = digits[1] == 'x' ? 16 : 8;
    else if (count > 1 && digits[0] == '0')
        return false;
    digits += base == 10 ? 0 : 2;
    if (base == 10 && (*digits < '0' || *digits > '9'))
        return false;
    snprintf(copy, sizeof copy, "%s%.*s", *text.p == '-' ? "-" : "", (int)(text.p + text.len - digits), digits);
    errno = 0;
    *value = strtoll(copy, &end, base);
    return !errno && !*end;
}

static bool
parse_float(struct str text, double *value)
{
    static const char *const infinite[] = { ".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.Inf", "-.INF" };
    static const char *const nan_words[] = { ".nan", ".NaN", ".NAN" };
    char copy[MAX_NUMBER], *end;
    size_t sign = text.len && (*text.p == '-' || *text.p == '+');

    if (is_one_of(text, nan_words, COUNT_OF(nan_words))) {
        *value = NAN;
        return true;
    }
    if (is_one_of(text, infinite, COUNT_OF(infinite))) {
        *value = *text.p == '-' ? -INFINITY : INFINITY;
        return true;
    }
    if (text.len <= sign || text.len >= sizeof copy || strspn(text.p, "+-0123456789.eE") < text.len ||
        !strpbrk(text.p, "0123456789") || text.p[sign] == 'e' || text.p[sign] == 'E')
        return false;
    if (text.p[sign] == '0' && text.len > sign + 1 && text.p[sign + 1] >= '0' && text.p[sign + 1] <= '9')
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    *value = strtod(copy, &end);
    return !*end;
}

void
yaml_plain(struct str text, struct node *node)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
    static const char *const trues[] = { "true", "True", "TRUE" };
    static const char *const falses[] = { "false", "False", "FALSE" };
    int64_t integer;
    double real;

    node->text = text;
    node->type = NODE_TEXT;
    if (is_one_of(text, nulls, COUNT_OF(nulls))) {
        node->type = NODE_NULL;
    } else if (is_one_of(text, trues, COUNT_OF(trues)) || is_one_of(text, falses, COUNT_OF(falses))) {
        node->type = NODE_BOOL;
        node->boolean = *text.p == 't' || *text.p == 'T';
    } else if (parse_int(text, &integer)) {
        node->type = NODE_INT;
        node->integer = integer;
    } else if (parse_float(text, &real)) {
        node->type = NODE_FLOAT;
        node->real = real;
    }
}
