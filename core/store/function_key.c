/* SPDX-License-Identifier: MIT */
/* Rows of the keys of functions (function_key.h). */
#include "store/function_key.h"

#include "base/clock.h"
#include "store/query.h"

/* No limit is NULL. */
static struct store_value
v_limit(int64_t limit, int64_t least)
{
    return limit < least ? v_null() : v_int(limit);
}

void
store_function_key_insert(struct store_write *write, const struct function_key *key)
{
    STORE_ADD(write, SQL_FUNCTION_KEY_INSERT, STORE_ONE, v_text(key->id), v_text(key->service), v_text(key->stage),
              v_text(key->name), v_text(key->description), v_text(key->prefix), v_text(key->hash), v_text(key->sealed),
              v_int(key->is_given), v_int(key->is_enabled), v_limit(key->rate_milli, 1), v_limit(key->burst_limit, 1),
              v_limit(key->quota_limit, 0), v_text(key->quota_period), v_int(key->quota_offset),
              v_int(clock_wall_ms()));
}

void
store_function_key_update(struct store_write *write, const struct function_key *key)
{
    STORE_ADD(write, SQL_FUNCTION_KEY_UPDATE, STORE_ONE, v_text(key->id), v_text(key->description), v_text(key->prefix),
              v_text(key->hash), v_text(key->sealed), v_int(key->is_given), v_int(key->is_enabled),
              v_limit(key->rate_milli, 1), v_limit(key->burst_limit, 1), v_limit(key->quota_limit, 0),
              v_text(key->quota_period), v_int(key->quota_offset), v_int(clock_wall_ms()));
}

void
store_function_key_remove(struct store_write *write, const char *id)
{
    STORE_ADD(write, SQL_FUNCTION_KEY_REMOVE, STORE_ONE, v_text(id), v_int(clock_wall_ms()));
}

bool
store_function_key_list(struct store *store, struct arena *arena, struct function_key **keys, size_t *count,
                        struct err *err)
{
    struct store_rows rows;

    if (!store_read(store, arena, &rows, err, SQL_FUNCTION_KEY_LIST, NULL, 0))
        return false;
    *count = rows.count;
    *keys = rows.count ? arena_alloc(arena, rows.count * sizeof **keys) : NULL;
    for (size_t i = 0; *keys && i < rows.count; i++)
        (*keys)[i] = (struct function_key){
            .id = row_text(&rows, i, 0),
            .service = row_text(&rows, i, 1),
            .stage = row_text(&rows, i, 2),
            .name = row_text(&rows, i, 3),
            .description = row_text(&rows, i, 4),
            .prefix = row_text(&rows, i, 5),
            .hash = row_text(&rows, i, 6),
            .sealed = row_text(&rows, i, 7),
            .is_given = row_int(&rows, i, 8),
            .is_enabled = row_int(&rows, i, 9),
            .rate_milli = row_int(&rows, i, 10),
            .burst_limit = row_int(&rows, i, 11),
            .quota_limit = row_value(&rows, i, 12).type == STORE_NULL ? -1 : row_int(&rows, i, 12),
            .quota_period = row_text(&rows, i, 13),
            .quota_offset = row_int(&rows, i, 14),
            .created_at = row_int(&rows, i, 15),
            .period_start = row_int(&rows, i, 16),
            .used = row_int(&rows, i, 17),
        };
    return records_fit(*keys, &rows, err);
}

void
store_function_usage_add(struct store_write *write, const char *key_id, int64_t period_start, int64_t used)
{
    STORE_ADD(write, SQL_FUNCTION_USAGE_ADD, STORE_ONE, v_text(key_id), v_int(period_start), v_int(used),
              v_int(clock_wall_ms()));
}

int64_t
store_function_usage_sum(const struct store_statement *statement)
{
    return row_int(&statement->rows, 0, 0);
}

void
store_function_usage_forget(struct store_write *write, int64_t before)
{
    STORE_ADD(write, SQL_FUNCTION_USAGE_FORGET, STORE_ANY, v_int(before));
}
