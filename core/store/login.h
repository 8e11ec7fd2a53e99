/* SPDX-License-Identifier: MIT */
/*
 * Rows of sign-in attempts and of settings. What follows from failures is auth/throttle.h; user.h says how these
 * functions behave.
 */
#ifndef STORE_LOGIN_H
#define STORE_LOGIN_H

#include "store/store.h"

struct login_failures {
    int64_t of_account, of_address;           /* how many; of the account: since its last success */
    int64_t account_last_at, address_last_at; /* 0: none */
};

void store_login_add(struct store_write *write, const char *email_norm, const char *ip, bool ok, const char *reason,
                     int64_t at);
void store_login_sweep(struct store_write *write, int64_t before);
bool store_login_failures(struct store *store, const char *email_norm, const char *ip, int64_t since,
                          struct login_failures *failures, struct err *err) MUST_CHECK;

void store_setting_put(struct store_write *write, const char *name, const char *value);
bool store_setting_get(struct store *store, struct arena *arena, const char *name, const char **value,
                       struct err *err) MUST_CHECK; /* *value NULL: not set */

#endif
