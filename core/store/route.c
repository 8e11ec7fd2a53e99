/* SPDX-License-Identifier: MIT */
/* Rows of routes (route.h). */
#include "store/route.h"

#include "base/clock.h"
#include "base/id.h"
#include "store/query.h"

void
store_route_upsert(struct store_write *write, const struct route_row *route)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_ROUTE_UPSERT, STORE_ONE, v_text(id.s), v_text(route->kind), v_text(route->org_id),
              v_text(route->env_id), v_text(route->developer_id ? route->developer_id : ""), v_text(route->slug),
              v_text(route->name), v_text(route->description), v_int(route->backgroundable),
              v_int(route->warn_on_close), v_int(route->unlisted), v_int(route->has_handler), v_text(route->source),
              v_text(route->file), v_int(clock_wall_ms()));
}

bool
store_route_list(struct store *store, struct arena *arena, const char *org_id, const char *env_id,
                 const char *developer_id, struct route_row **routes, size_t *count, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_ROUTE_LIST, v_text(org_id), v_text(env_id), v_text(developer_id)))
        return false;
    *count = rows.count;
    *routes = rows.count ? arena_alloc(arena, rows.count * sizeof **routes) : NULL;
    for (size_t i = 0; *routes && i < rows.count; i++)
        (*routes)[i] = (struct route_row){
            .id = row_text(&rows, i, 0),
            .kind = row_text(&rows, i, 1),
            .org_id = row_text(&rows, i, 2),
            .env_id = row_text(&rows, i, 3),
            .developer_id = row_text(&rows, i, 4),
            .slug = row_text(&rows, i, 5),
            .name = row_text(&rows, i, 6),
            .description = row_text(&rows, i, 7),
            .backgroundable = row_int(&rows, i, 8) != 0,
            .warn_on_close = row_int(&rows, i, 9) != 0,
            .unlisted = row_int(&rows, i, 10) != 0,
            .has_handler = row_int(&rows, i, 11) != 0,
            .source = row_text(&rows, i, 12),
            .file = row_text(&rows, i, 13),
            .created_at = row_int(&rows, i, 14),
            .last_seen_at = row_int(&rows, i, 15),
        };
    return records_fit(*routes, &rows, err);
}
