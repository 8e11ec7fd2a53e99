/* SPDX-License-Identifier: MIT */
/* Answers that are days and times (answer.h; io-methods.md 8.8 to 8.10). */
#include "runtime/answer.h"

#include "runtime/calendar.h"

/* An integral member within int, or -1. */
static int
part(struct json object, const char *key)
{
    int64_t value = json_int(json_get(object, key), -1);

    return value < 0 || value > 9999 ? -1 : (int)value;
}

/* One number that orders two dates, times or both. */
static int64_t
rank(il_datetime w)
{
    return (((w.year * 100L + w.month) * 100 + w.day) * 100 + w.hour) * 100 + w.minute;
}

static bool
is_within(il_datetime when, const il_datetime *min, const il_datetime *max)
{
    return (!min || rank(when) >= rank(*min)) && (!max || rank(when) <= rank(*max));
}

enum verdict
answer_date(struct answer *answer, const void *item)
{
    const il_date_in *field = item;
    il_date *out = answer->out;
    char min[CALENDAR_TEXT_MAX], max[CALENDAR_TEXT_MAX];
    il_datetime when, first = { 0 }, last = { 0 };

    if (json_type(answer->value) != JSON_OBJECT)
        return ANSWER_MALFORMED;
    *out = (il_date){ part(answer->value, "year"), part(answer->value, "month"), part(answer->value, "day") };
    if (!calendar_is_date(out->year, out->month, out->day))
        return answer_refuse(answer, "Please enter a valid date.");
    when = (il_datetime){ out->year, out->month, out->day, 0, 0 };
    if (field->min) {
        first = (il_datetime){ field->min->year, field->min->month, field->min->day, 0, 0 };
        calendar_put_date(*field->min, min);
    }
    if (field->max) {
        last = (il_datetime){ field->max->year, field->max->month, field->max->day, 0, 0 };
        calendar_put_date(*field->max, max);
    }
    if (is_within(when, field->min ? &first : NULL, field->max ? &last : NULL))
        return ANSWER_TAKEN;
    return answer_refuse_range(answer, "date", "later", "earlier", field->min ? min : NULL, field->max ? max : NULL);
}

static bool
is_time(int hour, int minute)
{
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

enum verdict
answer_time(struct answer *answer, const void *item)
{
    const il_time_in *field = item;
    il_time *out = answer->out;
    char min[CALENDAR_TEXT_MAX], max[CALENDAR_TEXT_MAX];
    il_datetime first = { 0 }, last = { 0 };

    if (json_type(answer->value) != JSON_OBJECT)
        return ANSWER_MALFORMED;
    *out = (il_time){ part(answer->value, "hour"), part(answer->value, "minute") };
    if (!is_time(out->hour, out->minute))
        return answer_refuse(answer, "Please enter a valid time.");
    if (field->min) {
        first = (il_datetime){ .hour = field->min->hour, .minute = field->min->minute };
        calendar_put_time(*field->min, min);
    }
    if (field->max) {
        last = (il_datetime){ .hour = field->max->hour, .minute = field->max->minute };
        calendar_put_time(*field->max, max);
    }
    if (is_within((il_datetime){ .hour = out->hour, .minute = out->minute }, field->min ? &first : NULL,
                  field->max ? &last : NULL))
        return ANSWER_TAKEN;
    return answer_refuse_range(answer, "time", "later", "earlier", field->min ? min : NULL, field->max ? max : NULL);
}

enum verdict
answer_datetime(struct answer *answer, const void *item)
{
    const il_datetime_in *field = item;
    il_datetime *out = answer->out;
    char min[CALENDAR_TEXT_MAX], max[CALENDAR_TEXT_MAX];

    if (json_type(answer->value) != JSON_OBJECT)
        return ANSWER_MALFORMED;
    *out = (il_datetime){ part(answer->value, "year"), part(answer->value, "month"), part(answer->value, "day"),
                          part(answer->value, "hour"), part(answer->value, "minute") };
    if (!calendar_is_date(out->year, out->month, out->day) || !is_time(out->hour, out->minute))
        return answer_refuse(answer, "Please enter a valid date.");
    if (is_within(*out, field->min, field->max))
        return ANSWER_TAKEN;
    if (field->min)
        calendar_put_datetime(*field->min, min);
    if (field->max)
        calendar_put_datetime(*field->max, max);
    return answer_refuse_range(answer, "date", "later", "earlier", field->min ? min : NULL, field->max ? max : NULL);
}
