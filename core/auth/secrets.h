/* SPDX-License-Identifier: MIT */
/*
 * The installation's secrets and what is encrypted with them. Made once and kept in DATA/secrets when the environment
 * does not give them. Nothing outside auth/ sees a key.
 */
#ifndef AUTH_SECRETS_H
#define AUTH_SECRETS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { SECRETS_KEY_BYTES = 32 };

struct secrets {
    unsigned char cookie_key[SECRETS_KEY_BYTES]; /* from AUTH_COOKIE_SECRET */
    unsigned char store_key[SECRETS_KEY_BYTES];  /* from SECRET: what is sealed in rows */
};

/*
 * secret and cookie_secret are SECRET and AUTH_COOKIE_SECRET of the environment, NULL or "" when not set. What is
 * missing is read from DATA/secrets, which is made (mode 0600) if it does not exist. Also starts libsodium, so it comes
 * before everything else in auth/.
 */
bool secrets_load(struct secrets *secrets, const char *data_dir, const char *secret, const char *cookie_secret,
                  struct err *err) MUST_CHECK;

/* Encrypted and authenticated, as base64url. The same text sealed for another purpose does not open. */
char *secrets_seal(struct arena *arena, const unsigned char key[SECRETS_KEY_BYTES], const char *purpose,
                   struct str plain);

/* false: not sealed by us for this purpose. The text is NUL-terminated behind .len. */
bool secrets_open(struct arena *arena, const unsigned char key[SECRETS_KEY_BYTES], const char *purpose,
                  struct str sealed, struct str *plain) MUST_CHECK;

enum { SECRETS_HASH_LEN = 64 };

struct secrets_hash {
    char hex[SECRETS_HASH_LEN + 1];
};

/* SHA-256 of a random token, as it is stored: tokens are long enough to need no salt and no slow hash. */
struct secrets_hash secrets_hash(struct str token);

#endif
