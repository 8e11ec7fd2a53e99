/* SPDX-License-Identifier: MIT */
/* Browser sessions (session.h). */
#include "auth/session.h"

#include <sodium.h>

#include "auth/cookie.h"

enum { TOKEN_BYTES = 32, TOUCH_EVERY_MS = 60 * 1000, MAX_USER_AGENT = 512 };

static const char purpose[] = "session cookie";

/* The stored id of the session that the request's cookie names. false: it names none. */
static bool
id_of(const struct secrets *secrets, struct arena *arena, const struct session_request *request,
      struct secrets_hash *id)
{
    struct str sealed = cookie_find(request->cookies, cookie_name(request->is_https));
    struct str token;

    if (!sealed.len || !secrets_open(arena, secrets->cookie_key, purpose, sealed, &token) || token.len != TOKEN_BYTES)
        return false;
    *id = secrets_hash(token);
    return true;
}

bool
session_start(struct store *store, const struct secrets *secrets, struct arena *arena,
              const struct session_request *request, const char *user_id, const char *method, char **set_cookie,
              struct err *err)
{
    char token[TOKEN_BYTES];
    struct secrets_hash id, old;
    const char *agent = request->user_agent;
    struct store_write *write = store_write_new();

    randombytes_buf(token, sizeof token);
    id = secrets_hash((struct str){ token, sizeof token });
    if (agent && strlen(agent) > MAX_USER_AGENT)
        agent = arena_strndup(arena, agent, MAX_USER_AGENT);
    store_session_insert(write, &(struct session){
                                    .id = id.hex,
                                    .user_id = user_id,
                                    .created_at = request->now,
                                    .expires_at = request->now + SESSION_LIFETIME_MS,
                                    .ip = request->ip,
                                    .user_agent = agent,
                                    .auth_method = method,
                                    .identity_confirmed_at = request->now,
                                });
    if (id_of(secrets, arena, request, &old))
        store_session_delete(write, old.hex);
    if (store_write_wait(store, write, err) != STORE_DONE)
        return err_prefix(err, "cannot sign in");
    *set_cookie = cookie_set(arena, request->is_https,
                             secrets_seal(arena, secrets->cookie_key, purpose, (struct str){ token, sizeof token }),
                             SESSION_LIFETIME_MS / 1000);
    sodium_memzero(token, sizeof token);
    return true;
}

bool
session_identify(struct store *store, const struct secrets *secrets, struct arena *arena,
                 const struct session_request *request, struct session **session, struct err *err)
{
    struct secrets_hash id;

    *session = NULL;
    if (!id_of(secrets, arena, request, &id))
        return true;
    if (!store_session_find(store, arena, id.hex, request->now, request->now - SESSION_IDLE_MS, session, err))
        return false;
    if (*session && request->now - (*session)->last_used_at >= TOUCH_EVERY_MS) {
        struct store_write *write = store_write_new();

        store_session_touch(write, id.hex, request->now);
        store_submit(store, write, NULL, NULL, NULL);
    }
    return true;
}

bool
session_end(struct store *store, const struct secrets *secrets, struct arena *arena,
            const struct session_request *request, char **set_cookie, struct err *err)
{
    struct store_write *write;
    struct secrets_hash id;

    *set_cookie = cookie_clear(arena, request->is_https);
    if (!id_of(secrets, arena, request, &id))
        return true;
    write = store_write_new();
    store_session_delete(write, id.hex);
    return store_write_wait(store, write, err) == STORE_DONE || err_prefix(err, "cannot sign out");
}

void
session_sweep(struct store *store, int64_t now)
{
    struct store_write *write = store_write_new();

    store_session_sweep(write, now, now - SESSION_IDLE_MS);
    store_submit(store, write, NULL, NULL, NULL);
}
