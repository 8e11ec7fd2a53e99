/* SPDX-License-Identifier: MIT */
/* Key sets, and signatures by their keys (jwt.h). */
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/jwt.h"

enum { MIN_RSA_BYTES = 256, MAX_RSA_BYTES = 1024, MAX_EXPONENT_BYTES = 8, P256_BYTES = 32, MAX_TEXT = 256 << 10 };

struct jwk {
    char *kid; /* NULL: none */
    enum jwt_algorithm algorithm;
    EVP_PKEY *key;
};

struct jwks {
    atomic_uint refs;
    size_t count;
    struct jwk keys[JWT_MAX_KEYS];
};

/* A member in base64url, between min and max bytes long. */
static bool
read_bytes(struct arena *arena, struct json node, size_t min, size_t max, unsigned char **bytes, size_t *len)
{
    struct str text = json_str(arena, node);

    *bytes = arena_alloc(arena, text.len + 1);
    return text.p && text.len <= 2 * MAX_RSA_BYTES &&
           sodium_base642bin(*bytes, text.len + 1, text.p, text.len, NULL, len, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           *len >= min && *len <= max;
}

static EVP_PKEY *
make_key(const char *type, OSSL_PARAM_BLD *parts)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(parts);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (params && context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *
read_rsa(struct arena *arena, struct json node)
{
    unsigned char *n_bytes, *e_bytes;
    size_t n_len, e_len;
    BIGNUM *n = NULL, *e = NULL;
    OSSL_PARAM_BLD *parts;
    EVP_PKEY *key = NULL;

    if (!read_bytes(arena, json_get(node, "n"), MIN_RSA_BYTES, MAX_RSA_BYTES, &n_bytes, &n_len) ||
        !read_bytes(arena, json_get(node, "e"), 1, MAX_EXPONENT_BYTES, &e_bytes, &e_len))
        return NULL;
    n = BN_bin2bn(n_bytes, (int)n_len, NULL);
    e = BN_bin2bn(e_bytes, (int)e_len, NULL);
    parts = OSSL_PARAM_BLD_new();
    if (n && e && parts && OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, e))
        key = make_key("RSA", parts);
    OSSL_PARAM_BLD_free(parts);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *
read_ec(struct arena *arena, struct json node)
{
    unsigned char *x, *y, point[1 + 2 * P256_BYTES] = { 4 }; /* 4: both coordinates follow */
    OSSL_PARAM_BLD *parts;
    EVP_PKEY *key = NULL;
    size_t x_len, y_len;

    if (!json_is(json_get(node, "crv"), "P-256") ||
        !read_bytes(arena, json_get(node, "x"), P256_BYTES, P256_BYTES, &x, &x_len) ||
        !read_bytes(arena, json_get(node, "y"), P256_BYTES, P256_BYTES, &y, &y_len))
        return NULL;
    memcpy(point + 1, x, P256_BYTES);
    memcpy(point + 1 + P256_BYTES, y, P256_BYTES);
    parts = OSSL_PARAM_BLD_new();
    if (parts && OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
        OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
        key = make_key("EC", parts);
    OSSL_PARAM_BLD_free(parts);
    return key;
}

/* A key for signatures of one of our two kinds; what it says about its use is believed. */
static bool
read_key(struct arena *arena, struct json node, struct jwk *jwk)
{
    bool is_rsa = json_is(json_get(node, "kty"), "RSA"), is_ec = json_is(json_get(node, "kty"), "EC");
    struct json use = json_get(node, "use"), algorithm = json_get(node, "alg");
    const char *kid = json_text(arena, json_get(node, "kid"));

    if ((!is_rsa && !is_ec) || (json_type(use) != JSON_MISSING && !json_is(use, "sig")) ||
        (json_type(algorithm) != JSON_MISSING && !json_is(algorithm, is_rsa ? "RS256" : "ES256")))
        return false;
    jwk->algorithm = is_rsa ? JWT_RS256 : JWT_ES256;
    jwk->key = is_rsa ? read_rsa(arena, node) : read_ec(arena, node);
    jwk->kid = jwk->key && kid ? mem_strdup(kid) : NULL;
    return jwk->key;
}

struct jwks *
jwks_new(struct str text, struct err *err)
{
    struct jwks *jwks = NULL;
    struct arena arena;
    struct json root, keys, node;

    arena_init(&arena, 0);
    if (text.len > MAX_TEXT) {
        err_set(err, "the key set is longer than %d bytes", (int)MAX_TEXT);
    } else if (json_parse(&arena, text, &root, err)) {
        keys = json_get(root, "keys");
        if (json_type(keys) != JSON_ARRAY)
            err_set(err, "the key set has no list \"keys\"");
        else
            jwks = mem_alloc(sizeof *jwks);
    }
    if (jwks) {
        jwks->refs = 1;
        for (node = json_first(keys); json_type(node) != JSON_MISSING && jwks->count < JWT_MAX_KEYS;
             node = json_next(node))
            jwks->count += read_key(&arena, node, &jwks->keys[jwks->count]);
    }
    arena_fini(&arena);
    return jwks;
}

struct jwks *
jwks_get(struct jwks *jwks)
{
    atomic_fetch_add_explicit(&jwks->refs, 1, memory_order_relaxed);
    return jwks;
}

void
jwks_put(struct jwks *jwks)
{
    if (!jwks || atomic_fetch_sub(&jwks->refs, 1) != 1)
        return;
    for (size_t i = 0; i < jwks->count; i++) {
        free(jwks->keys[i].kid);
        EVP_PKEY_free(jwks->keys[i].key);
    }
    free(jwks);
}

/* A token that names no key is checked with the only one there is. */
static const struct jwk *
find_key(const struct jwks *jwks, const struct jwt *jwt)
{
    const struct jwk *found = NULL;

    for (size_t i = 0; i < jwks->count; i++) {
        const struct jwk *jwk = &jwks->keys[i];

        if (jwk->algorithm != jwt->algorithm)
            continue;
        if (jwt->kid.p && (!jwk->kid || !str_is(jwt->kid, jwk->kid)))
            continue;
        if (found && !jwt->kid.p)
            return NULL;
        found = jwk;
    }
    return found;
}

/* r and s, each in 32 bytes (RFC 7518 3.4), as OpenSSL takes them. Returns the length; 0: not a signature. */
static size_t
ecdsa_der(struct str signature, unsigned char der[80])
{
    const unsigned char *bytes = (const unsigned char *)signature.p;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r, *s;
    int len = 0;

    if (pair && signature.len == 2 * P256_BYTES) {
        r = BN_bin2bn(bytes, P256_BYTES, NULL);
        s = BN_bin2bn(bytes + P256_BYTES, P256_BYTES, NULL);
        if (r && s && ECDSA_SIG_set0(pair, r, s)) {
            len = i2d_ECDSA_SIG(pair, &der);
        } else {
            BN_free(r);
            BN_free(s);
        }
    }
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

enum jwt_signature
jwt_is_signed(const struct jwt *jwt, const struct jwks *jwks)
{
    const struct jwk *jwk = find_key(jwks, jwt);
    struct str signature = jwt->signature;
    unsigned char der[80];
    EVP_MD_CTX *context;
    bool is_good;

    if (!jwk)
        return JWT_KEY_UNKNOWN;
    if (jwt->algorithm == JWT_ES256)
        signature = (struct str){ (const char *)der, ecdsa_der(jwt->signature, der) };
    context = EVP_MD_CTX_new();
    is_good = signature.len && context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, jwk->key) == 1 &&
              EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.len,
                               (const unsigned char *)jwt->signed_text.p, jwt->signed_text.len) == 1;
    EVP_MD_CTX_free(context);
    return is_good ? JWT_SIGNED : JWT_NOT_SIGNED;
}
