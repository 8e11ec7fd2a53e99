/* SPDX-License-Identifier: MIT */
/* Rules of time zones (zone_rule.h). */
#include "function/zone_rule.h"

#include <string.h>

#include "function/day.h"

enum { DAY_S = 86400, HOUR_S = 3600 };

static bool
skip_name(const char **at)
{
    const char *p = *at;

    if (*p == '<') {
        p = strchr(p, '>');
        if (!p)
            return false;
        p++;
    } else {
        while ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            p++;
    }
    if (p - *at < 3)
        return false;
    *at = p;
    return true;
}

static bool
take_number(const char **at, int max, int *number)
{
    const char *begin = *at;

    for (*number = 0; **at >= '0' && **at <= '9' && *number <= max; (*at)++)
        *number = *number * 10 + (**at - '0');
    return *at > begin && *number <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(const char **at, int32_t *seconds)
{
    int sign = 1, part, unit = HOUR_S;

    if (**at == '+' || **at == '-')
        sign = *(*at)++ == '-' ? -1 : 1;
    *seconds = 0;
    do {
        if (!take_number(at, unit == HOUR_S ? 167 : 59, &part))
            return false;
        *seconds += part * unit;
        unit /= 60;
    } while (**at == ':' && unit > 0 && (*at)++);
    *seconds *= sign;
    return true;
}

static bool
take_change(const char **at, struct zone_change *change)
{
    *change = (struct zone_change){ .form = '0', .seconds = 2 * HOUR_S };
    if (*(*at)++ != ',')
        return false;
    if (**at == 'J' || **at == 'M')
        change->form = *(*at)++;
    if (change->form == 'M') {
        if (!take_number(at, 12, &change->month) || *(*at)++ != '.' || !take_number(at, 5, &change->week) ||
            *(*at)++ != '.' || !take_number(at, 6, &change->day) || change->month == 0 || change->week == 0)
            return false;
    } else if (!take_number(at, 365, &change->day)) {
        return false;
    }
    return **at != '/' || ((*at)++, take_time(at, &change->seconds));
}

bool
zone_rule_parse(const char *text, struct zone_rule *rule)
{
    int32_t west;

    if (!skip_name(&text) || !take_time(&text, &west))
        return false;
    *rule = (struct zone_rule){ .offset = -west, .summer_offset = -west + HOUR_S };
    if (*text == '\0')
        return true;
    rule->has_summer = true;
    if (!skip_name(&text))
        return false;
    if (*text != ',') {
        if (!take_time(&text, &west))
            return false;
        rule->summer_offset = -west;
    }
    return take_change(&text, &rule->begin) && take_change(&text, &rule->end) && *text == '\0';
}

int64_t
zone_change_in(const struct zone_change *change, int year)
{
    int64_t first, day;

    if (change->form != 'M') {
        /* J counts from 1 and never counts February 29th */
        day = day_number(year, 1, 1) + change->day - (change->form == 'J');
        if (change->form == 'J' && change->day >= 60 && day_month_len(year, 2) == 29)
            day++;
        return day * DAY_S + change->seconds;
    }
    first = day_number(year, change->month, 1);
    day = first + (change->day - day_of_week(first) + 7) % 7 + 7 * (change->week - 1);
    if (day >= first + day_month_len(year, change->month))
        day -= 7;
    return day * DAY_S + change->seconds;
}
