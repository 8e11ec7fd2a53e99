/* SPDX-License-Identifier: MIT */
/*
 * Signing in with a password: one answer for unknown people and wrong passwords, in the same time, and growing delays
 * after failures per account and per address. Hashes, so run it by worker_post_serial (password.h).
 */
#ifndef AUTH_LOGIN_H
#define AUTH_LOGIN_H

#include "store/login.h"
#include "store/user.h"

enum login_verdict { LOGIN_OK, LOGIN_WRONG, LOGIN_THROTTLED, LOGIN_FAILED };

/* *user is set for OK, *retry_after_ms for THROTTLED, err for FAILED (the store could not). `now` is the wall clock. */
enum login_verdict login_with_password(struct store *store, struct arena *arena, const char *email,
                                       const char *password, const char *ip, int64_t now, struct user **user,
                                       int64_t *retry_after_ms, struct err *err) MUST_CHECK;

/* How long the next attempt must wait, 0: not. After 5 failures of an account, or 20 of an address, in 15 minutes. */
int64_t login_wait_ms(const struct login_failures *failures, int64_t now);

/* Forgets attempts that no longer count; now and then. */
void login_sweep(struct store *store, int64_t now);

/* An account for a person; the password is judged and hashed. REFUSED: the address is taken or is none. */
enum store_verdict login_add_user(struct store *store, const struct user *user, const char *password,
                                  struct err *err) MUST_CHECK;

#endif
