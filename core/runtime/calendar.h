/* SPDX-License-Identifier: MIT */
/*
 * Days and instants without time zones and without libc's tables: what dates in answers, limits and rich JSON need. Any
 * thread.
 */
#ifndef RUNTIME_CALENDAR_H
#define RUNTIME_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "interlude/value.h"

enum { CALENDAR_TEXT_MAX = 48 };

bool calendar_is_date(int year, int month, int day); /* years 1 to 9999 */
il_datetime calendar_of_ms(int64_t ms);              /* UTC */

/* "2024-01-31T08:30:00.000Z", as JavaScript writes it; false: outside of what a JavaScript Date holds. */
bool calendar_iso(int64_t ms, char text[CALENDAR_TEXT_MAX]);
bool calendar_parse_iso(struct str text, int64_t *ms);

/* For messages, in US English: "January 31, 2024", "8:30 AM", "Jan 31, 2024, 8:30 AM" (io-methods.md 8.8-8.10). */
void calendar_put_date(il_date date, char text[CALENDAR_TEXT_MAX]);
void calendar_put_time(il_time time, char text[CALENDAR_TEXT_MAX]);
void calendar_put_datetime(il_datetime when, char text[CALENDAR_TEXT_MAX]);

#endif
