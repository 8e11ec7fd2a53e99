/* SPDX-License-Identifier: MIT */
/*
 * Rows of people. Functions with a write append statements to it; the caller submits it (store.h). Finders answer true
 * with NULL when there is no such row. Texts of found rows lie in the arena.
 */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "store/store.h"

struct user {
    const char *id, *email;
    const char *password_hash;          /* NULL: cannot sign in with a password */
    const char *first_name, *last_name; /* may be NULL */
    bool is_instance_admin;
    int64_t created_at;
};

/* Addresses are compared in lower case (ASCII), without white space around. NULL: not an address. */
char *email_normalize(struct arena *arena, const char *email);

/* REFUSED: the address is taken. user->id may be NULL, a new one is made then. */
void store_user_insert(struct store_write *write, const struct user *user);
/* REFUSED: no such user. */
void store_user_set_password(struct store_write *write, const char *id, const char *password_hash);

bool store_user_by_email(struct store *store, struct arena *arena, const char *email, struct user **user,
                         struct err *err) MUST_CHECK;
bool store_user_by_id(struct store *store, struct arena *arena, const char *id, struct user **user,
                      struct err *err) MUST_CHECK;
bool store_user_count(struct store *store, int64_t *count, struct err *err) MUST_CHECK;

#endif
