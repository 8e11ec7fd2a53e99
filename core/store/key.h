/* SPDX-License-Identifier: MIT */
/* Rows of API keys. How keys are made, hashed and sealed is auth/key.h; user.h says how these functions behave. */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "store/store.h"

struct api_key {
    const char *id, *org_id, *env_id, *user_id;
    bool is_development;
    const char *label;                            /* may be NULL */
    const char *prefix;                           /* the first characters, for people to tell keys apart */
    int64_t created_at, last_used_at, expires_at; /* 0: none */
    const char *sealed;                           /* development keys: the key itself; NULL otherwise */
    const char *org_slug, *org_name, *env_slug, *email, *first_name, *last_name;
    const char *role; /* NULL: no member any more */
};

/*
 * Of `key`: id (NULL: a new one), org_id, env_id, user_id, is_development, label, prefix, expires_at, sealed. REFUSED:
 * there is a development key.
 */
void store_key_insert(struct store_write *write, const struct api_key *key, const char *hash);
void store_key_revoke(struct store_write *write, const char *org_id, const char *id); /* REFUSED: no such key */
void store_key_revoke_development(struct store_write *write, const char *org_id, const char *user_id);
void store_key_touch(struct store_write *write, const char *id, int64_t now);

/* A key in force, whose owner is a member still. */
bool store_key_by_hash(struct store *store, struct arena *arena, const char *hash, int64_t now, struct api_key **key,
                       struct err *err) MUST_CHECK;
bool store_key_development(struct store *store, struct arena *arena, const char *org_id, const char *user_id,
                           struct api_key **key, struct err *err) MUST_CHECK;
bool store_key_list(struct store *store, struct arena *arena, const char *org_id, struct api_key **keys, size_t *count,
                    struct err *err) MUST_CHECK;

#endif
