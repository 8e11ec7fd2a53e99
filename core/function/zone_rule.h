/* SPDX-License-Identifier: MIT */
/* The rule behind the last entry of a zoneinfo file, as POSIX writes TZ (RFC 8536 3.3.1). Any thread. */
#ifndef FUNCTION_ZONE_RULE_H
#define FUNCTION_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

struct zone_change {
    char form;            /* 'M', 'J', '0' */
    int month, week, day; /* 'M' uses all, the others day only */
    int32_t seconds;      /* local, from midnight; may lie outside of the day */
};

struct zone_rule {
    int32_t offset, summer_offset;
    bool has_summer;
    struct zone_change begin, end;
};

/* "CET-1CEST,M3.5.0,M10.5.0/3" */
bool zone_rule_parse(const char *text, struct zone_rule *rule);
/* Local seconds since 1970 at which it happens in that year. */
int64_t zone_change_in(const struct zone_change *change, int year);

#endif
