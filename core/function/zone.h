/* SPDX-License-Identifier: MIT */
/*
 * Time zones by name, from the system's zoneinfo files: libc knows one zone per process, schedules may name any. A zone
 * is immutable; any thread. NULL stands for UTC everywhere.
 */
#ifndef FUNCTION_ZONE_H
#define FUNCTION_ZONE_H

#include <stdint.h>

#include "base/err.h"

struct zone;

enum { ZONE_LAST_YEAR = 2200 }; /* rules of the zone are followed that far */

/* "Europe/Berlin". NULL: there is no such zone on this machine. */
struct zone *zone_open(const char *name, struct err *err) MUST_CHECK;
void zone_free(struct zone *zone);

/* Seconds east of UTC at that instant (seconds since 1970). */
int32_t zone_offset(const struct zone *zone, int64_t utc_s);

/*
 * The instant at which clocks there show `local_s` (counted as if there were no zones). What they show twice: the first
 * time. What they skip: the first instant after the gap.
 */
int64_t zone_to_utc(const struct zone *zone, int64_t local_s);

#endif
