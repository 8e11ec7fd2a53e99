/* SPDX-License-Identifier: MIT */
/* API keys (key.h). */
#include "auth/key.h"

#include <sodium.h>
#include <strings.h>

#include "base/id.h"

enum { RANDOM_LEN = 48, PREFIX_SHOWN = 4, MAX_NAME = 20, MAX_KEY = 256, TOUCH_EVERY_MS = 60 * 1000 };

static const char purpose[] = "development key";

/* <prefix>_<48 letters and digits>; *shown is prefix and the first few of them. */
static const char *
make_key(struct arena *arena, const char *prefix, const char **shown)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char random[RANDOM_LEN + 1];
    const char *key;

    for (size_t i = 0; i < RANDOM_LEN; i++)
        random[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    random[RANDOM_LEN] = '\0';
    key = arena_printf(arena, "%s_%s", prefix, random);
    *shown = arena_printf(arena, "%s_%.*s", prefix, PREFIX_SHOWN, random);
    sodium_memzero(random, sizeof random);
    return key;
}

static const char *
development_prefix(struct arena *arena, const char *first_name)
{
    char name[MAX_NAME + 1];
    size_t len = 0;

    for (const char *p = first_name ? first_name : ""; *p && len < MAX_NAME; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            name[len++] = c;
    }
    name[len] = '\0';
    return arena_printf(arena, "%s_dev", len ? name : "user");
}

bool
key_create_live(struct store *store, struct arena *arena, const struct key_owner *owner, const char *label,
                const char **id, const char **key, struct err *err)
{
    struct store_write *write = store_write_new();
    struct api_key row = {
        .org_id = owner->org_id, .env_id = owner->env_id, .user_id = owner->user_id, .label = label
    };

    *id = row.id = arena_strdup(arena, uuid_format(uuid_v7()).s);
    *key = make_key(arena, "live", &row.prefix);
    store_key_insert(write, &row, secrets_hash(str_of(*key)).hex);
    return store_write_wait(store, write, err) == STORE_DONE || err_prefix(err, "cannot make an API key");
}

static enum store_verdict
insert_development(struct store *store, const struct secrets *secrets, struct arena *arena,
                   const struct key_owner *owner, bool replaces, const char **key, struct err *err)
{
    struct store_write *write = store_write_new();
    struct api_key row = {
        .org_id = owner->org_id, .env_id = owner->env_id, .user_id = owner->user_id, .is_development = true
    };

    *key = make_key(arena, development_prefix(arena, owner->first_name), &row.prefix);
    row.sealed = secrets_seal(arena, secrets->store_key, purpose, str_of(*key));
    if (replaces)
        store_key_revoke_development(write, owner->org_id, owner->user_id);
    store_key_insert(write, &row, secrets_hash(str_of(*key)).hex);
    return store_write_wait(store, write, err);
}

bool
key_regenerate(struct store *store, const struct secrets *secrets, struct arena *arena, const struct key_owner *owner,
               const char **key, struct err *err)
{
    return insert_development(store, secrets, arena, owner, true, key, err) == STORE_DONE ||
           err_prefix(err, "cannot make a development key");
}

static bool
show_development(struct store *store, const struct secrets *secrets, struct arena *arena, const struct key_owner *owner,
                 const char **key, bool *is_unreadable, struct err *err)
{
    struct api_key *row;
    struct str text;

    *key = NULL;
    *is_unreadable = false;
    if (!store_key_development(store, arena, owner->org_id, owner->user_id, &row, err))
        return false;
    if (!row)
        return true;
    if (row->sealed && secrets_open(arena, secrets->store_key, purpose, str_of(row->sealed), &text))
        *key = text.p;
    else
        *is_unreadable = true;
    return true;
}

bool
key_development(struct store *store, const struct secrets *secrets, struct arena *arena, const struct key_owner *owner,
                const char **key, struct err *err)
{
    bool is_unreadable;

    if (!show_development(store, secrets, arena, owner, key, &is_unreadable, err))
        return false;
    if (*key)
        return true;
    if (is_unreadable) /* SECRET has changed: what was sealed with the old one is lost */
        return key_regenerate(store, secrets, arena, owner, key, err);
    switch (insert_development(store, secrets, arena, owner, false, key, err)) {
    case STORE_DONE:
        return true;
    case STORE_REFUSED: /* somebody else made it in between */
        return show_development(store, secrets, arena, owner, key, &is_unreadable, err) &&
               (*key || err_set(err, "cannot make a development key: the person is no member of the organization"));
    case STORE_FAILED:
    default:
        return err_prefix(err, "cannot make a development key");
    }
}

bool
key_identify(struct store *store, struct arena *arena, struct str text, int64_t now, struct api_key **key,
             struct err *err)
{
    *key = NULL;
    if (!text.len || text.len > MAX_KEY)
        return true;
    if (!store_key_by_hash(store, arena, secrets_hash(text).hex, now, key, err))
        return false;
    if (*key && now - (*key)->last_used_at >= TOUCH_EVERY_MS) {
        struct store_write *write = store_write_new();

        store_key_touch(write, (*key)->id, now);
        store_submit(store, write, NULL, NULL, NULL);
    }
    return true;
}

struct str
key_from_authorization(struct str header)
{
    static const char scheme[] = "Bearer ";
    size_t len = sizeof scheme - 1;

    if (header.len <= len || strncasecmp(header.p, scheme, len) != 0)
        return (struct str){ NULL, 0 };
    while (len < header.len && header.p[len] == ' ')
        len++;
    return (struct str){ header.p + len, header.len - len };
}
