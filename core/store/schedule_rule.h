/* SPDX-License-Identifier: MIT */
/* Rows of schedules: what they must know after a restart. Running them is function/schedule.h. */
#ifndef STORE_SCHEDULE_RULE_H
#define STORE_SCHEDULE_RULE_H

#include "store/store.h"

struct schedule_rule {
    const char *name, *expression;
    int64_t phase_at;      /* wall ms: rates count from here */
    int64_t done_until;    /* wall ms: what was due by then was run or skipped */
    const char *last_call; /* its id; NULL: none yet */
    int64_t skipped;
};

void store_schedule_rule_put(struct store_write *write, const struct schedule_rule *rule);
bool store_schedule_rule_list(struct store *store, struct arena *arena, struct schedule_rule **rules, size_t *count,
                              struct err *err) MUST_CHECK;

#endif
