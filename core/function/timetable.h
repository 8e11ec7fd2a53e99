/* SPDX-License-Identifier: MIT */
/*
 * When something is due: rate(…), cron(…), at(…), or the five fields of Unix (functions.md 6.1). Pure calculation;
 * running things is schedule.h. Any thread.
 */
#ifndef FUNCTION_TIMETABLE_H
#define FUNCTION_TIMETABLE_H

#include "function/cron.h"

enum timetable_kind { TIMETABLE_RATE, TIMETABLE_CRON, TIMETABLE_AT };

struct timetable {
    enum timetable_kind kind;
    int64_t every_ms;   /* RATE */
    int64_t at_local_s; /* AT: as clocks of the zone show it */
    struct cron cron;
};

bool timetable_parse(struct str text, struct timetable *timetable, struct err *err) MUST_CHECK;

/* Wall ms of the first time after that one; INT64_MAX: never again. Rates count from `phase_ms`. Zone NULL: UTC. */
int64_t timetable_next(const struct timetable *timetable, const struct zone *zone, int64_t phase_ms, int64_t after_ms);

#endif
