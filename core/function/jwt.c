/* SPDX-License-Identifier: MIT */
/* JSON Web Tokens: reading and judging (jwt.h). Keys and signatures are jwks.c. */
#include "function/jwt.h"

#include <sodium.h>

/* One part, in base64url without padding. p NULL: it is not. */
static struct str
decode(struct arena *arena, struct str part)
{
    unsigned char *bytes = arena_alloc(arena, part.len + 1);
    size_t len;

    if (!bytes || sodium_base642bin(bytes, part.len + 1, part.p, part.len, NULL, &len, NULL,
                                    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return (struct str){ NULL, 0 };
    return (struct str){ (const char *)bytes, len };
}

/* header.payload.signature */
static bool
split(struct str token, struct str parts[3])
{
    for (size_t i = 0; i < 3; i++) {
        const char *dot = token.len ? memchr(token.p, '.', token.len) : NULL;

        if ((i < 2) != (dot != NULL))
            return false;
        parts[i] = (struct str){ token.p, dot ? (size_t)(dot - token.p) : token.len };
        token.p += parts[i].len + (dot != NULL);
        token.len -= parts[i].len + (dot != NULL);
    }
    return true;
}

static bool
read_head(struct arena *arena, struct str text, struct jwt *jwt, struct err *err)
{
    struct json head, algorithm;

    if (!json_parse(arena, text, &head, err))
        return err_prefix(err, "its header");
    algorithm = json_get(head, "alg");
    if (json_is(algorithm, "RS256"))
        jwt->algorithm = JWT_RS256;
    else if (json_is(algorithm, "ES256"))
        jwt->algorithm = JWT_ES256;
    else /* "none" and HS256 with a public key as its secret among them */
        return err_set(err, "its algorithm is neither RS256 nor ES256");
    if (json_type(json_get(head, "crit")) != JSON_MISSING) /* RFC 7515 4.1.11 */
        return err_set(err, "it demands extensions (crit)");
    jwt->kid = json_str(arena, json_get(head, "kid"));
    return true;
}

bool
jwt_read(struct arena *arena, struct str token, struct jwt *jwt, struct err *err)
{
    struct str parts[3], head, claims;

    if (token.len > JWT_MAX_TOKEN)
        return err_set(err, "it is longer than %d bytes", (int)JWT_MAX_TOKEN);
    if (!split(token, parts))
        return err_set(err, "it does not have three parts");
    head = decode(arena, parts[0]);
    claims = decode(arena, parts[1]);
    jwt->signature = decode(arena, parts[2]);
    jwt->signed_text = (struct str){ token.p, parts[0].len + 1 + parts[1].len };
    if (!head.p || !claims.p || !jwt->signature.p)
        return err_set(err, "a part of it is not base64url");
    if (!read_head(arena, head, jwt, err) || !json_parse(arena, claims, &jwt->claims, err))
        return false;
    return json_type(jwt->claims) == JSON_OBJECT || err_set(err, "its claims are not an object");
}

/* ---- claims */

static bool
is_one_of(struct json text, const struct service_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        if (json_is(text, texts->items[i]))
            return true;
    return false;
}

/* `aud` is a text or a list (RFC 7519 4.1.3); tokens that have none may name their client instead. */
static bool
is_for(const struct jwt *jwt, const struct service_texts *audience)
{
    struct json aud = json_get(jwt->claims, "aud");

    if (json_type(aud) == JSON_MISSING)
        aud = json_get(jwt->claims, "client_id");
    if (json_type(aud) != JSON_ARRAY)
        return is_one_of(aud, audience);
    for (struct json item = json_first(aud); json_type(item) != JSON_MISSING; item = json_next(item))
        if (is_one_of(item, audience))
            return true;
    return false;
}

static bool
check_time(const struct jwt *jwt, int64_t now_s, struct err *err)
{
    struct json exp = json_get(jwt->claims, "exp"), nbf = json_get(jwt->claims, "nbf"),
                iat = json_get(jwt->claims, "iat");
    double now = (double)now_s;

    if (json_type(exp) != JSON_NUMBER)
        return err_set(err, "it does not say when it expires");
    if (now >= json_double(exp, 0) + JWT_SKEW_S)
        return err_set(err, "it has expired");
    if (json_type(nbf) != JSON_MISSING && !(json_type(nbf) == JSON_NUMBER && now >= json_double(nbf, 0) - JWT_SKEW_S))
        return err_set(err, "it is not valid yet");
    if (json_type(iat) != JSON_MISSING && !(json_type(iat) == JSON_NUMBER && now >= json_double(iat, 0) - JWT_SKEW_S))
        return err_set(err, "it was issued in the future");
    return true;
}

/* Calls each(arg, scope) for `scope`, a text of words, or `scp`, which may be a list too. */
static void
each_scope(const struct jwt *jwt, void (*each)(void *arg, struct str scope), void *arg)
{
    struct json node = json_get(jwt->claims, "scope");
    struct arena arena;
    struct str words;

    arena_init(&arena, 0);
    if (json_type(node) == JSON_MISSING)
        node = json_get(jwt->claims, "scp");
    if (json_type(node) == JSON_ARRAY)
        for (struct json item = json_first(node); json_type(item) != JSON_MISSING; item = json_next(item))
            each(arg, json_str(&arena, item));
    words = json_str(&arena, node);
    while (words.len) {
        const char *blank = memchr(words.p, ' ', words.len);
        size_t len = blank ? (size_t)(blank - words.p) : words.len;

        if (len)
            each(arg, (struct str){ words.p, len });
        words.p += len + (blank != NULL);
        words.len -= len + (blank != NULL);
    }
    arena_fini(&arena);
}

struct wanted {
    const struct service_texts *scopes;
    bool is_found;
};

static void
look_for(void *arg, struct str scope)
{
    struct wanted *wanted = arg;

    for (size_t i = 0; i < wanted->scopes->count; i++)
        wanted->is_found |= str_is(scope, wanted->scopes->items[i]);
}

enum jwt_verdict
jwt_judge(const struct jwt *jwt, const struct service_authorizer *authorizer, const struct service_texts *scopes,
          int64_t now_s, struct err *err)
{
    struct wanted wanted = { .scopes = scopes };

    if (!json_is(json_get(jwt->claims, "iss"), authorizer->issuer_url)) {
        err_set(err, "it is not from %s", authorizer->issuer_url);
        return JWT_REFUSED;
    }
    if (!is_for(jwt, &authorizer->audience)) {
        err_set(err, "it is for another audience");
        return JWT_REFUSED;
    }
    if (!check_time(jwt, now_s, err))
        return JWT_REFUSED;
    if (scopes->count == 0)
        return JWT_GOOD;
    each_scope(jwt, look_for, &wanted);
    if (wanted.is_found)
        return JWT_GOOD;
    err_set(err, "it has none of the scopes of this address");
    return JWT_SCOPE_MISSING;
}

/* ---- for events */

static void
write_scope(void *arg, struct str scope)
{
    if (scope.p)
        json_put_str(arg, scope);
}

/* As the API gateway of AWS shows it: numbers and so on as texts, lists as "[a b]". */
static void
write_claim(struct arena *arena, struct json claim, struct json_out *out)
{
    struct str text = json_str(arena, claim);
    struct buf list;

    if (json_type(claim) != JSON_ARRAY) {
        json_put_str(out, text.p ? text : json_raw(claim));
        return;
    }
    buf_init(&list, JWT_MAX_TOKEN);
    for (struct json item = json_first(claim); json_type(item) != JSON_MISSING; item = json_next(item)) {
        text = json_str(arena, item);
        if (!text.p)
            text = json_raw(item);
        buf_char(&list, list.len ? ' ' : '[');
        buf_put(&list, text.p, text.len);
    }
    buf_str(&list, list.len ? "]" : "[]");
    json_put_str(out, buf_view(&list));
    buf_fini(&list);
}

static void
count_scope(void *arg, struct str scope)
{
    *(size_t *)arg += scope.p != NULL;
}

void
jwt_write(const struct jwt *jwt, struct json_out *out)
{
    struct arena arena;
    size_t scope_count = 0;

    arena_init(&arena, 0);
    json_object(out);
    json_name(out, "claims");
    json_object(out);
    for (struct json claim = json_first(jwt->claims); json_type(claim) != JSON_MISSING; claim = json_next(claim)) {
        json_name_str(out, json_key(&arena, claim));
        write_claim(&arena, claim, out);
    }
    json_object_end(out);
    json_name(out, "scopes");
    each_scope(jwt, count_scope, &scope_count);
    if (scope_count) {
        json_array(out);
        each_scope(jwt, write_scope, out);
        json_array_end(out);
    } else {
        json_put_null(out);
    }
    json_object_end(out);
    arena_fini(&arena);
}
