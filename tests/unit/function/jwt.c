/* SPDX-License-Identifier: MIT */
/* Tokens of callers: good ones, and what hostile ones try (functions.md 1.12, F8). */
#include "function/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"

enum { NOW = 1795219350 };

#define CLAIMS                                                                                                         \
    "{\"iss\":\"https://id.example.test\",\"aud\":\"shop\",\"exp\":1795219400,\"sub\":\"u1\",\"admin\":true,"          \
    "\"scope\":\"read write\",\"groups\":[\"a\",1]}"

static EVP_PKEY *rsa, *ec;
static struct jwks *keys;
static struct arena arena;

static const char *const audience[] = { "other", "shop" };
static const struct service_authorizer authorizer = { .kind = AUTHORIZER_JWT,
                                                      .issuer_url = "https://id.example.test",
                                                      .audience = { audience, 2 } };

static char *
encode(const void *bytes, size_t len)
{
    size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);

    return sodium_bin2base64(arena_alloc(&arena, size), size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static char *
number(EVP_PKEY *key, const char *name, int len)
{
    unsigned char bytes[1024];
    BIGNUM *value = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &value), 1);
    len = len ? BN_bn2binpad(value, bytes, len) : BN_bn2bin(value, bytes);
    BN_free(value);
    return encode(bytes, (size_t)len);
}

static int
setup(void **state)
{
    struct err err;
    const char *set;

    (void)state;
    arena_init(&arena, 0);
    rsa = EVP_RSA_gen(2048);
    ec = EVP_EC_gen("P-256");
    set = arena_printf(
        &arena,
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"h\"},{\"kty\":\"RSA\",\"kid\":\"r\",\"use\":\"sig\","
        "\"n\":\"%s\",\"e\":\"%s\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"alg\":\"ES256\",\"x\":\"%s\","
        "\"y\":\"%s\"}]}",
        number(rsa, OSSL_PKEY_PARAM_RSA_N, 0), number(rsa, OSSL_PKEY_PARAM_RSA_E, 0),
        number(ec, OSSL_PKEY_PARAM_EC_PUB_X, 32), number(ec, OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    keys = jwks_new(str_of(set), &err);
    return keys ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    jwks_put(keys);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    arena_fini(&arena);
    return 0;
}

/* head.claims.signature */
static char *
token(const char *head, const char *claims, EVP_PKEY *key)
{
    char *text = arena_printf(&arena, "%s.%s", encode(head, strlen(head)), encode(claims, strlen(claims)));
    unsigned char signature[512], pair[64];
    size_t len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, (const unsigned char *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    if (key == ec) {
        const unsigned char *der = signature;
        ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &der, (long)len);

        BN_bn2binpad(ECDSA_SIG_get0_r(numbers), pair, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers), pair + 32, 32);
        ECDSA_SIG_free(numbers);
        return arena_printf(&arena, "%s.%s", text, encode(pair, sizeof pair));
    }
    return arena_printf(&arena, "%s.%s", text, encode(signature, len));
}

static bool
is_read(const char *text)
{
    struct jwt jwt;
    struct err err;

    return jwt_read(&arena, str_of(text), &jwt, &err);
}

static enum jwt_signature
signature_of(const char *text)
{
    struct jwt jwt;
    struct err err;

    assert_true(jwt_read(&arena, str_of(text), &jwt, &err));
    return jwt_is_signed(&jwt, keys);
}

static enum jwt_verdict
judge(const char *claims, const struct service_texts *scopes, int64_t now)
{
    static const struct service_texts none;
    struct jwt jwt;
    struct err err;

    assert_true(jwt_read(&arena, str_of(token("{\"alg\":\"ES256\",\"kid\":\"e\"}", claims, ec)), &jwt, &err));
    return jwt_judge(&jwt, &authorizer, scopes ? scopes : &none, now, &err);
}

static void
f8_both_algorithms_are_checked(void **state)
{
    char *good = token("{\"alg\":\"RS256\",\"kid\":\"r\"}", CLAIMS, rsa), *changed;

    (void)state;
    assert_int_equal(signature_of(good), JWT_SIGNED);
    assert_int_equal(signature_of(token("{\"alg\":\"ES256\",\"kid\":\"e\"}", CLAIMS, ec)), JWT_SIGNED);
    assert_int_equal(signature_of(token("{\"alg\":\"ES256\"}", CLAIMS, ec)), JWT_SIGNED);
    assert_int_equal(signature_of(token("{\"alg\":\"RS256\",\"kid\":\"e\"}", CLAIMS, rsa)), JWT_KEY_UNKNOWN);
    assert_int_equal(signature_of(token("{\"alg\":\"RS256\",\"kid\":\"new\"}", CLAIMS, rsa)), JWT_KEY_UNKNOWN);
    assert_int_equal(signature_of(token("{\"alg\":\"ES256\",\"kid\":\"h\"}", CLAIMS, ec)), JWT_KEY_UNKNOWN);
    changed = arena_printf(&arena, "%.*s.%s%s", (int)(strchr(good, '.') - good), good, encode("{\"sub\":\"root\"}", 14),
                           strrchr(good, '.'));
    assert_int_equal(signature_of(changed), JWT_NOT_SIGNED);
}

static void
f8_other_algorithms_are_refused(void **state)
{
    static const char *const heads[] = { "{\"alg\":\"none\"}",
                                         "{\"alg\":\"NONE\"}",
                                         "{\"alg\":\"HS256\",\"kid\":\"r\"}",
                                         "{\"alg\":\"rs256\"}",
                                         "{\"alg\":\"RS512\"}",
                                         "{\"alg\":[\"RS256\"]}",
                                         "{}",
                                         "[]",
                                         "{\"alg\":\"RS256\",\"crit\":[\"b64\"]}" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        assert_false(is_read(token(heads[i], CLAIMS, rsa)));
}

static void
f8_what_is_no_token_is_refused(void **state)
{
    static const char *const texts[] = { "",
                                         ".",
                                         "..",
                                         "a.b",
                                         "a.b.c",
                                         "a.b.c.d",
                                         "e30.e30.AA",
                                         "e30=.e30=.AA",
                                         "!!!!.!!!!.!!!!",
                                         "eyJhbGciOiJSUzI1NiJ9.W10.AA" };
    char *large = arena_alloc(&arena, JWT_MAX_TOKEN + 2);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(is_read(texts[i]));
    memset(large, 'A', JWT_MAX_TOKEN + 1);
    large[10] = large[20] = '.';
    assert_false(is_read(large));
    assert_int_equal(signature_of("eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.e30."), JWT_NOT_SIGNED);
    assert_int_equal(signature_of("eyJhbGciOiJFUzI1NiIsImtpZCI6ImUifQ.e30.AAAA"), JWT_NOT_SIGNED);
}

static void
f8_issuer_audience_and_times(void **state)
{
#define SAYS(rest) "{\"iss\":\"https://id.example.test\"," rest "}"
    (void)state;
    assert_int_equal(judge(CLAIMS, NULL, NOW), JWT_GOOD);
    assert_int_equal(judge(CLAIMS, NULL, 1795219459), JWT_GOOD); /* the clocks may differ by a minute */
    assert_int_equal(judge(CLAIMS, NULL, 1795219460), JWT_REFUSED);
    assert_int_equal(judge(SAYS("\"aud\":[\"x\",\"shop\"],\"exp\":1e12"), NULL, NOW), JWT_GOOD);
    assert_int_equal(judge(SAYS("\"client_id\":\"shop\",\"exp\":1e12"), NULL, NOW), JWT_GOOD);
    assert_int_equal(judge(SAYS("\"aud\":\"x\",\"client_id\":\"shop\",\"exp\":1e12"), NULL, NOW), JWT_REFUSED);
    assert_int_equal(judge(SAYS("\"aud\":\"shop\""), NULL, NOW), JWT_REFUSED);
    assert_int_equal(judge(SAYS("\"aud\":\"shop\",\"exp\":\"1e12\""), NULL, NOW), JWT_REFUSED);
    assert_int_equal(judge(SAYS("\"aud\":\"shop\",\"exp\":1e12,\"nbf\":1795219410"), NULL, NOW), JWT_GOOD);
    assert_int_equal(judge(SAYS("\"aud\":\"shop\",\"exp\":1e12,\"nbf\":1795219411"), NULL, NOW), JWT_REFUSED);
    assert_int_equal(judge(SAYS("\"aud\":\"shop\",\"exp\":1e12,\"iat\":1795219411"), NULL, NOW), JWT_REFUSED);
    assert_int_equal(judge(SAYS("\"exp\":1e12"), NULL, NOW), JWT_REFUSED);
    assert_int_equal(judge("{\"iss\":\"https://id.example.test/\",\"aud\":\"shop\",\"exp\":1e12}", NULL, NOW),
                     JWT_REFUSED);
#undef SAYS
}

static void
f8_one_of_the_scopes_suffices(void **state)
{
    static const char *const one[] = { "delete", "write" }, *const other[] = { "rea", "delete" };
    const struct service_texts has = { one, 2 }, lacks = { other, 2 };

    (void)state;
    assert_int_equal(judge(CLAIMS, &has, NOW), JWT_GOOD);
    assert_int_equal(judge(CLAIMS, &lacks, NOW), JWT_SCOPE_MISSING);
    assert_int_equal(
        judge("{\"iss\":\"https://id.example.test\",\"aud\":\"shop\",\"exp\":1e12,\"scp\":[\"write\"]}", &has, NOW),
        JWT_GOOD);
    assert_int_equal(judge("{\"iss\":\"https://id.example.test\",\"aud\":\"shop\",\"exp\":1e12}", &has, NOW),
                     JWT_SCOPE_MISSING);
}

static void
claims_are_texts_in_events(void **state)
{
    struct json_out out;
    struct jwt jwt;
    struct buf buf;
    struct err err;

    (void)state;
    assert_true(jwt_read(&arena, str_of(token("{\"alg\":\"ES256\"}", CLAIMS, ec)), &jwt, &err));
    buf_init(&buf, 4096);
    json_out_init(&out, &buf);
    jwt_write(&jwt, &out);
    assert_string_equal(
        buf_text(&buf),
        "{\"claims\":{\"iss\":\"https://id.example.test\",\"aud\":\"shop\",\"exp\":\"1795219400\",\"sub\":\"u1\","
        "\"admin\":\"true\",\"scope\":\"read write\",\"groups\":\"[a 1]\"},\"scopes\":[\"read\",\"write\"]}");
    buf_fini(&buf);
}

static void
key_sets(void **state)
{
    struct jwks *jwks;
    struct err err;

    (void)state;
    assert_null(jwks_new(STR("[]"), &err));
    assert_null(jwks_new(STR("{\"keys\":{}}"), &err));
    assert_null(jwks_new(STR("<html>"), &err));
    jwks = jwks_new(STR("{\"keys\":[1,{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"crv\":\"P-"
                        "256\",\"x\":\"AA\","
                        "\"y\":\"AA\"},{\"kty\":\"RSA\",\"use\":\"enc\"}]}"),
                    &err); /* none of them is of use, which is for the caller to find */
    assert_non_null(jwks);
    jwks_put(jwks);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f8_both_algorithms_are_checked),
        cmocka_unit_test(f8_other_algorithms_are_refused),
        cmocka_unit_test(f8_what_is_no_token_is_refused),
        cmocka_unit_test(f8_issuer_audience_and_times),
        cmocka_unit_test(f8_one_of_the_scopes_suffices),
        cmocka_unit_test(claims_are_texts_in_events),
        cmocka_unit_test(key_sets),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
