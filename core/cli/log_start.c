/* SPDX-License-Identifier: MIT */
/* Reading --startTime (log_start.h). */
#include "cli/log_start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

/* Smaller numbers are seconds since 1970, as the Serverless Framework takes them: as ms this is a day in 1973. */
static const long long first_ms = 100000000000;

static bool
read_age(const char *text, int64_t now, int64_t *at)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = { { 's', 1000 }, { 'm', 60 * 1000 }, { 'h', 3600 * 1000 }, { 'd', 86400 * 1000 } };
    char *end;
    long long number = strtoll(text, &end, 10);

    if (end == text || number < 0 || number > now / 1000)
        return false;
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (end[0] == units[i].letter && !end[1]) {
            *at = now - number * units[i].ms;
            return true;
        }
    return false;
}

static bool
read_number(const char *text, int64_t *at)
{
    char *end;
    long long number = strtoll(text, &end, 10);

    *at = number < first_ms ? number * 1000 : number;
    return end != text && !*end && number >= 0;
}

/* 2026-11-21, 2026-11-21T08:00, …:00.123; with Z, +01:00 or nothing (UTC) behind the time. */
static bool
read_iso(const char *text, int64_t *at)
{
    static const char *const formats[] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d" };
    unsigned hours = 0, minutes = 0;
    const char *end = NULL;
    struct tm tm;
    int len = 0;

    for (size_t i = 0; i < COUNT_OF(formats) && !end; i++) {
        tm = (struct tm){ 0 };
        end = strptime(text, formats[i], &tm);
    }
    if (!end)
        return false;
    *at = (int64_t)timegm(&tm) * 1000;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    if (strcmp(end, "Z") == 0 || !*end)
        return true;
    if ((*end != '+' && *end != '-') || sscanf(end + 1, "%2u:%2u%n", &hours, &minutes, &len) != 2 || end[1 + len])
        return false;
    *at -= (*end == '+' ? 1 : -1) * (int64_t)(hours * 60 + minutes) * 60 * 1000;
    return true;
}

bool
log_start_read(const char *text, int64_t now, int64_t *at, struct err *err)
{
    if (read_age(text, now, at) || read_number(text, at) || read_iso(text, at))
        return true;
    return err_set(err,
                   "--startTime takes 30m, 2h, 1d, an ISO time such as 2026-11-21T08:00:00Z, or seconds or ms since "
                   "1970; got '%s'.",
                   text);
}
