/* SPDX-License-Identifier: MIT */
/* Signed requests (signing.h). */
#include "cli/signing.h"

#include <string.h>

#include "base/clock.h"

static void
put(const struct signing *signing, struct arena *arena, const char *method, const char *target,
    unsigned char digest[SIGN_DIGEST], const char *headers[SIGNING_ARTEFACT_HEADERS])
{
    sign_bind(signing->server, method, str_of(target), digest);
    headers[0] = arena_printf(arena, SIGN_HEADER ": %s", sign_header(arena, &signing->key, digest));
    headers[1] = arena_printf(arena, SIGN_SERVER_HEADER ": %s", signing->server);
}

void
signing_request(const struct signing *signing, struct arena *arena, const char *method, const char *target,
                struct str body, const char *headers[SIGNING_HEADERS])
{
    const char *now = arena_printf(arena, "%lld", (long long)clock_wall_ms());
    unsigned char digest[SIGN_DIGEST];

    sign_request_digest(method, str_of(target), body, str_of(now), digest);
    put(signing, arena, method, target, digest, headers);
    headers[2] = arena_printf(arena, SIGN_TIME_HEADER ": %s", now);
}

void
signing_artefact(const struct signing *signing, struct arena *arena, const char *target,
                 const unsigned char artefact[SIGN_DIGEST], const char *headers[SIGNING_ARTEFACT_HEADERS])
{
    unsigned char digest[SIGN_DIGEST];

    memcpy(digest, artefact, sizeof digest);
    put(signing, arena, "PUT", target, digest, headers);
}
