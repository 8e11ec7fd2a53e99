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

bool
store_deployment_live(struct store *store, struct arena *arena, const char *service, const char *stage,
                      int64_t timestamp_ms, struct deployment_row **row, struct err *err)
{
    struct store_rows rows;

    *row = NULL;
    if (!STORE_READ(store, arena, &rows, err, SQL_DEPLOYMENT_LIVE, v_text(service), v_text(stage), v_int(timestamp_ms)))
        return false;
    *row = rows.count ? arena_alloc(arena, sizeof **row) : NULL;
    if (!*row)
        return records_fit(*row, &rows, err);
    **row = (struct deployment_row){ .id = row_text(&rows, 0, 0),
                                     .service = service,
                                     .stage = stage,
                                     .action = row_text(&rows, 0, 1),
                                     .version = row_text(&rows, 0, 2),
                                     .timestamp_ms = row_int(&rows, 0, 3),
                                     .bytes = row_int(&rows, 0, 4),
                                     .reason = row_text(&rows, 0, 5),
                                     .watch = row_text(&rows, 0, 6),
                                     .created_at = row_int(&rows, 0, 7),
                                     .deployer = row_text(&rows, 0, 8),
                                     .user = row_text(&rows, 0, 9) };
    return true;
}
