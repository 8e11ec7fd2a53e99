/* SPDX-License-Identifier: MIT */
/* Rows of memberships (org.h). */
#include "base/clock.h"
#include "base/id.h"
#include "store/key.h"
#include "store/org.h"
#include "store/query.h"
#include "store/user.h"

void
store_member_set(struct store_write *write, const char *org_slug, const char *email, const char *role, int expect)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_MEMBER_SET, expect, v_text(id.s), v_text(org_slug),
              v_text(email_normalize(&write->arena, email)), v_text(role), v_int(clock_wall_ms()));
}

void
store_member_delete(struct store_write *write, const char *org_id, const char *user_id)
{
    STORE_ADD(write, SQL_MEMBER_DELETE, STORE_ONE, v_text(user_id), v_text(org_id));
    STORE_ADD(write, SQL_KEY_REVOKE_OF_USER, STORE_ANY, v_text(user_id), v_text(org_id), v_int(clock_wall_ms()));
}

/* All rows as records; NULL when there are none, which is also how a single record is looked for. */
static bool
fill_members(struct arena *arena, const struct store_rows *rows, struct org_member **members, size_t *count,
             struct err *err)
{
    *count = rows->count;
    *members = rows->count ? arena_alloc(arena, rows->count * sizeof **members) : NULL;
    for (size_t i = 0; *members && i < rows->count; i++)
        (*members)[i] = (struct org_member){
            .id = row_text(rows, i, 0),
            .user_id = row_text(rows, i, 1),
            .org_id = row_text(rows, i, 2),
            .role = row_text(rows, i, 3),
            .email = row_text(rows, i, 4),
            .first_name = row_text(rows, i, 5),
            .last_name = row_text(rows, i, 6),
            .created_at = row_int(rows, i, 7),
        };
    return records_fit(*members, rows, err);
}

bool
store_member_find(struct store *store, struct arena *arena, const char *user_id, const char *org_slug,
                  struct org_member **member, struct err *err)
{
    struct store_rows rows;
    size_t count;

    return STORE_READ(store, arena, &rows, err, SQL_MEMBER_FIND, v_text(user_id), v_text(org_slug)) &&
           fill_members(arena, &rows, member, &count, err);
}

bool
store_member_list(struct store *store, struct arena *arena, const char *org_id, struct org_member **members,
                  size_t *count, struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_MEMBER_LIST, v_text(org_id)) &&
           fill_members(arena, &rows, members, count, err);
}
