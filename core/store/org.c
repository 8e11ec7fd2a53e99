/* SPDX-License-Identifier: MIT */
/* Rows of organizations and their environments (org.h). Members are member.c. */
#include "store/org.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "store/query.h"
#include "store/user.h"

enum { MAX_SLUG = 63 };

bool
org_slug_is_valid(const char *slug)
{
    /* first segments of dashboard paths, server.md 3.1 */
    static const char *const reserved[] = { "account", "actions",          "configure",    "details",     "develop",
                                            "history", "new-organization", "organization", "transactions" };
    size_t len = strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    if (slug[len] || len < 2 || len > MAX_SLUG)
        return false;
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (strcmp(slug, reserved[i]) == 0)
            return false;
    return true;
}

void
store_org_insert(struct store_write *write, const char *slug, const char *name, const char *owner_email, int expect)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_ORG_INSERT, expect, v_text(id.s), v_text(slug), v_text(name),
              v_text(email_normalize(&write->arena, owner_email)), v_int(clock_wall_ms()));
}

void
store_env_insert(struct store_write *write, const char *org_slug, const char *slug, const char *name, int expect)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_ENV_INSERT, expect, v_text(id.s), v_text(org_slug), v_text(slug), v_text(name),
              v_int(clock_wall_ms()));
}

static void
add_org(struct store_write *write, const char *slug, const char *name, const char *owner_email, int expect)
{
    store_org_insert(write, slug, name, owner_email, expect);
    store_env_insert(write, slug, "production", "Production", expect);
    store_env_insert(write, slug, "development", "Development", expect);
    store_member_set(write, slug, owner_email, "ADMIN", expect);
}

void
store_org_create(struct store_write *write, const char *slug, const char *name, const char *owner_email)
{
    add_org(write, slug, name, owner_email, STORE_ONE);
}

/* All rows as records; NULL when there are none, which is also how a single record is looked for. */
static bool
fill_orgs(struct arena *arena, const struct store_rows *rows, struct org **orgs, size_t *count, struct err *err)
{
    *count = rows->count;
    *orgs = rows->count ? arena_alloc(arena, rows->count * sizeof **orgs) : NULL;
    for (size_t i = 0; *orgs && i < rows->count; i++)
        (*orgs)[i] = (struct org){
            .id = row_text(rows, i, 0),
            .slug = row_text(rows, i, 1),
            .name = row_text(rows, i, 2),
            .owner_id = row_text(rows, i, 3),
            .require_mfa = row_int(rows, i, 4) != 0,
            .created_at = row_int(rows, i, 5),
        };
    return records_fit(*orgs, rows, err);
}

bool
store_org_by_slug(struct store *store, struct arena *arena, const char *slug, struct org **org, struct err *err)
{
    struct store_rows rows;
    size_t count;

    return STORE_READ(store, arena, &rows, err, SQL_ORG_BY_SLUG, v_text(slug)) &&
           fill_orgs(arena, &rows, org, &count, err);
}

bool
store_org_first(struct store *store, struct arena *arena, struct org **org, struct err *err)
{
    struct store_rows rows;
    size_t count;

    return store_read(store, arena, &rows, err, SQL_ORG_FIRST, NULL, 0) && fill_orgs(arena, &rows, org, &count, err);
}

bool
store_orgs_of_user(struct store *store, struct arena *arena, const char *user_id, struct org **orgs, size_t *count,
                   struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_ORG_LIST_OF_USER, v_text(user_id)) &&
           fill_orgs(arena, &rows, orgs, count, err);
}

static bool
fill_envs(struct arena *arena, const struct store_rows *rows, struct org_env **envs, size_t *count, struct err *err)
{
    *count = rows->count;
    *envs = rows->count ? arena_alloc(arena, rows->count * sizeof **envs) : NULL;
    for (size_t i = 0; *envs && i < rows->count; i++)
        (*envs)[i] = (struct org_env){
            .id = row_text(rows, i, 0),
            .org_id = row_text(rows, i, 1),
            .slug = row_text(rows, i, 2),
            .name = row_text(rows, i, 3),
            .color = row_text(rows, i, 4),
            .created_at = row_int(rows, i, 5),
            .org_slug = rows->columns > 6 ? row_text(rows, i, 6) : NULL,
        };
    return records_fit(*envs, rows, err);
}

bool
store_env_list(struct store *store, struct arena *arena, const char *org_id, struct org_env **envs, size_t *count,
               struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_ENV_LIST, v_text(org_id)) &&
           fill_envs(arena, &rows, envs, count, err);
}

bool
store_env_list_all(struct store *store, struct arena *arena, struct org_env **envs, size_t *count, struct err *err)
{
    struct store_rows rows;

    return store_read(store, arena, &rows, err, SQL_ENV_LIST_ALL, NULL, 0) && fill_envs(arena, &rows, envs, count, err);
}

static bool
find_local(struct store *store, struct arena *arena, struct org_local *local, struct err *err)
{
    struct org_env *envs;
    struct user *user;
    struct org *org;
    size_t count;

    *local = (struct org_local){ .email = "developer@localhost" };
    if (!store_org_by_slug(store, arena, "local", &org, err) ||
        !store_user_by_email(store, arena, local->email, &user, err) ||
        (org && !store_env_list(store, arena, org->id, &envs, &count, err)))
        return false;
    local->org_id = org ? org->id : NULL;
    local->user_id = user ? user->id : NULL;
    for (size_t i = 0; org && i < count; i++) {
        if (strcmp(envs[i].slug, "production") == 0)
            local->production_id = envs[i].id;
        else if (strcmp(envs[i].slug, "development") == 0)
            local->development_id = envs[i].id;
    }
    return true;
}

bool
store_bootstrap_local(struct store *store, struct arena *arena, struct org_local *local, struct err *err)
{
    struct user developer = { .email = "developer@localhost", .first_name = "Local", .last_name = "Developer" };
    struct store_write *write;

    if (!find_local(store, arena, local, err))
        return false;
    if (local->user_id && local->production_id && local->development_id)
        return true;
    write = store_write_new();
    if (!local->user_id)
        store_user_insert(write, &developer);
    add_org(write, "local", "Local", developer.email, STORE_ANY);
    if (store_write_wait(store, write, err) != STORE_DONE || !find_local(store, arena, local, err))
        return false;
    return local->user_id && local->production_id && local->development_id
               ? true
               : err_set(err, "cannot set up the organization \"local\": it was deleted; use another --data");
}
