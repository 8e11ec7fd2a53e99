/* SPDX-License-Identifier: MIT */
/* Rows of queued actions (queued.h). */
#include "store/queued.h"

#include "base/clock.h"
#include "store/query.h"

void
store_queued_insert(struct store_write *write, const struct queued_action *action)
{
    STORE_ADD(write, SQL_QUEUED_INSERT, STORE_ONE, v_text(action->id), v_text(action->org_id), v_text(action->env_id),
              v_text(action->developer_id), v_text(action->slug), v_text(action->assignee_id), v_str(action->params),
              v_str(action->params_meta), v_int(clock_wall_ms()));
}

void
store_queued_bind(struct store_write *write, const char *id, const char *txn_id)
{
    STORE_ADD(write, SQL_QUEUED_BIND, STORE_ONE, v_text(id), v_text(txn_id));
}

void
store_queued_unbind(struct store_write *write, const char *txn_id)
{
    STORE_ADD(write, SQL_QUEUED_UNBIND, STORE_ANY, v_text(txn_id));
}

void
store_queued_delete(struct store_write *write, const char *org_id, const char *id)
{
    STORE_ADD(write, SQL_QUEUED_DELETE, STORE_ONE, v_text(id), v_text(org_id));
}

/* NULL when there are no rows, which is also how a single one is looked for. */
static bool
fill(struct arena *arena, const struct store_rows *rows, const char *org_id, struct queued_action **actions,
     struct err *err)
{
    *actions = rows->count ? arena_alloc(arena, rows->count * sizeof **actions) : NULL;
    for (size_t i = 0; *actions && i < rows->count; i++)
        (*actions)[i] = (struct queued_action){
            .id = row_text(rows, i, 0),
            .org_id = org_id,
            .env_id = row_text(rows, i, 1),
            .developer_id = row_text(rows, i, 2),
            .slug = row_text(rows, i, 3),
            .assignee_id = row_text(rows, i, 4),
            .assignee = row_text(rows, i, 5),
            .params = row_str(rows, i, 6),
            .params_meta = row_str(rows, i, 7),
            .txn_id = row_text(rows, i, 8),
            .created_at = row_int(rows, i, 9),
            .is_taken = row_int(rows, i, 10) != 0,
        };
    return records_fit(*actions, rows, err);
}

bool
store_queued_get(struct store *store, struct arena *arena, const char *org_id, const char *id,
                 struct queued_action **action, struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_QUEUED_GET, v_text(id), v_text(org_id)) &&
           fill(arena, &rows, org_id, action, err);
}

bool
store_queued_list(struct store *store, struct arena *arena, const char *org_id, const char *env_id,
                  const char *developer_id, const char *user_id, struct queued_action **actions, size_t *count,
                  struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_QUEUED_LIST, v_text(org_id), v_text(env_id), v_text(developer_id),
                    v_text(user_id)))
        return false;
    *count = rows.count;
    return fill(arena, &rows, org_id, actions, err);
}
