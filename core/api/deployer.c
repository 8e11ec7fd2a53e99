/* SPDX-License-Identifier: MIT */
/* Whose signature a call carries (functions.md 2.3). */
#include "store/deployer.h"

#include <sodium.h>
#include <stdlib.h>

#include "api/api.h"
#include "base/clock.h"
#include "deploy/sign.h"

enum { MAX_SKEW_MS = 5 * 60 * 1000 };

/*
 * Of an artefact nothing but its bytes is signed, when they come in pieces their hash as announced: they are compared
 * with it in the end. Other calls are signed whole, with a time, so that they cannot be sent again later.
 */
static bool
find_digest(struct api_call *call, unsigned char digest[SIGN_DIGEST])
{
    const char *sha256 = api_query(call, "sha256");
    int64_t at = call->signed_at.p ? strtoll(call->signed_at.p, NULL, 10) : 0, now = clock_wall_ms();
    size_t len;

    if (strcmp(call->method, "PUT") != 0) {
        sign_request_digest(call->method, call->target, call->body, call->signed_at, digest);
        return at > now - MAX_SKEW_MS && at < now + MAX_SKEW_MS;
    }
    if (sha256)
        return sodium_hex2bin(digest, SIGN_DIGEST, sha256, strlen(sha256), NULL, &len, NULL) == 0 && len == SIGN_DIGEST;
    sign_digest(call->body, digest);
    return true;
}

/* Does the name mean this server? Those of loopback do, between two processes of one machine. */
static bool
is_own_name(struct api_call *call, const char *name)
{
    return (call->is_local && api_is_loopback_name(str_of(name))) ||
           strcmp(name, sign_server_name(&call->arena, api_spec.app_url)) == 0;
}

/* A signature may be for one server only. NULL: it is for this one, or for any. */
static const char *
check_server(struct api_call *call, unsigned char digest[SIGN_DIGEST])
{
    const char *name = call->signed_for.p;

    if (!name)
        return api_spec.wants_server_name
                   ? "This server takes only what is signed for it by name (DEPLOY_BOUND): send X-Interlude-Server."
                   : NULL;
    if (!is_own_name(call, name))
        return arena_printf(&call->arena,
                            "The signature is for the server %.200s, this one is called %s (its APP_URL). Deploy to "
                            "that address, or correct APP_URL.",
                            name, sign_server_name(&call->arena, api_spec.app_url));
    sign_bind(name, call->method, call->target, digest);
    return NULL;
}

const char *
api_check_signature(struct api_call *call, unsigned *status)
{
    unsigned char digest[SIGN_DIGEST], signature[SIGN_SIGNATURE], public_key[SIGN_PUBLIC];
    struct deployer *deployer;
    char id[SIGN_ID_LEN + 1];
    const char *why;
    struct err err;

    *status = 403;
    if (!call->signature.p || !sign_header_read(call->signature, id, signature))
        return "A deploy key is needed: interlude login, or INTERLUDE_DEPLOY_KEY.";
    if (!store_deployer_get(api_spec.store, &call->arena, id, &deployer, &err)) {
        *status = 500;
        return "The deploy key could not be checked.";
    }
    if (!deployer || !sign_public_read(public_key, str_of(deployer->public_key), &err))
        return "This deploy key is not known here, or was revoked: interlude keys add-deployer.";
    if (!find_digest(call, digest))
        return "The signature is of another time. Is the clock of one of the two machines wrong?";
    why = check_server(call, digest);
    if (why)
        return why;
    if (!sign_verify(public_key, digest, signature))
        return "The signature does not fit what was sent.";
    call->deployer = deployer;
    *status = 0;
    return NULL;
}
