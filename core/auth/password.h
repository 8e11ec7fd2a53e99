/* SPDX-License-Identifier: MIT */
/*
 * Passwords: Argon2id with 64 MiB, so never two at a time: call from a job of worker_post_serial (loop/worker.h), or a
 * command. Who may sign in is login.h.
 */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include "base/err.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 128, PASSWORD_HASH_MAX = 128 }; /* bytes */

/* How much work a hash is. STRONG is for what is stored; FLOOR is the least we accept, for small machines. */
enum password_cost { PASSWORD_STRONG, PASSWORD_FLOOR };

/* Is it long enough and not one of those that everybody tries first? */
bool password_is_acceptable(const char *password, struct err *err) MUST_CHECK;

bool password_hash(const char *password, enum password_cost cost, char hash[PASSWORD_HASH_MAX],
                   struct err *err) MUST_CHECK;

/* hash NULL (no such user, or no password): takes as long as a wrong password, and is false. */
bool password_verify(const char *hash, const char *password) MUST_CHECK;

/* Was the hash made with less work than PASSWORD_STRONG? Then make a new one while the password is at hand. */
bool password_is_outdated(const char *hash);

#endif
