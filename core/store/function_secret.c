/* SPDX-License-Identifier: MIT */
/* Rows of functions' secrets (function_secret.h). */
#include "store/function_secret.h"

#include "base/clock.h"
#include "store/query.h"

void
store_function_secret_put(struct store_write *write, const char *org_id, const char *name, const char *sealed)
{
    STORE_ADD(write, SQL_FUNCTION_SECRET_PUT, STORE_ONE, v_text(org_id), v_text(name), v_text(sealed),
              v_int(clock_wall_ms()));
}

void
store_function_secret_remove(struct store_write *write, const char *org_id, const char *name)
{
    STORE_ADD(write, SQL_FUNCTION_SECRET_REMOVE, STORE_ONE, v_text(org_id), v_text(name));
}

bool
store_function_secret_list(struct store *store, struct arena *arena, const char *org_id,
                           struct function_secret **secrets, size_t *count, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_FUNCTION_SECRET_LIST, v_text(org_id)))
        return false;
    *count = rows.count;
    *secrets = rows.count ? arena_alloc(arena, rows.count * sizeof **secrets) : NULL;
    for (size_t i = 0; *secrets && i < rows.count; i++)
        (*secrets)[i] = (struct function_secret){ .name = row_text(&rows, i, 0),
                                                  .sealed = row_text(&rows, i, 1),
                                                  .updated_at = row_int(&rows, i, 2) };
    return records_fit(*secrets, &rows, err);
}
