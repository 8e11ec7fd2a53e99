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

/* What most texts of a column are. Start with all zero, hand in one text after the other. */
struct type_guess {
    size_t n, accepted[TYPE_COUNT];
    bool is_code; /* 007 is a text: as a number it would lose its zeros */
};

static inline void type_look(struct type_guess *guess, const char *text)
{
    if (*text == '\0')
        return;
    guess->n++;
    for (int type = 0; type < TYPE_COUNT; type++)
        guess->accepted[type] += type_accepts((enum type)type, text);
    if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
        guess->is_code = true;
}

static inline enum type type_guessed(const struct type_guess *guess)
{
    if (guess->accepted[TYPE_DATE] * 2 > guess->n)
        return TYPE_DATE;
    if (guess->is_code || guess->accepted[TYPE_NUMBER] * 2 <= guess->n)
        return TYPE_TEXT;
    return guess->accepted[TYPE_INTEGER] == guess->accepted[TYPE_NUMBER] ? TYPE_INTEGER : TYPE_NUMBER;
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
