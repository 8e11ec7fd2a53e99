/* SPDX-License-Identifier: MIT */
/* Rows of organizations, their environments and members. user.h says how these functions behave. */
#ifndef STORE_ORG_H
#define STORE_ORG_H

#include "store/store.h"

struct org {
    const char *id, *slug, *name, *owner_id;
    bool require_mfa;
    int64_t created_at;
};

struct org_env {
    const char *id, *org_id, *slug, *name;
    const char *color;    /* may be NULL */
    const char *org_slug; /* NULL in store_env_list */
    int64_t created_at;
};

struct org_member {
    const char *id, *user_id, *org_id;
    const char *role; /* "ADMIN" … of server.md 2.2; auth/role.h knows what it may */
    const char *email, *first_name, *last_name;
    int64_t created_at;
};

/* [a-z0-9_-]{2,63}, and none of the words that are paths of the dashboard. */
bool org_slug_is_valid(const char *slug);

/* By address and slug, so that one write can add a user, an organization, its environments and a member. */
void store_org_insert(struct store_write *write, const char *slug, const char *name, const char *owner_email,
                      int expect);
void store_env_insert(struct store_write *write, const char *org_slug, const char *slug, const char *name, int expect);
/* Adds the member or changes the role. The owner stays ADMIN. expect STORE_ONE: REFUSED when that cannot be. */
void store_member_set(struct store_write *write, const char *org_slug, const char *email, const char *role, int expect);
/* Takes the membership away, with the API keys. REFUSED: not a member, or the owner. */
void store_member_delete(struct store_write *write, const char *org_id, const char *user_id);
/* With production and development and its owner as ADMIN. REFUSED: the slug is taken, or no such user. */
void store_org_create(struct store_write *write, const char *slug, const char *name, const char *owner_email);

bool store_org_by_slug(struct store *store, struct arena *arena, const char *slug, struct org **org,
                       struct err *err) MUST_CHECK;
bool store_org_first(struct store *store, struct arena *arena, struct org **org, struct err *err) MUST_CHECK;
bool store_orgs_of_user(struct store *store, struct arena *arena, const char *user_id, struct org **orgs, size_t *count,
                        struct err *err) MUST_CHECK;
bool store_env_list(struct store *store, struct arena *arena, const char *org_id, struct org_env **envs, size_t *count,
                    struct err *err) MUST_CHECK;
bool store_env_list_all(struct store *store, struct arena *arena, struct org_env **envs, size_t *count,
                        struct err *err) MUST_CHECK;
bool store_member_find(struct store *store, struct arena *arena, const char *user_id, const char *org_slug,
                       struct org_member **member, struct err *err) MUST_CHECK;
bool store_member_list(struct store *store, struct arena *arena, const char *org_id, struct org_member **members,
                       size_t *count, struct err *err) MUST_CHECK;

/* What `interlude dev` works in. */
struct org_local {
    const char *org_id, *production_id, *development_id, *user_id, *email;
};

/* Makes what is missing of organization `local` and its owner, the local developer. Repeatable. */
bool store_bootstrap_local(struct store *store, struct arena *arena, struct org_local *local,
                           struct err *err) MUST_CHECK;

#endif
