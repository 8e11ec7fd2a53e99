/* SPDX-License-Identifier: MIT */
/* Signing in with a password (login.h). */
#include "auth/login.h"

#include "auth/password.h"

#define WINDOW_MS ((int64_t)15 * 60 * 1000)
#define KEPT_MS ((int64_t)7 * 24 * 3600 * 1000)
#define MAX_DELAY_MS WINDOW_MS

enum { FREE_PER_ACCOUNT = 5, FREE_PER_ADDRESS = 20, FIRST_DELAY_MS = 1000 };

/* 1, 2, 4 … seconds after the last failure, counted from the first one too many. */
static int64_t
wait_of(int64_t failures, int64_t last_at, int free_count, int64_t now)
{
    int64_t delay, doublings = failures - free_count;

    if (doublings < 0)
        return 0;
    delay = doublings < 20 ? (int64_t)FIRST_DELAY_MS << doublings : MAX_DELAY_MS;
    if (delay > MAX_DELAY_MS)
        delay = MAX_DELAY_MS;
    return last_at + delay > now ? last_at + delay - now : 0;
}

int64_t
login_wait_ms(const struct login_failures *failures, int64_t now)
{
    int64_t account = wait_of(failures->of_account, failures->account_last_at, FREE_PER_ACCOUNT, now);
    int64_t address = wait_of(failures->of_address, failures->address_last_at, FREE_PER_ADDRESS, now);

    return account > address ? account : address;
}

/* What the outcome leaves behind: the attempt, and a stronger hash while the password is at hand. */
static bool
note(struct store *store, const char *email_norm, const char *ip, const struct user *user, const char *password,
     int64_t now, struct err *err)
{
    struct store_write *write = store_write_new();
    char hash[PASSWORD_HASH_MAX];

    store_login_add(write, email_norm, ip, user != NULL, user ? NULL : "wrong", now);
    if (user && password_is_outdated(user->password_hash) && password_hash(password, PASSWORD_STRONG, hash, NULL))
        store_user_set_password(write, user->id, hash);
    return store_write_wait(store, write, err) == STORE_DONE;
}

enum login_verdict
login_with_password(struct store *store, struct arena *arena, const char *email, const char *password, const char *ip,
                    int64_t now, struct user **user, int64_t *retry_after_ms, struct err *err)
{
    const char *norm = email_normalize(arena, email);
    struct login_failures failures;
    struct user *found;

    *user = NULL;
    *retry_after_ms = 0;
    if (!norm)
        norm = ""; /* nobody's, but the attempt counts for the network address */
    if (!store_login_failures(store, norm, ip, now - WINDOW_MS, &failures, err))
        return LOGIN_FAILED;
    *retry_after_ms = login_wait_ms(&failures, now);
    if (*retry_after_ms)
        return LOGIN_THROTTLED;
    if (!store_user_by_email(store, arena, norm, &found, err))
        return LOGIN_FAILED;
    if (!password_verify(found ? found->password_hash : NULL, password))
        found = NULL;
    if (!note(store, norm, ip, found, password, now, err))
        return LOGIN_FAILED;
    *user = found;
    return found ? LOGIN_OK : LOGIN_WRONG;
}

void
login_sweep(struct store *store, int64_t now)
{
    struct store_write *write = store_write_new();

    store_login_sweep(write, now - KEPT_MS);
    store_submit(store, write, NULL, NULL, NULL);
}

enum store_verdict
login_add_user(struct store *store, const struct user *user, const char *password, struct err *err)
{
    char hash[PASSWORD_HASH_MAX];
    struct user row = *user;
    struct store_write *write;

    if (!password_is_acceptable(password, err))
        return STORE_REFUSED;
    if (!password_hash(password, PASSWORD_STRONG, hash, err))
        return STORE_FAILED;
    row.password_hash = hash;
    write = store_write_new();
    store_user_insert(write, &row);
    return store_write_wait(store, write, err);
}
