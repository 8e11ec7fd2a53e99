/* SPDX-License-Identifier: MIT */
/* Rows of API keys (key.h). */
#include "store/key.h"

#include "base/clock.h"
#include "base/id.h"
#include "store/query.h"

void
store_key_insert(struct store_write *write, const struct api_key *key, const char *hash)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_KEY_INSERT, STORE_ONE, v_text(key->id ? key->id : id.s), v_text(key->org_id),
              v_text(key->env_id), v_text(key->user_id), v_text(key->is_development ? "DEVELOPMENT" : "PRODUCTION"),
              v_text(key->label), v_text(key->prefix), v_text(hash), v_text(key->sealed), v_int(clock_wall_ms()),
              v_time(key->expires_at));
}

void
store_key_revoke(struct store_write *write, const char *org_id, const char *id)
{
    STORE_ADD(write, SQL_KEY_REVOKE, STORE_ONE, v_text(id), v_text(org_id), v_int(clock_wall_ms()));
}

void
store_key_revoke_development(struct store_write *write, const char *org_id, const char *user_id)
{
    STORE_ADD(write, SQL_KEY_REVOKE_DEVELOPMENT, STORE_ANY, v_text(user_id), v_text(org_id), v_int(clock_wall_ms()));
}

void
store_key_touch(struct store_write *write, const char *id, int64_t now)
{
    STORE_ADD(write, SQL_KEY_TOUCH, STORE_ANY, v_text(id), v_int(now));
}

/* All rows as records; NULL when there are none, which is also how a single record is looked for. */
static bool
fill_keys(struct arena *arena, const struct store_rows *rows, struct api_key **keys, size_t *count, struct err *err)
{
    *count = rows->count;
    *keys = rows->count ? arena_alloc(arena, rows->count * sizeof **keys) : NULL;
    for (size_t i = 0; *keys && i < rows->count; i++)
        (*keys)[i] = (struct api_key){
            .id = row_text(rows, i, 0),
            .org_id = row_text(rows, i, 1),
            .env_id = row_text(rows, i, 2),
            .user_id = row_text(rows, i, 3),
            .is_development = strcmp(row_text(rows, i, 4), "DEVELOPMENT") == 0,
            .label = row_text(rows, i, 5),
            .prefix = row_text(rows, i, 6),
            .created_at = row_int(rows, i, 7),
            .last_used_at = row_int(rows, i, 8),
            .expires_at = row_int(rows, i, 9),
            .sealed = row_text(rows, i, 10),
            .org_slug = row_text(rows, i, 11),
            .org_name = row_text(rows, i, 12),
            .env_slug = row_text(rows, i, 13),
            .email = row_text(rows, i, 14),
            .first_name = row_text(rows, i, 15),
            .last_name = row_text(rows, i, 16),
            .role = row_text(rows, i, 17),
        };
    return records_fit(*keys, rows, err);
}

bool
store_key_by_hash(struct store *store, struct arena *arena, const char *hash, int64_t now, struct api_key **key,
                  struct err *err)
{
    struct store_rows rows;
    size_t count;

    return STORE_READ(store, arena, &rows, err, SQL_KEY_BY_HASH, v_text(hash), v_int(now)) &&
           fill_keys(arena, &rows, key, &count, err);
}

bool
store_key_development(struct store *store, struct arena *arena, const char *org_id, const char *user_id,
                      struct api_key **key, struct err *err)
{
    struct store_rows rows;
    size_t count;

    return STORE_READ(store, arena, &rows, err, SQL_KEY_DEVELOPMENT, v_text(user_id), v_text(org_id)) &&
           fill_keys(arena, &rows, key, &count, err);
}

bool
store_key_list(struct store *store, struct arena *arena, const char *org_id, struct api_key **keys, size_t *count,
               struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_KEY_LIST, v_text(org_id)) &&
           fill_keys(arena, &rows, keys, count, err);
}
