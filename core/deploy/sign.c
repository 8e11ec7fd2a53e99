/* SPDX-License-Identifier: MIT */
/* Signatures of who deploys (sign.h). */
#include "deploy/sign.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#define PREFIX "ildeploy_"
#define SCHEME "ed25519="

enum {
    SEED_TEXT = sodium_base64_ENCODED_LEN(crypto_sign_SEEDBYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
    SIGNATURE_TEXT = sodium_base64_ENCODED_LEN(SIGN_SIGNATURE, sodium_base64_VARIANT_ORIGINAL),
    PUBLIC_TEXT = sodium_base64_ENCODED_LEN(SIGN_PUBLIC, sodium_base64_VARIANT_ORIGINAL),
};

void
sign_key_new(struct sign_key *key)
{
    crypto_sign_keypair(key->public, key->secret);
}

void
sign_key_wipe(struct sign_key *key)
{
    sodium_memzero(key, sizeof *key);
}

const char *
sign_key_text(struct arena *arena, const struct sign_key *key)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    char text[SEED_TEXT];
    const char *made;

    crypto_sign_ed25519_sk_to_seed(seed, key->secret);
    sodium_bin2base64(text, sizeof text, seed, sizeof seed, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    made = arena_printf(arena, PREFIX "%s", text);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(text, sizeof text);
    return made;
}

bool
sign_key_is_text(struct str text)
{
    return str_starts(text, STR(PREFIX));
}

/* All of the text, and exactly as many bytes. */
static bool
decode(unsigned char *bytes, size_t size, struct str text, int variant)
{
    const char *end;
    size_t len;

    return sodium_base642bin(bytes, size, text.p, text.len, NULL, &len, &end, variant) == 0 && len == size &&
           end == text.p + text.len;
}

bool
sign_key_read(struct sign_key *key, struct str text, struct err *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    struct str rest = { text.p + strlen(PREFIX), text.len - strlen(PREFIX) };

    if (!sign_key_is_text(text) || !decode(seed, sizeof seed, rest, sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        return err_set(err, "the deploy key is not one that interlude keys add-deployer made (" PREFIX "…)");
    crypto_sign_seed_keypair(key->public, key->secret, seed);
    sodium_memzero(seed, sizeof seed);
    return true;
}

const char *
sign_public_text(struct arena *arena, const unsigned char public[SIGN_PUBLIC])
{
    char text[PUBLIC_TEXT];

    return arena_strdup(arena,
                        sodium_bin2base64(text, sizeof text, public, SIGN_PUBLIC, sodium_base64_VARIANT_ORIGINAL));
}

bool
sign_public_read(unsigned char public[SIGN_PUBLIC], struct str text, struct err *err)
{
    return decode(public, SIGN_PUBLIC, text, sodium_base64_VARIANT_ORIGINAL) ||
           err_set(err, "a public key is %d bytes in base64; found \"%.*s\"", SIGN_PUBLIC, STR_ARG(text));
}

void
sign_id(const unsigned char public[SIGN_PUBLIC], char id[SIGN_ID_LEN + 1])
{
    unsigned char digest[SIGN_DIGEST];

    crypto_hash_sha256(digest, public, SIGN_PUBLIC);
    sodium_bin2hex(id, SIGN_ID_LEN + 1, digest, SIGN_ID_LEN / 2);
}

void
sign_digest(struct str bytes, unsigned char digest[SIGN_DIGEST])
{
    crypto_hash_sha256(digest, (const unsigned char *)bytes.p, bytes.len);
}

static void
digest_parts(const struct str *parts, size_t count, unsigned char digest[SIGN_DIGEST])
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++)
        crypto_hash_sha256_update(&state, (const unsigned char *)parts[i].p, parts[i].len);
    crypto_hash_sha256_final(&state, digest);
}

void
sign_request_digest(const char *method, struct str target, struct str body, struct str time,
                    unsigned char digest[SIGN_DIGEST])
{
    const struct str parts[] = { str_of(method), STR(" "), target, STR("\n"), body, STR("\n"), time };

    digest_parts(parts, sizeof parts / sizeof parts[0], digest);
}

void
sign_bind(const char *server, const char *method, struct str target, unsigned char digest[SIGN_DIGEST])
{
    char hex[2 * SIGN_DIGEST + 1];
    const struct str parts[] = {
        STR("interlude server "), str_of(server), STR("\n"), str_of(method), STR(" "), target, STR("\n"),
        { hex, sizeof hex - 1 }
    };

    sodium_bin2hex(hex, sizeof hex, digest, SIGN_DIGEST);
    digest_parts(parts, sizeof parts / sizeof parts[0], digest);
}

const char *
sign_server_name(struct arena *arena, const char *url)
{
    bool is_tls = strncasecmp(url, "https:", 6) == 0;
    const char *scheme = strstr(url, "://"), *host = scheme ? scheme + 3 : url;
    struct str usual = is_tls ? STR(":443") : STR(":80"), name = { host, strcspn(host, "/?#") };
    char *copy;

    if (str_ends(name, usual))
        name.len -= usual.len;
    copy = arena_strndup(arena, name.p, name.len);
    for (char *p = copy; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
    return copy;
}

const char *
sign_header(struct arena *arena, const struct sign_key *key, const unsigned char digest[SIGN_DIGEST])
{
    unsigned char signature[SIGN_SIGNATURE];
    char text[SIGNATURE_TEXT], id[SIGN_ID_LEN + 1];

    crypto_sign_detached(signature, NULL, digest, SIGN_DIGEST, key->secret);
    sign_id(key->public, id);
    return arena_printf(
        arena, SCHEME "%s:%s", id,
        sodium_bin2base64(text, sizeof text, signature, sizeof signature, sodium_base64_VARIANT_ORIGINAL));
}

bool
sign_header_read(struct str value, char id[SIGN_ID_LEN + 1], unsigned char signature[SIGN_SIGNATURE])
{
    size_t before = strlen(SCHEME), head = before + SIGN_ID_LEN + 1;

    if (!str_starts(value, STR(SCHEME)) || value.len < head || value.p[head - 1] != ':')
        return false;
    memcpy(id, value.p + before, SIGN_ID_LEN);
    id[SIGN_ID_LEN] = '\0';
    return strspn(id, "0123456789abcdef") == SIGN_ID_LEN &&
           decode(signature, SIGN_SIGNATURE, (struct str){ value.p + head, value.len - head },
                  sodium_base64_VARIANT_ORIGINAL);
}

bool
sign_verify(const unsigned char public[SIGN_PUBLIC], const unsigned char digest[SIGN_DIGEST],
            const unsigned char signature[SIGN_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, digest, SIGN_DIGEST, public) == 0;
}
