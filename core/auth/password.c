/* SPDX-License-Identifier: MIT */
/* Password hashing (password.h). */
#include "auth/password.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* OWASP's floor for Argon2id is 19 MiB with 2 passes; libsodium's interactive setting is 64 MiB with 2. */
enum { STRONG_OPS = 2, STRONG_BYTES = 64 << 20, FLOOR_OPS = 2, FLOOR_BYTES = 19 << 20 };

_Static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "a hash must fit");

static char dummy_hash[PASSWORD_HASH_MAX];
static pthread_once_t dummy_once = PTHREAD_ONCE_INIT;

bool
password_is_acceptable(const char *password, struct err *err)
{
    static const char *const common[] = {
        "password",  "password1", "password123", "passw0rd",  "12345678", "123456789", "1234567890", "qwertyuiop",
        "qwerty123", "iloveyou",  "11111111",    "00000000",  "abcd1234", "admin123",  "letmein1",   "welcome1",
        "sunshine",  "football",  "princess",    "interlude", "changeme", "superman",  "asdfghjkl",  "baseball",
    };
    size_t len = strlen(password);

    if (len < PASSWORD_MIN)
        return err_set(err, "The password needs at least %d characters.", PASSWORD_MIN);
    if (len > PASSWORD_MAX)
        return err_set(err, "The password may have at most %d bytes.", PASSWORD_MAX);
    for (size_t i = 0; i < COUNT_OF(common); i++)
        if (strcasecmp(password, common[i]) == 0)
            return err_set(err, "This password is among the first that attackers try. Please choose another.");
    return true;
}

bool
password_hash(const char *password, enum password_cost cost, char hash[PASSWORD_HASH_MAX], struct err *err)
{
    unsigned long long ops = cost == PASSWORD_STRONG ? STRONG_OPS : FLOOR_OPS;
    size_t bytes = cost == PASSWORD_STRONG ? STRONG_BYTES : FLOOR_BYTES;

    if (crypto_pwhash_str_alg(hash, password, strlen(password), ops, bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, "cannot hash a password: %zu MiB of memory are not available", bytes >> 20);
    return true;
}

static void
make_dummy(void)
{
    char random[33];

    for (size_t i = 0; i < sizeof random - 1; i++)
        random[i] = (char)('a' + randombytes_uniform(26));
    random[sizeof random - 1] = '\0';
    if (!password_hash(random, PASSWORD_STRONG, dummy_hash, NULL))
        dummy_hash[0] = '\0';
}

bool
password_verify(const char *hash, const char *password)
{
    bool is_right;

    pthread_once(&dummy_once, make_dummy);
    is_right = crypto_pwhash_str_verify(hash ? hash : dummy_hash, password, strnlen(password, PASSWORD_MAX + 1)) == 0;
    return hash && is_right;
}

bool
password_is_outdated(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, STRONG_OPS, STRONG_BYTES) != 0;
}
