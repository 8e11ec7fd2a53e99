/* SPDX-License-Identifier: MIT */
/* Rows of what was done to deployed services (deployment.h). */
#include "store/deployment.h"

#include "base/clock.h"
#include "base/id.h"
#include "store/query.h"

void
store_deployment_insert(struct store_write *write, const struct deployment_row *row)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_DEPLOYMENT_INSERT, STORE_ONE, v_text(row->id ? row->id : id.s), v_text(row->service),
              v_text(row->stage), v_text(row->action), v_text(row->version), v_int(row->timestamp_ms),
              v_int(row->bytes), v_text(row->deployer_id), v_text(row->user_id), v_text(row->reason),
              v_int(clock_wall_ms()));
}

void
store_deployment_watched(struct store_write *write, const char *id, const char *watch)
{
    STORE_ADD(write, SQL_DEPLOYMENT_WATCHED, STORE_ONE, v_text(id), v_text(watch));
}

bool
store_deployment_newest(struct store *store, struct arena *arena, const char *service, const char *stage,
                        int64_t *timestamp_ms, struct err *err)
{
    struct store_rows rows;

    *timestamp_ms = 0;
    if (!STORE_READ(store, arena, &rows, err, SQL_DEPLOYMENT_NEWEST, v_text(service), v_text(stage)))
        return false;
    if (rows.count)
        *timestamp_ms = row_int(&rows, 0, 0);
    return true;
}

/* NULL: there is none. */
static bool
take(struct arena *arena, const struct store_rows *rows, struct deployment_row **found, size_t *count, struct err *err)
{
    *count = rows->count;
    *found = rows->count ? arena_alloc(arena, rows->count * sizeof **found) : NULL;
    for (size_t i = 0; *found && i < rows->count; i++)
        (*found)[i] = (struct deployment_row){
            .id = row_text(rows, i, 0),
            .action = row_text(rows, i, 1),
            .version = row_text(rows, i, 2),
            .timestamp_ms = row_int(rows, i, 3),
            .bytes = row_int(rows, i, 4),
            .reason = row_text(rows, i, 5),
            .watch = row_text(rows, i, 6),
            .created_at = row_int(rows, i, 7),
            .deployer = row_text(rows, i, 8),
            .user = row_text(rows, i, 9),
            .service = row_text(rows, i, 10),
            .stage = row_text(rows, i, 11),
        };
    return records_fit(*found, rows, err);
}

bool
store_deployment_live(struct store *store, struct arena *arena, const char *service, const char *stage,
                      int64_t timestamp_ms, struct deployment_row **row, struct err *err)
{
    struct store_rows rows;
    size_t count;

    return STORE_READ(store, arena, &rows, err, SQL_DEPLOYMENT_LIVE, v_text(service), v_text(stage),
                      v_int(timestamp_ms)) &&
           take(arena, &rows, row, &count, err);
}

bool
store_deployment_last(struct store *store, struct arena *arena, struct deployment_row **found, size_t *count,
                      struct err *err)
{
    struct store_rows rows;

    return store_read(store, arena, &rows, err, SQL_DEPLOYMENT_LAST, NULL, 0) && take(arena, &rows, found, count, err);
}

bool
store_deployment_list(struct store *store, struct arena *arena, const char *service, const char *stage, size_t limit,
                      struct deployment_row **found, size_t *count, struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_DEPLOYMENT_LIST, v_text(service), v_text(stage),
                      v_int((int64_t)limit)) &&
           take(arena, &rows, found, count, err);
}
