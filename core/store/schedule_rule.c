/* SPDX-License-Identifier: MIT */
/* Rows of schedules (schedule_rule.h). */
#include "store/schedule_rule.h"

#include "store/query.h"

void
store_schedule_rule_put(struct store_write *write, const struct schedule_rule *rule)
{
    STORE_ADD(write, SQL_SCHEDULE_RULE_PUT, STORE_ONE, v_text(rule->name), v_text(rule->expression),
              v_int(rule->phase_at), v_int(rule->done_until), v_text(rule->last_call), v_int(rule->skipped));
}

bool
store_schedule_rule_list(struct store *store, struct arena *arena, struct schedule_rule **rules, size_t *count,
                         struct err *err)
{
    struct store_rows rows;

    if (!store_read(store, arena, &rows, err, SQL_SCHEDULE_RULE_LIST, NULL, 0))
        return false;
    *count = rows.count;
    *rules = rows.count ? arena_alloc(arena, rows.count * sizeof **rules) : NULL;
    for (size_t i = 0; *rules && i < rows.count; i++)
        (*rules)[i] = (struct schedule_rule){ .name = row_text(&rows, i, 0),
                                              .expression = row_text(&rows, i, 1),
                                              .phase_at = row_int(&rows, i, 2),
                                              .done_until = row_int(&rows, i, 3),
                                              .last_call = row_text(&rows, i, 4),
                                              .skipped = row_int(&rows, i, 5) };
    return records_fit(*rules, &rows, err);
}
