/* SPDX-License-Identifier: MIT */
/* Rows of notifications (notification.h). */
#include "store/notification.h"

#include "base/clock.h"
#include "base/id.h"
#include "store/query.h"

enum { DEFAULT_PAGE = 50 };

void
store_notification_insert(struct store_write *write, const struct notification *notification)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_NOTIFICATION_INSERT, STORE_ONE, v_text(notification->id ? notification->id : id.s),
              v_text(notification->org_id), v_text(notification->env_id), v_text(notification->developer_id),
              v_text(notification->user_id), v_text(notification->txn_id), v_text(notification->idempotency_key),
              v_text(notification->title), v_text(notification->message), v_str(notification->deliveries),
              v_int(notification->created_at ? notification->created_at : clock_wall_ms()));
}

bool
store_notification_list(struct store *store, struct arena *arena, const struct notification_filter *filter,
                        struct notification **notifications, size_t *count, bool *has_more, struct err *err)
{
    unsigned limit = filter->limit ? filter->limit : DEFAULT_PAGE;
    const char *to = filter->user ? arena_printf(arena, "\"to\":\"%s\"", filter->user) : "";
    struct store_rows rows;

    if (limit > NOTIFICATION_PAGE_MAX)
        limit = NOTIFICATION_PAGE_MAX;
    if (!STORE_READ(store, arena, &rows, err, SQL_NOTIFICATION_LIST, v_text(filter->org_id), v_text(filter->env_id),
                    v_text(filter->developer_id), v_text(filter->user_id ? filter->user_id : ""), v_text(to),
                    v_text(filter->txn_id ? filter->txn_id : ""),
                    v_int(filter->before_at ? filter->before_at : INT64_MAX),
                    v_text(filter->before_id ? filter->before_id : ""), v_int(limit + 1)))
        return false;
    *has_more = rows.count > limit;
    *count = *has_more ? limit : rows.count;
    *notifications = *count ? arena_alloc(arena, *count * sizeof **notifications) : NULL;
    for (size_t i = 0; *notifications && i < *count; i++)
        (*notifications)[i] = (struct notification){
            .id = row_text(&rows, i, 0),
            .txn_id = row_text(&rows, i, 1),
            .title = row_text(&rows, i, 2),
            .message = row_text(&rows, i, 3),
            .deliveries = row_str(&rows, i, 4),
            .created_at = row_int(&rows, i, 5),
        };
    return records_fit(*notifications, &rows, err);
}
