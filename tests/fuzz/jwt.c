/* SPDX-License-Identifier: MIT */
/* libFuzzer: no token and no key set may crash us, and no token that we did not sign may pass for signed. */
#include "function/jwt.h"

#include <sodium.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keys of RFC 7515, appendix A, and RFC 7517, appendix A.1, whose private halves this program does not have. */
static const char key_set[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},{\"kty\":\"RSA\",\"kid\":\"r\",\"e\":\"AQAB\",\"n\":\""
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
    "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
    "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
    "nqDKgw\"}]}";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const texts[] = { "shop" };
    static const struct service_authorizer authorizer = { .issuer_url = "https://id", .audience = { texts, 1 } };
    static const struct service_texts scopes = { texts, 1 };
    static struct jwks *keys;
    struct str text = { (const char *)data, size };
    struct arena arena;
    struct jwks *set;
    struct jwt jwt;
    struct err err;

    if (!keys && (sodium_init() < 0 || !(keys = jwks_new(str_of(key_set), &err))))
        abort();
    arena_init(&arena, 0);
    if (jwt_read(&arena, text, &jwt, &err)) {
        struct json_out out;
        struct buf claims;

        ASSERT(jwt_is_signed(&jwt, keys) != JWT_SIGNED);
        jwt_judge(&jwt, &authorizer, &scopes, 0, &err);
        buf_init(&claims, 64 << 10);
        json_out_init(&out, &claims);
        jwt_write(&jwt, &out);
        buf_fini(&claims);
    }
    set = jwks_new(text, &err);
    jwks_put(set);
    arena_fini(&arena);
    return 0;
}
