/* SPDX-License-Identifier: MIT */
/*
 * Days of the Gregorian calendar as numbers: 0 is 1970-01-01. Years 1970 and later are what callers need. Any thread.
 */
#ifndef FUNCTION_DAY_H
#define FUNCTION_DAY_H

#include <stdint.h>

static inline int
day_month_len(int year, int month)
{
    static const signed char lens[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        return 29;
    return lens[month - 1];
}

static inline int64_t
day_number(int year, int month, int day)
{
    /* March begins the year, so that the leap day is its last */
    int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static inline void
day_split(int64_t number, int *year, int *month, int *day)
{
    int64_t days = number + 719468, era = days / 146097, rest = days % 146097;
    int64_t y = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365, of_year = rest - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

/* 0 is Sunday. */
static inline int
day_of_week(int64_t number)
{
    return (int)((number + 4) % 7);
}

#endif
