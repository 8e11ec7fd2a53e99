/* SPDX-License-Identifier: MIT */
/* Headers that say who sends a request, and to which server (deploy/sign.h). */
#ifndef CLI_SIGNING_H
#define CLI_SIGNING_H

#include "deploy/sign.h"

struct signing {
    const char *server; /* sign_server_name of where it goes */
    struct sign_key key;
};

enum { SIGNING_HEADERS = 3, SIGNING_ARTEFACT_HEADERS = 2 };

/* "Name: value" in the arena; now is part of it, so that it cannot be sent again later. target: path and query. */
void signing_request(const struct signing *signing, struct arena *arena, const char *method, const char *target,
                     struct str body, const char *headers[SIGNING_HEADERS]);
/* A PUT of something with that digest, or of a part of it. */
void signing_artefact(const struct signing *signing, struct arena *arena, const char *target,
                      const unsigned char artefact[SIGN_DIGEST], const char *headers[SIGNING_ARTEFACT_HEADERS]);

#endif
