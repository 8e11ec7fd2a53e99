/* SPDX-License-Identifier: MIT */
/* Secrets: sealing and hashing (secrets.h). The file they are kept in is secrets_file.c. */
#include "auth/secrets.h"

#include <sodium.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    MAX_SEALED = 8192, /* characters; ours are around a hundred */
};

char *
secrets_seal(struct arena *arena, const unsigned char key[SECRETS_KEY_BYTES], const char *purpose, struct str plain)
{
    size_t len = NONCE + plain.len + TAG,
           text_len = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    unsigned char *bytes = arena_alloc(arena, len);
    char *text = arena_alloc(arena, text_len);

    ASSERT(bytes && text);
    randombytes_buf(bytes, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, NULL, (const unsigned char *)plain.p, plain.len,
                                               (const unsigned char *)purpose, strlen(purpose), NULL, bytes, key);
    return sodium_bin2base64(text, text_len, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
secrets_open(struct arena *arena, const unsigned char key[SECRETS_KEY_BYTES], const char *purpose, struct str sealed,
             struct str *plain)
{
    unsigned char *bytes, *out;
    size_t len;

    if (sealed.len > MAX_SEALED)
        return false;
    bytes = arena_alloc(arena, sealed.len);
    if (!bytes ||
        sodium_base642bin(bytes, sealed.len, sealed.p, sealed.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        len < NONCE + TAG)
        return false;
    out = arena_alloc(arena, len - NONCE - TAG + 1);
    if (!out ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes + NONCE, len - NONCE,
                                                   (const unsigned char *)purpose, strlen(purpose), bytes, key) != 0)
        return false;
    *plain = (struct str){ (const char *)out, len - NONCE - TAG };
    return true;
}

struct secrets_hash
secrets_hash(struct str token)
{
    unsigned char bytes[crypto_hash_sha256_BYTES];
    struct secrets_hash hash;

    crypto_hash_sha256(bytes, (const unsigned char *)token.p, token.len);
    sodium_bin2hex(hash.hex, sizeof hash.hex, bytes, sizeof bytes);
    return hash;
}
