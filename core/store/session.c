/* SPDX-License-Identifier: MIT */
/* Rows of browser sessions (session.h). */
#include "store/session.h"

#include "store/query.h"

void
store_session_insert(struct store_write *write, const struct session *session)
{
    STORE_ADD(write, SQL_SESSION_INSERT, STORE_ONE, v_text(session->id), v_text(session->user_id),
              v_int(session->created_at), v_int(session->expires_at), v_text(session->ip), v_text(session->user_agent),
              v_text(session->auth_method), v_time(session->identity_confirmed_at));
}

void
store_session_touch(struct store_write *write, const char *id, int64_t now)
{
    STORE_ADD(write, SQL_SESSION_TOUCH, STORE_ANY, v_text(id), v_int(now));
}

void
store_session_confirm(struct store_write *write, const char *id, int64_t now)
{
    STORE_ADD(write, SQL_SESSION_CONFIRM, STORE_ONE, v_text(id), v_int(now));
}

void
store_session_delete(struct store_write *write, const char *id)
{
    STORE_ADD(write, SQL_SESSION_DELETE, STORE_ANY, v_text(id));
}

void
store_session_sweep(struct store_write *write, int64_t now, int64_t unused_since)
{
    STORE_ADD(write, SQL_SESSION_SWEEP, STORE_ANY, v_int(now), v_int(unused_since));
}

bool
store_session_find(struct store *store, struct arena *arena, const char *id, int64_t now, int64_t unused_since,
                   struct session **session, struct err *err)
{
    struct store_rows rows;

    *session = NULL;
    if (!STORE_READ(store, arena, &rows, err, SQL_SESSION_FIND, v_text(id), v_int(now), v_int(unused_since)))
        return false;
    if (!rows.count)
        return true;
    *session = arena_alloc(arena, sizeof **session);
    if (!*session)
        return records_fit(NULL, &rows, err);
    **session = (struct session){
        .id = row_text(&rows, 0, 0),
        .user_id = row_text(&rows, 0, 1),
        .created_at = row_int(&rows, 0, 2),
        .last_used_at = row_int(&rows, 0, 3),
        .expires_at = row_int(&rows, 0, 4),
        .identity_confirmed_at = row_int(&rows, 0, 5),
        .auth_method = row_text(&rows, 0, 6),
        .email = row_text(&rows, 0, 7),
        .first_name = row_text(&rows, 0, 8),
        .last_name = row_text(&rows, 0, 9),
        .is_instance_admin = row_int(&rows, 0, 10) != 0,
    };
    return true;
}

bool
store_session_list(struct store *store, struct arena *arena, const char *user_id, int64_t now,
                   struct session **sessions, size_t *count, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_SESSION_LIST, v_text(user_id), v_int(now)))
        return false;
    *count = rows.count;
    *sessions = rows.count ? arena_alloc(arena, rows.count * sizeof **sessions) : NULL;
    for (size_t i = 0; *sessions && i < rows.count; i++)
        (*sessions)[i] = (struct session){
            .id = row_text(&rows, i, 0),
            .user_id = user_id,
            .created_at = row_int(&rows, i, 1),
            .last_used_at = row_int(&rows, i, 2),
            .expires_at = row_int(&rows, i, 3),
            .ip = row_text(&rows, i, 4),
            .user_agent = row_text(&rows, i, 5),
            .auth_method = row_text(&rows, i, 6),
        };
    return records_fit(*sessions, &rows, err);
}
