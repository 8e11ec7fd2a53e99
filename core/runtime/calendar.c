/* SPDX-License-Identifier: MIT */
/* The Gregorian calendar in plain arithmetic (calendar.h). */
#include "runtime/calendar.h"

#include <stdio.h>

static const int64_t ms_per_day = 86400000;
/* ECMA-262, time values: 100,000,000 days around 1970. */
static const int64_t js_limit_ms = 8640000000000000;

static const char *const month_names[] = { "January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December" };

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool
calendar_is_date(int year, int month, int day)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970-01-01; the year counted from March, so that the leap day is the last of it. */
static int64_t
days_of(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The inverse. The year may have six digits. */
static il_date
date_of(int64_t days)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

    return (il_date){ .year = (int)(year + era * 400 + (month >= 10)),
                      .month = (int)(month < 10 ? month + 3 : month - 9),
                      .day = (int)(of_year - (153 * month + 2) / 5 + 1) };
}

/* Splits so that the rest is never negative. */
static int64_t
floor_days(int64_t ms, int *of_day)
{
    int64_t days = ms / ms_per_day - (ms % ms_per_day < 0);

    *of_day = (int)(ms - days * ms_per_day);
    return days;
}

il_datetime
calendar_of_ms(int64_t ms)
{
    int of_day;
    il_date date = date_of(floor_days(ms, &of_day));

    return (il_datetime){
        .year = date.year, .month = date.month, .day = date.day, .hour = of_day / 3600000, .minute = of_day / 60000 % 60
    };
}

bool
calendar_iso(int64_t ms, char text[CALENDAR_TEXT_MAX])
{
    il_date date;
    int of_day;

    if (ms > js_limit_ms || ms < -js_limit_ms)
        return false;
    date = date_of(floor_days(ms, &of_day));
    snprintf(text, CALENDAR_TEXT_MAX,
             date.year < 0 || date.year > 9999 ? "%+07d-%02d-%02dT%02d:%02d:%02d.%03dZ"
                                               : "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
             date.year, date.month, date.day, of_day / 3600000, of_day / 60000 % 60, of_day / 1000 % 60, of_day % 1000);
    return true;
}

bool
calendar_parse_iso(struct str text, int64_t *ms)
{
    /* The template says where digits are; everything else must be equal. */
    static const char form[] = "0000-00-00T00:00:00.000Z";
    int part[7] = { 0 }, n = 0;

    if (text.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];

        if (form[i] == '0') {
            if (c < '0' || c > '9')
                return false;
            part[n] = part[n] * 10 + (c - '0');
        } else if (c != form[i]) {
            return false;
        } else {
            n++;
        }
    }
    if (!calendar_is_date(part[0], part[1], part[2]) || part[3] > 23 || part[4] > 59 || part[5] > 59)
        return false;
    *ms = days_of(part[0], part[1], part[2]) * ms_per_day + ((part[3] * 60 + part[4]) * 60 + part[5]) * 1000L + part[6];
    return true;
}

static const char *
month_name(int month)
{
    return month >= 1 && month <= 12 ? month_names[month - 1] : "?";
}

void
calendar_put_date(il_date date, char text[CALENDAR_TEXT_MAX])
{
    snprintf(text, CALENDAR_TEXT_MAX, "%s %d, %d", month_name(date.month), date.day, date.year);
}

void
calendar_put_time(il_time time, char text[CALENDAR_TEXT_MAX])
{
    snprintf(text, CALENDAR_TEXT_MAX, "%d:%02d %s", time.hour % 12 ? time.hour % 12 : 12, time.minute,
             time.hour < 12 ? "AM" : "PM");
}

void
calendar_put_datetime(il_datetime when, char text[CALENDAR_TEXT_MAX])
{
    char time[CALENDAR_TEXT_MAX];

    calendar_put_time((il_time){ when.hour, when.minute }, time);
    snprintf(text, CALENDAR_TEXT_MAX, "%.3s %d, %d, %.10s", month_name(when.month), when.day, when.year, time);
}
