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

    STORE_ADD(write, SQL_DEPLOYMENT_INSERT, STORE_ONE, v_text(id.s), v_text(row->service), v_text(row->stage),
              v_text(row->action), v_text(row->version), v_int(row->timestamp_ms), v_int(row->bytes),
              v_text(row->deployer_id), v_int(clock_wall_ms()));
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
