/* SPDX-License-Identifier: MIT */
/*
 * Browser sessions: a random token in a sealed cookie, its hash in the store. Unused for 12 h or 30 days old, it has
 * ended. Api threads (store.h: reads and waits). Cookie headers are the request's as received; p NULL: none.
 */
#ifndef AUTH_SESSION_H
#define AUTH_SESSION_H

#include "auth/secrets.h"
#include "store/session.h"

#define SESSION_IDLE_MS ((int64_t)12 * 3600 * 1000)
#define SESSION_LIFETIME_MS ((int64_t)30 * 24 * 3600 * 1000)

struct session_request {
    struct str cookies;
    bool is_https;
    const char *ip, *user_agent; /* may be NULL */
    int64_t now;                 /* wall clock */
};

/* Begins one after a sign-in ("password", "local") and ends the one the browser had. */
bool session_start(struct store *store, const struct secrets *secrets, struct arena *arena,
                   const struct session_request *request, const char *user_id, const char *method, char **set_cookie,
                   struct err *err) MUST_CHECK;

/* Whose request is this? *session NULL: nobody's. Notes the use, at most once a minute. */
bool session_identify(struct store *store, const struct secrets *secrets, struct arena *arena,
                      const struct session_request *request, struct session **session, struct err *err) MUST_CHECK;

/* Ends the browser's session, if it has one. */
bool session_end(struct store *store, const struct secrets *secrets, struct arena *arena,
                 const struct session_request *request, char **set_cookie, struct err *err) MUST_CHECK;

/* Forgets those that have ended; now and then. */
void session_sweep(struct store *store, int64_t now);

#endif
