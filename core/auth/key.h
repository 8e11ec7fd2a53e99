/* SPDX-License-Identifier: MIT */
/*
 * API keys: how they look, who they belong to, and the one development key of each person that can be shown again
 * (server.md 3.9). Api threads and commands.
 */
#ifndef AUTH_KEY_H
#define AUTH_KEY_H

#include "auth/secrets.h"
#include "store/key.h"

struct key_owner {
    const char *org_id, *env_id, *user_id;
    const char *first_name; /* begins the development key; may be NULL */
};

/* live_<48 letters and digits>, stored as a hash: *key is shown now or never. */
bool key_create_live(struct store *store, struct arena *arena, const struct key_owner *owner, const char *label,
                     const char **id, const char **key, struct err *err) MUST_CHECK;

/* <firstname>_dev_<48 letters and digits>: the person's key in this organization, made at first need. */
bool key_development(struct store *store, const struct secrets *secrets, struct arena *arena,
                     const struct key_owner *owner, const char **key, struct err *err) MUST_CHECK;

/* A new one in its place. */
bool key_regenerate(struct store *store, const struct secrets *secrets, struct arena *arena,
                    const struct key_owner *owner, const char **key, struct err *err) MUST_CHECK;

/* Whose key is this? Any shape. *key NULL: nobody's. Notes the use, at most once a minute. */
bool key_identify(struct store *store, struct arena *arena, struct str text, int64_t now, struct api_key **key,
                  struct err *err) MUST_CHECK;

/* "Bearer <key>" of an Authorization header; p NULL: something else. */
struct str key_from_authorization(struct str header);

#endif
