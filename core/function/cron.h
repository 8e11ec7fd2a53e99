/* SPDX-License-Identifier: MIT */
/*
 * Cron expressions: the six fields of EventBridge and the five of Unix (functions.md 6.1). Reading them, and the next
 * minute they name. rate(…) and at(…) are timetable.h. Any thread.
 */
#ifndef FUNCTION_CRON_H
#define FUNCTION_CRON_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct zone;

enum { CRON_FIRST_YEAR = 1970, CRON_LAST_YEAR = 2199 };

/* Bit n stands for the value n. */
struct cron {
    uint64_t minutes;
    uint32_t hours, months;
    uint32_t days, nearest_weekdays;  /* of the month: n, nW */
    uint32_t weekdays, last_weekdays; /* 0 is Sunday: n, nL */
    uint32_t nth_weekdays[7];         /* n#k: bit k of [n] */
    uint8_t years[(CRON_LAST_YEAR - CRON_FIRST_YEAR) / 8 + 1];
    bool is_last_day, is_last_weekday; /* L, LW */
    bool is_both;                      /* Unix: the day of the month and the day of the week must fit */
};

/* What stands between "cron(" and ")": six fields. */
bool cron_parse(struct str text, struct cron *cron, struct err *err) MUST_CHECK;
/* Five fields as crontab(5) has them. */
bool cron_parse_unix(struct str text, struct cron *cron, struct err *err) MUST_CHECK;

/* The first of its minutes after that instant; INT64_MAX: there is none. Zone NULL: UTC. */
int64_t cron_next(const struct cron *cron, const struct zone *zone, int64_t after_ms);

#endif
