/* SPDX-License-Identifier: MIT */
/*
 * JSON Web Tokens of API callers (RFC 7519; RS256 and ES256 of RFC 7518): taken apart, checked against the keys of
 * their issuer and against what an address demands. Where the keys come from is issuer.h. Any thread.
 */
#ifndef FUNCTION_JWT_H
#define FUNCTION_JWT_H

#include "function/service.h"
#include "json/read.h"
#include "json/write.h"

struct jwks;

enum jwt_algorithm { JWT_RS256, JWT_ES256 };

enum { JWT_SKEW_S = 60, JWT_MAX_TOKEN = 8192, JWT_MAX_KEYS = 64 };

/* A token that is well-formed; nothing in it is true before jwt_is_signed said so. */
struct jwt {
    enum jwt_algorithm algorithm;
    struct str kid; /* p NULL: none */
    struct str signed_text, signature;
    struct json claims; /* an object */
};

bool jwt_read(struct arena *arena, struct str token, struct jwt *jwt, struct err *err) MUST_CHECK;

/* A key set (RFC 7517). Keys that are not for RS256 or ES256 signatures are passed over. NULL: not a key set. */
struct jwks *jwks_new(struct str text, struct err *err) MUST_CHECK;
struct jwks *jwks_get(struct jwks *jwks);
void jwks_put(struct jwks *jwks); /* NULL is fine */

enum jwt_signature { JWT_SIGNED, JWT_NOT_SIGNED, JWT_KEY_UNKNOWN /* a newer set may have it */ };
enum jwt_signature jwt_is_signed(const struct jwt *jwt, const struct jwks *jwks);

enum jwt_verdict { JWT_GOOD, JWT_REFUSED, JWT_SCOPE_MISSING };

/* Issuer, audience, time, scopes; err (not for JWT_GOOD) is for the log. now_s: Unix time. */
enum jwt_verdict jwt_judge(const struct jwt *jwt, const struct service_authorizer *authorizer,
                           const struct service_texts *scopes, int64_t now_s, struct err *err);

/* {"claims":{…},"scopes":[…]} as requestContext.authorizer.jwt has it: the values of claims are texts there. */
void jwt_write(const struct jwt *jwt, struct json_out *out);

#endif
