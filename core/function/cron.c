/* SPDX-License-Identifier: MIT */
/* Cron expressions (cron.h). */
#include "function/cron.h"

#include <stdio.h>

#include "base/mem.h"
#include "function/day.h"
#include "function/zone.h"

enum { MINUTE_S = 60, DAY_MINUTES = 24 * 60, MAX_FIELD = 256 };

/* ---- reading */

struct field {
    const char *name;
    int min, max;
    const char *names; /* three letters each, of min and what follows; NULL: none */
    uint64_t *bits;
};

static const char MONTHS[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", WEEKDAYS[] = "SUNMONTUEWEDTHUFRISAT";

static char
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
take_value(const struct field *field, struct str *text, int *value)
{
    size_t len = 0;

    for (const char *name = field->names; name && *name && text->len >= 3; name += 3)
        if (upper(text->p[0]) == name[0] && upper(text->p[1]) == name[1] && upper(text->p[2]) == name[2]) {
            *value = field->min + (int)(name - field->names) / 3;
            *text = (struct str){ text->p + 3, text->len - 3 };
            return true;
        }
    for (*value = 0; len < text->len && len < 4 && text->p[len] >= '0' && text->p[len] <= '9'; len++)
        *value = *value * 10 + (text->p[len] - '0');
    *text = (struct str){ text->p + len, text->len - len };
    return len > 0 && *value >= field->min && *value <= field->max;
}

static bool
take_char(struct str *text, char c)
{
    if (text->len == 0 || text->p[0] != c)
        return false;
    *text = (struct str){ text->p + 1, text->len - 1 };
    return true;
}

static bool
wrong(const struct field *field, struct str part, struct err *err)
{
    return err_set(err, "%s takes %d to %d%s, not \"%.*s\"", field->name, field->min, field->max,
                   field->names ? " or names of three letters" : "", STR_ARG(part));
}

static void
set_bit(const struct field *field, int value)
{
    int bit = value - (field->max > 63 ? field->min : 0); /* only years begin late */

    field->bits[bit / 64] |= 1ull << bit % 64;
}

/* One of `*`, `n`, `n-m`, and any of them with `/step`. */
static bool
read_part(const struct field *field, struct str part, struct err *err)
{
    int first = field->min, last = field->max, step = 1;
    struct str rest = part;
    bool is_star = take_char(&rest, '*');

    if (!is_star) {
        if (!take_value(field, &rest, &first))
            return wrong(field, part, err);
        last = first;
        if (take_char(&rest, '-') && !take_value(field, &rest, &last))
            return wrong(field, part, err);
    }
    if (take_char(&rest, '/')) {
        struct field steps = { field->name, 1, field->max, NULL, NULL };

        if (!take_value(&steps, &rest, &step))
            return err_set(err, "%s: the step in \"%.*s\" takes 1 to %d", field->name, STR_ARG(part), field->max);
        if (!is_star && !memchr(part.p, '-', part.len))
            last = field->max;
    }
    if (rest.len || first > last)
        return wrong(field, part, err);
    for (int value = first; value <= last; value += step)
        set_bit(field, value);
    return true;
}

/* The next text before `separator`; false: there is none left. */
static bool
next_part(struct str *text, char separator, struct str *part)
{
    const char *end;

    if (!text->p)
        return false;
    end = memchr(text->p, separator, text->len);
    *part = (struct str){ text->p, end ? (size_t)(end - text->p) : text->len };
    *text = end ? (struct str){ end + 1, text->len - part->len - 1 } : (struct str){ 0 };
    return true;
}

static bool
read_field(const struct field *field, struct str text, struct err *err)
{
    struct str part;

    while (next_part(&text, ',', &part))
        if (!read_part(field, part, err))
            return false;
    return true;
}

/* Days of the month know L, LW and nW besides. */
static bool
read_days(struct cron *cron, struct str text, struct err *err)
{
    uint64_t bits = 0;
    struct field field = { "the day of the month", 1, 31, NULL, &bits };
    struct str part;

    while (next_part(&text, ',', &part)) {
        struct str rest = part;
        int day;

        if (str_is(part, "L") || str_is(part, "l"))
            cron->is_last_day = true;
        else if (str_is(part, "LW") || str_is(part, "lw"))
            cron->is_last_weekday = true;
        else if (take_value(&field, &rest, &day) && rest.len == 1 && upper(*rest.p) == 'W')
            cron->nearest_weekdays |= 1u << day;
        else if (!read_part(&field, part, err))
            return false;
    }
    cron->days = (uint32_t)bits;
    return true;
}

/* Days of the week know L (Saturday), nL and n#k besides; 1 is Sunday there, 0 here. */
static bool
read_weekdays(struct cron *cron, struct str text, struct err *err)
{
    uint64_t bits = 0;
    struct field field = { "the day of the week", 1, 7, WEEKDAYS, &bits }, nth = { "the # of a day", 1, 5, NULL, NULL };
    struct str part;

    while (next_part(&text, ',', &part)) {
        struct str rest = part;
        int day, k;
        bool is_value = take_value(&field, &rest, &day);

        if (str_is(part, "L") || str_is(part, "l"))
            bits |= 1u << 7;
        else if (is_value && rest.len == 1 && upper(*rest.p) == 'L')
            cron->last_weekdays |= 1u << (day - 1);
        else if (is_value && take_char(&rest, '#') && take_value(&nth, &rest, &k) && rest.len == 0)
            cron->nth_weekdays[day - 1] |= 1u << k;
        else if (!read_part(&field, part, err))
            return false;
    }
    cron->weekdays = (uint32_t)(bits >> 1);
    return true;
}

static size_t
split(struct str text, struct str *fields, size_t max)
{
    size_t count = 0, at = 0;

    while (at < text.len) {
        size_t begin;

        while (at < text.len && (text.p[at] == ' ' || text.p[at] == '\t'))
            at++;
        for (begin = at; at < text.len && text.p[at] != ' ' && text.p[at] != '\t';)
            at++;
        if (at == begin)
            break;
        if (count < max)
            fields[count] = (struct str){ text.p + begin, at - begin };
        count++;
    }
    return count;
}

static bool
read_times(struct cron *cron, const struct str *fields, struct err *err)
{
    uint64_t hours = 0, months = 0;
    struct field minute = { "the minute", 0, 59, NULL, &cron->minutes }, hour = { "the hour", 0, 23, NULL, &hours },
                 month = { "the month", 1, 12, MONTHS, &months };
    bool is_read =
        read_field(&minute, fields[0], err) && read_field(&hour, fields[1], err) && read_field(&month, fields[3], err);

    cron->hours = (uint32_t)hours;
    cron->months = (uint32_t)months;
    return is_read;
}

static bool
read_years(struct cron *cron, struct str text, struct err *err)
{
    uint64_t bits[(CRON_LAST_YEAR - CRON_FIRST_YEAR) / 64 + 1] = { 0 };
    struct field year = { "the year", CRON_FIRST_YEAR, CRON_LAST_YEAR, NULL, bits };

    if (!read_field(&year, text, err))
        return false;
    for (int i = 0; i <= CRON_LAST_YEAR - CRON_FIRST_YEAR; i++)
        if (bits[i / 64] >> i % 64 & 1)
            cron->years[i / 8] |= (uint8_t)(1 << i % 8);
    return true;
}

bool
cron_parse(struct str text, struct cron *cron, struct err *err)
{
    struct str fields[6];
    bool is_day_open, is_weekday_open;
    size_t count;

    *cron = (struct cron){ 0 };
    count = split(text, fields, COUNT_OF(fields));
    if (text.len > MAX_FIELD || count != COUNT_OF(fields))
        return err_set(err,
                       "a cron expression has six fields (minute, hour, day of the month, month, day of the week, "
                       "year), this one %zu",
                       count);
    is_day_open = str_is(fields[2], "?");
    is_weekday_open = str_is(fields[4], "?");
    if (is_day_open == is_weekday_open)
        return err_set(err, "one of the day of the month and the day of the week must be ?, and only one");
    return read_times(cron, fields, err) && (is_day_open || read_days(cron, fields[2], err)) &&
           (is_weekday_open || read_weekdays(cron, fields[4], err)) && read_years(cron, fields[5], err);
}

bool
cron_parse_unix(struct str text, struct cron *cron, struct err *err)
{
    uint64_t days = 0, weekdays = 0;
    struct field day = { "the day of the month", 1, 31, NULL, &days },
                 weekday = { "the day of the week", 0, 7, WEEKDAYS, &weekdays };
    struct str fields[5];
    size_t count;

    *cron = (struct cron){ 0 };
    count = split(text, fields, COUNT_OF(fields));
    if (text.len > MAX_FIELD || count != COUNT_OF(fields))
        return err_set(err,
                       "a cron expression of Unix has five fields (minute, hour, day, month, day of the week), this "
                       "one %zu",
                       count);
    if (!read_times(cron, fields, err) || !read_field(&day, fields[2], err) || !read_field(&weekday, fields[4], err))
        return false;
    weekdays |= weekdays >> 7; /* 7 is Sunday too */
    cron->days = (uint32_t)days;
    cron->weekdays = (uint32_t)weekdays & 0x7f;
    /* crontab(5): of two days that are given one suffices; a field that begins with * is not given */
    cron->is_both = fields[2].p[0] == '*' || fields[4].p[0] == '*';
    memset(cron->years, 0xff, sizeof cron->years);
    return true;
}

/* ---- finding the next one */

static int
last_weekday(int64_t first, int len)
{
    int weekday = day_of_week(first + len - 1);

    return weekday == 0 ? len - 2 : weekday == 6 ? len - 1 : len;
}

/* The working day nearest to `day`, within the month. */
static int
nearest_weekday(int64_t first, int len, int day)
{
    int weekday = day_of_week(first + day - 1);

    if (weekday == 6)
        return day > 1 ? day - 1 : day + 2;
    if (weekday == 0)
        return day < len ? day + 1 : day - 2;
    return day;
}

static bool
is_day_wanted(const struct cron *cron, int64_t first, int len, int day)
{
    int weekday = day_of_week(first + day - 1);

    if (cron->is_both)
        return cron->days >> day & 1 && cron->weekdays >> weekday & 1;
    if (cron->days >> day & 1 || cron->weekdays >> weekday & 1)
        return true;
    if ((cron->is_last_day && day == len) || (cron->is_last_weekday && day == last_weekday(first, len)))
        return true;
    if ((cron->last_weekdays >> weekday & 1 && day + 7 > len) || cron->nth_weekdays[weekday] >> ((day - 1) / 7 + 1) & 1)
        return true;
    for (int n = 1; n <= len && cron->nearest_weekdays >> n; n++)
        if (cron->nearest_weekdays >> n & 1 && nearest_weekday(first, len, n) == day)
            return true;
    return false;
}

/* The first wanted minute of a day from `from` on; -1: none. */
static int
next_minute(const struct cron *cron, int from)
{
    for (int hour = from / 60; hour < 24; hour++) {
        uint64_t minutes = cron->hours >> hour & 1 ? cron->minutes : 0;

        if (hour == from / 60)
            minutes &= UINT64_MAX << from % 60;
        if (minutes)
            return hour * 60 + __builtin_ctzll(minutes);
    }
    return -1;
}

/* The first wanted local minute from `from` on (minutes since 1970); -1: none. */
static int64_t
next_local(const struct cron *cron, int64_t from)
{
    int64_t from_day = from / DAY_MINUTES;
    int year, month, day;

    day_split(from_day, &year, &month, &day);
    for (; year <= CRON_LAST_YEAR; year++, month = 1, day = 1) {
        int at = year - CRON_FIRST_YEAR;

        if (!(cron->years[at / 8] >> at % 8 & 1))
            continue;
        for (; month <= 12; month++, day = 1) {
            int64_t first = day_number(year, month, 1);
            int len = day_month_len(year, month);

            for (; cron->months >> month & 1 && day <= len; day++) {
                int64_t today = first + day - 1;
                int minute = is_day_wanted(cron, first, len, day)
                                 ? next_minute(cron, today == from_day ? (int)(from % DAY_MINUTES) : 0)
                                 : -1;

                if (minute >= 0)
                    return today * DAY_MINUTES + minute;
            }
        }
    }
    return -1;
}

int64_t
cron_next(const struct cron *cron, const struct zone *zone, int64_t after_ms)
{
    int64_t after_s = after_ms < 0 ? 0 : after_ms / 1000;
    int64_t local = (after_s + zone_offset(zone, after_s)) / MINUTE_S;

    /* an hour that clocks show twice gives instants that have passed: go on */
    while ((local = next_local(cron, local + 1)) >= 0) {
        int64_t utc_s = zone_to_utc(zone, local * MINUTE_S);

        if (utc_s > after_s)
            return utc_s * 1000;
    }
    return INT64_MAX;
}
