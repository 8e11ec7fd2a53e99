/* SPDX-License-Identifier: MIT */
/* What a CSV column may hold. Nothing of the SDK in it. */
#ifndef ROUTES_IMPORT_TYPES_H
#define ROUTES_IMPORT_TYPES_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type { TYPE_TEXT, TYPE_INTEGER, TYPE_NUMBER, TYPE_DATE, TYPE_COUNT };

/* As declared in CREATE TABLE. */
static const char *const type_sql[TYPE_COUNT] = { "TEXT", "INTEGER", "REAL", "DATE" };

static inline bool type_is_date(const char *text)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day, len = 0;

    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &len) != 3 || len != 10 || text[10] != '\0')
        return false;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] && (month != 2 || day < 29 || is_leap);
}

/* Empty texts become NULL and are of every type. */
static inline bool type_accepts(enum type type, const char *text)
{
    char *end;

    errno = 0;
    if (*text == '\0' || type == TYPE_TEXT)
        return true;
    if (type == TYPE_DATE)
        return type_is_date(text);
    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return false; /* strtod also takes infinities and hexadecimal numbers, and both take leading blanks */
    if (type == TYPE_INTEGER)
        strtoll(text, &end, 10);
    else
        strtod(text, &end);
    return *end == '\0' && errno == 0;
}

/* The narrowest type that all of the texts have; start with TYPE_COUNT and hand in one text after the other. */
static inline enum type type_narrow(enum type so_far, const char *text)
{
    static const enum type order[] = { TYPE_INTEGER, TYPE_NUMBER, TYPE_DATE };

    if (*text == '\0' || so_far == TYPE_TEXT)
        return so_far;
    for (size_t i = 0; i < 3; i++) {
        bool is_wider = so_far == TYPE_INTEGER && order[i] == TYPE_NUMBER;
        /* 007 is a text: as a number it would lose its zeros */
        bool is_code = text[0] == '0' && text[1] >= '0' && text[1] <= '9' && order[i] != TYPE_DATE;
        if ((so_far == TYPE_COUNT || so_far == order[i] || is_wider) && !is_code && type_accepts(order[i], text))
            return order[i];
    }
    return TYPE_TEXT;
}

/* What an existing column takes, by its declared type. */
static inline enum type type_of_column(const char *declared)
{
    if (strcasestr(declared, "INT"))
        return TYPE_INTEGER;
    if (strcasestr(declared, "REAL") || strcasestr(declared, "FLOA") || strcasestr(declared, "DOUB"))
        return TYPE_NUMBER;
    return strcasecmp(declared, "DATE") == 0 ? TYPE_DATE : TYPE_TEXT;
}

#endif
