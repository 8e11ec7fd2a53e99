/* SPDX-License-Identifier: MIT */
/* Expressions of schedules (timetable.h). */
#include "function/timetable.h"

#include "base/mem.h"
#include "function/day.h"
#include "function/zone.h"

enum { MINUTE_MS = 60 * 1000, MAX_RATE_DAYS = 3660 };

/* "name(" … ")": what stands inside. */
static bool
inside(struct str text, struct str name, struct str *argument)
{
    if (!str_starts(text, name) || text.len <= name.len || text.p[text.len - 1] != ')')
        return false;
    *argument = (struct str){ text.p + name.len, text.len - name.len - 1 };
    return true;
}

/* Exactly `len` digits at p. */
static bool
take_digits(const char *p, int len, int *number)
{
    for (*number = 0; len > 0; len--, p++) {
        if (*p < '0' || *p > '9')
            return false;
        *number = *number * 10 + (*p - '0');
    }
    return true;
}

static bool
parse_rate(struct str text, struct timetable *timetable, struct err *err)
{
    static const struct {
        const char *one, *many;
        int64_t ms;
    } units[] = {
        { "minute", "minutes", MINUTE_MS },
        { "hour", "hours", 60 * MINUTE_MS },
        { "day", "days", (int64_t)24 * 60 * MINUTE_MS },
    };
    int64_t number = 0;
    size_t len = 0;
    struct str unit;

    for (; len < text.len && len < 7 && text.p[len] >= '0' && text.p[len] <= '9'; len++)
        number = number * 10 + (text.p[len] - '0');
    if (number == 0 || len == text.len || text.p[len] != ' ')
        return err_set(err, "a rate is a number from 1 and a unit, as in rate(5 minutes), not \"rate(%.*s)\"",
                       STR_ARG(text));
    unit = (struct str){ text.p + len + 1, text.len - len - 1 };
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const char *wanted = number == 1 ? units[i].one : units[i].many;

        if (str_is(unit, wanted) && number <= MAX_RATE_DAYS * (units[2].ms / units[i].ms)) {
            timetable->every_ms = number * units[i].ms;
            return true;
        }
        if (str_is(unit, number == 1 ? units[i].many : units[i].one))
            return err_set(err, "\"rate(%.*s)\": with %lld it is \"%s\"", STR_ARG(text), (long long)number, wanted);
    }
    return err_set(err, "\"rate(%.*s)\": units are minutes, hours and days, up to %d days", STR_ARG(text),
                   MAX_RATE_DAYS);
}

/* 2026-12-01T08:00:00 */
static bool
parse_at(struct str text, struct timetable *timetable, struct err *err)
{
    int year, month, day, hour, minute, second;

    if (text.len != 19 || !take_digits(text.p, 4, &year) || text.p[4] != '-' || !take_digits(text.p + 5, 2, &month) ||
        text.p[7] != '-' || !take_digits(text.p + 8, 2, &day) || text.p[10] != 'T' ||
        !take_digits(text.p + 11, 2, &hour) || text.p[13] != ':' || !take_digits(text.p + 14, 2, &minute) ||
        text.p[16] != ':' || !take_digits(text.p + 17, 2, &second))
        return err_set(err, "at() takes a time like 2026-12-01T08:00:00, not \"%.*s\"", STR_ARG(text));
    if (year < CRON_FIRST_YEAR || year > CRON_LAST_YEAR || month < 1 || month > 12 || day < 1 ||
        day > day_month_len(year, month) || hour > 23 || minute > 59 || second > 59)
        return err_set(err, "\"at(%.*s)\": there is no such time from %d to %d", STR_ARG(text), CRON_FIRST_YEAR,
                       CRON_LAST_YEAR);
    timetable->at_local_s = ((day_number(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

bool
timetable_parse(struct str text, struct timetable *timetable, struct err *err)
{
    struct str argument;

    *timetable = (struct timetable){ .kind = TIMETABLE_CRON };
    if (inside(text, STR("cron("), &argument))
        return cron_parse(argument, &timetable->cron, err);
    if (inside(text, STR("rate("), &argument)) {
        timetable->kind = TIMETABLE_RATE;
        return parse_rate(argument, timetable, err);
    }
    if (inside(text, STR("at("), &argument)) {
        timetable->kind = TIMETABLE_AT;
        return parse_at(argument, timetable, err);
    }
    if (memchr(text.p ? text.p : "", '(', text.len))
        return err_set(err, "a schedule is rate(…), cron(…), at(…) or five fields of Unix cron, not \"%.*s\"",
                       STR_ARG(text));
    return cron_parse_unix(text, &timetable->cron, err);
}

int64_t
timetable_next(const struct timetable *timetable, const struct zone *zone, int64_t phase_ms, int64_t after_ms)
{
    int64_t at_ms;

    switch (timetable->kind) {
    case TIMETABLE_RATE:
        if (after_ms < phase_ms)
            return phase_ms + timetable->every_ms;
        return phase_ms + ((after_ms - phase_ms) / timetable->every_ms + 1) * timetable->every_ms;
    case TIMETABLE_AT:
        at_ms = zone_to_utc(zone, timetable->at_local_s) * 1000;
        return at_ms > after_ms ? at_ms : INT64_MAX;
    case TIMETABLE_CRON:
    default:
        return cron_next(&timetable->cron, zone, after_ms);
    }
}
