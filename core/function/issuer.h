/* SPDX-License-Identifier: MIT */
/*
 * Where the keys of tokens come from (functions.md 1.12): the key set of an issuer, found by its OpenID configuration,
 * kept for two hours. Control fetches; each http thread has what it was told last.
 */
#ifndef FUNCTION_ISSUER_H
#define FUNCTION_ISSUER_H

#include "function/jwt.h"
#include "function/wait.h"

struct http_server;
struct sockaddr;

void issuers_start(struct http_server *server); /* control thread, once the http threads run */

/* ---- http threads */

enum issuer_answer {
    ISSUER_READY,
    ISSUER_FAILED, /* it could not be reached a moment ago */
    ISSUER_LATER,  /* ask again, with the same wait, once it went */
};

/*
 * is_newer_wanted: what is there lacks the key of a token, and may be old; asked for again at most every 10 s. The keys
 * stay until the thread's next turn.
 */
enum issuer_answer issuer_keys(const char *url, bool is_newer_wanted, struct jwks **keys, struct wait *wait);

/*
 * Any thread: may the key set at `url` be fetched from this address? The issuer is configuration and may be within our
 * network; whom it names must be public. This machine only under `interlude dev`.
 */
bool issuer_may_connect(const char *issuer, const char *url, const struct sockaddr *address);

#endif
