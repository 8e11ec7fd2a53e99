/* SPDX-License-Identifier: MIT */
/* Waiting times of attempts (retry.h). */
#include "queue/retry.h"

#include <string.h>
#include <time.h>

#include "base/mem.h"

bool
retry_backoff_parse(const char *text, enum retry_backoff *backoff, struct err *err)
{
    static const char *const names[] = { "exponential", "full", "equal" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(text, names[i]) == 0) {
            *backoff = (enum retry_backoff)i;
            return true;
        }
    return err_set(err, "ASYNC_BACKOFF is \"%s\"; it must be exponential, full or equal", text);
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
retry_codes_parse(const char *text, struct retry_policy *policy, struct err *err)
{
    policy->code_count = 0;
    for (const char *at = text; *at; at += *at == ',') {
        if (!is_digit(at[0]) || !is_digit(at[1]) || !is_digit(at[2]) || (at[3] && at[3] != ','))
            return err_set(err, "ASYNC_CODES is \"%s\"; it must be statuses such as 429,503", text);
        if (policy->code_count == RETRY_MAX_CODES)
            return err_set(err, "ASYNC_CODES has more than %d statuses", RETRY_MAX_CODES);
        policy->codes[policy->code_count++] = (uint32_t)((at[0] - '0') * 100 + (at[1] - '0') * 10 + at[2] - '0');
        at += 3;
    }
    return true;
}

bool
retry_is_wanted(const struct retry_policy *policy, uint32_t status)
{
    for (uint32_t i = 0; i < policy->code_count; i++)
        if (policy->codes[i] == status)
            return true;
    return false;
}

int64_t
retry_wait_ms(const struct retry_policy *policy, uint32_t attempt, uint64_t random)
{
    int64_t wait = policy->min_wait_ms;

    for (uint32_t i = 1; i < attempt && wait < policy->max_wait_ms; i++)
        wait *= 2;
    if (wait > policy->max_wait_ms)
        wait = policy->max_wait_ms;
    if (policy->backoff == RETRY_FULL)
        return (int64_t)(random % (uint64_t)(wait + 1));
    if (policy->backoff == RETRY_EQUAL)
        return wait - wait / 2 + (int64_t)(random % (uint64_t)(wait / 2 + 1));
    return wait;
}

/* -1: it is no date. RFC 9110 5.6.7: the one form that is sent, and the two that have to be understood. */
static int64_t
date_ms(struct str value)
{
    static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                         "%a %b %e %H:%M:%S %Y" };
    char text[40];

    if (value.len >= sizeof text)
        return -1;
    memcpy(text, value.p, value.len);
    text[value.len] = '\0';
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct tm tm = { 0 };
        const char *end = strptime(text, forms[i], &tm);

        if (end && !*end)
            return (int64_t)timegm(&tm) * 1000;
    }
    return -1;
}

int64_t
retry_after_ms(struct str value, int64_t now_ms)
{
    int64_t seconds = 0, at;
    size_t i = 0;

    for (; i < value.len && is_digit(value.p[i]); i++)
        seconds = seconds < RETRY_MAX_AFTER_S ? seconds * 10 + (value.p[i] - '0') : RETRY_MAX_AFTER_S;
    if (i > 0 && i == value.len)
        return seconds * 1000;
    at = date_ms(value);
    return at < 0 ? -1 : at > now_ms ? at - now_ms : 0;
}
