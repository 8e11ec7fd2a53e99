/* SPDX-License-Identifier: MIT */
/* The hash of what is deployed (content.h). */
#include "deploy/content.h"

#include <sodium.h>

#include "json/peek.h"

void
content_hash(struct str manifest, char hex[CONTENT_HASH_LEN + 1])
{
    static const char *const members[] = { "config", "functions", "files" };
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        struct str value = json_peek(manifest, members[i]);

        crypto_hash_sha256_update(&state, (const unsigned char *)value.p, value.len);
        crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
    }
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hex, CONTENT_HASH_LEN + 1, digest, sizeof digest);
}
