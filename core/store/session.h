/* SPDX-License-Identifier: MIT */
/*
 * Rows of browser sessions. What a token is, and how long it lives, is auth/session.h; user.h says how these
 * functions behave.
 */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/store.h"

struct session {
    const char *id; /* hash of the token */
    const char *user_id;
    int64_t created_at, last_used_at, expires_at;
    int64_t identity_confirmed_at;              /* 0: never */
    const char *auth_method;                    /* "password", "local" */
    const char *ip, *user_agent;                /* NULL in what store_session_find returns */
    const char *email, *first_name, *last_name; /* the user's; NULL in lists */
    bool is_instance_admin;
};

void store_session_insert(struct store_write *write, const struct session *session);
void store_session_touch(struct store_write *write, const char *id, int64_t now);
void store_session_confirm(struct store_write *write, const char *id, int64_t now); /* REFUSED: no such session */
void store_session_delete(struct store_write *write, const char *id);
void store_session_sweep(struct store_write *write, int64_t now, int64_t unused_since);

/* A session that has not expired and was used after unused_since, with its user. */
bool store_session_find(struct store *store, struct arena *arena, const char *id, int64_t now, int64_t unused_since,
                        struct session **session, struct err *err) MUST_CHECK;
bool store_session_list(struct store *store, struct arena *arena, const char *user_id, int64_t now,
                        struct session **sessions, size_t *count, struct err *err) MUST_CHECK;

#endif
