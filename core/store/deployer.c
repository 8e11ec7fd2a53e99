/* SPDX-License-Identifier: MIT */
/* Rows of the keys that may deploy (deployer.h). */
#include "store/deployer.h"

#include "base/clock.h"
#include "store/query.h"

void
store_deployer_insert(struct store_write *write, const struct deployer *deployer)
{
    STORE_ADD(write, SQL_DEPLOYER_INSERT, STORE_ONE, v_text(deployer->id), v_text(deployer->name),
              v_text(deployer->public_key), v_int(clock_wall_ms()));
}

void
store_deployer_revoke(struct store_write *write, const char *id)
{
    STORE_ADD(write, SQL_DEPLOYER_REVOKE, STORE_ONE, v_text(id), v_int(clock_wall_ms()));
}

void
store_deployer_used(struct store_write *write, const char *id)
{
    STORE_ADD(write, SQL_DEPLOYER_USED, STORE_ONE, v_text(id), v_int(clock_wall_ms()));
}

static bool
take_rows(struct arena *arena, const struct store_rows *rows, struct deployer **deployers, struct err *err)
{
    *deployers = rows->count ? arena_alloc(arena, rows->count * sizeof **deployers) : NULL;
    for (size_t i = 0; *deployers && i < rows->count; i++)
        (*deployers)[i] = (struct deployer){ .id = row_text(rows, i, 0),
                                             .name = row_text(rows, i, 1),
                                             .public_key = row_text(rows, i, 2),
                                             .created_at = row_int(rows, i, 3),
                                             .last_used_at = row_int(rows, i, 4) };
    return records_fit(*deployers, rows, err);
}

bool
store_deployer_get(struct store *store, struct arena *arena, const char *id, struct deployer **deployer,
                   struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_DEPLOYER_GET, v_text(id)) && take_rows(arena, &rows, deployer, err);
}

bool
store_deployer_list(struct store *store, struct arena *arena, struct deployer **deployers, size_t *count,
                    struct err *err)
{
    struct store_rows rows;

    if (!store_read(store, arena, &rows, err, SQL_DEPLOYER_LIST, NULL, 0))
        return false;
    *count = rows.count;
    return take_rows(arena, &rows, deployers, err);
}
