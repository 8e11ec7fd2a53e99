/* SPDX-License-Identifier: MIT */
/* Answers that are numbers or booleans (answer.h; io-methods.md 8.3 to 8.5). */
#include "runtime/answer.h"

#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "json/write.h"

/* Digits behind the point that a JSON number needs: counted in its text, because 0.1 is not a tenth in binary. */
static long
decimals_of(struct str text)
{
    long places = 0, exponent = 0, zeros = 0;
    bool is_behind_point = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];

        if (c == '.') {
            is_behind_point = true;
        } else if (c == 'e' || c == 'E') {
            bool is_negative = i + 1 < text.len && text.p[i + 1] == '-';

            for (i += text.p[i + 1] == '-' || text.p[i + 1] == '+' ? 2 : 1; i < text.len && exponent < 10000; i++)
                exponent = exponent * 10 + (text.p[i] - '0');
            exponent = is_negative ? -exponent : exponent;
            break;
        } else if (c != '-') {
            places += is_behind_point;
            zeros = c == '0' ? zeros + 1 : 0;
        }
    }
    places -= zeros + exponent;
    return places > 0 ? places : 0;
}

/* A limit as the browser writes it; NULL: none. */
static const char *
limit_text(struct arena *arena, il_optd limit)
{
    struct json_out out;
    struct buf buf;
    const char *text;

    if (!limit.set)
        return NULL;
    buf_init(&buf, 64);
    json_out_init(&out, &buf);
    json_put_double(&out, limit.v);
    text = arena_strdup(arena, buf_text(&buf));
    buf_fini(&buf);
    return text;
}

/* With at most `allowed` digits behind the point. */
static enum verdict
take_number(struct answer *answer, il_optd min, il_optd max, long allowed)
{
    double *out = answer->out;

    if (json_type(answer->value) != JSON_NUMBER)
        return ANSWER_MALFORMED;
    *out = json_double(answer->value, NAN);
    if (!isfinite(*out))
        return answer_refuse(answer, "Please enter a valid number.");
    if ((min.set && *out < min.v) || (max.set && *out > max.v))
        return answer_refuse_range(answer, "number", "greater", "less", limit_text(answer->arena, min),
                                   limit_text(answer->arena, max));
    if (*out == 0 || decimals_of(json_raw(answer->value)) <= allowed)
        return ANSWER_TAKEN;
    if (allowed)
        return answer_refuse(answer, "Please enter a number with up to %ld decimal place%s.", allowed,
                             allowed == 1 ? "" : "s");
    return answer_refuse(answer, "Please enter a whole number.");
}

enum verdict
answer_number(struct answer *answer, const void *item)
{
    const il_number *field = item;

    return take_number(answer, field->min, field->max, field->decimals > 0 ? field->decimals : field->currency ? 2 : 0);
}

/* Steps of a tenth are no tenths in binary, so nearly counts. */
static bool
is_on_step(double value, double min, double step)
{
    double position = (value - min) / step;

    return fabs(position - round(position)) <= 1e-9 * fmax(1, fabs(position));
}

enum verdict
answer_slider(struct answer *answer, const void *item)
{
    const il_slider *field = item;
    double step = field->step > 0 ? field->step : 1, *out = answer->out;
    il_optd min = { true, field->min }, max = { true, field->max };
    const char *steps = limit_text(answer->arena, (il_optd){ true, step }), *from = limit_text(answer->arena, min);
    enum verdict verdict;
    long allowed;

    if (!steps || !from)
        return ANSWER_NO_MEMORY;
    allowed =
        decimals_of(str_of(steps)) > decimals_of(str_of(from)) ? decimals_of(str_of(steps)) : decimals_of(str_of(from));
    verdict = take_number(answer, min, max, allowed);
    if (verdict != ANSWER_TAKEN || is_on_step(*out, min.v, step) || (field->value.set && *out == field->value.v))
        return verdict;
    return answer_refuse(answer, "Please enter a number in steps of %s from %s.", steps, from);
}

enum verdict
answer_boolean(struct answer *answer, const void *item)
{
    bool *out = answer->out;

    (void)item;
    if (json_type(answer->value) != JSON_BOOL)
        return ANSWER_MALFORMED;
    *out = json_bool(answer->value, false);
    return ANSWER_TAKEN;
}
