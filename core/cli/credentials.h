/* SPDX-License-Identifier: MIT */
/*
 * Which server is deployed to, and with which key: ~/.config/interlude/credentials, a line "URL KEY" for each server,
 * readable by its owner only. The environment and --server win over it.
 */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "base/arena.h"
#include "deploy/sign.h"

/* "https://tools.example.test/" -> without the slash. NULL: it is no http or https address. */
const char *credentials_base(struct arena *arena, const char *url, struct err *err) MUST_CHECK;

/*
 * server: as given, or NULL: INTERLUDE_URL, else the first of the file. The key: INTERLUDE_DEPLOY_KEY, else that of the
 * server's line.
 */
bool credentials_find(struct arena *arena, const char *server, const char **base, struct sign_key *key,
                      struct err *err) MUST_CHECK;

/* INTERLUDE_DEPLOY_KEY, else the file's key for this server. false without an error text: there is none. */
bool credentials_key(struct arena *arena, const char *base, struct sign_key *key, struct err *err) MUST_CHECK;
/* The file's key for this server. false without an error text: it has none. */
bool credentials_get(struct arena *arena, const char *base, struct sign_key *key, struct err *err) MUST_CHECK;
/* Adds or replaces the line of this server. */
bool credentials_put(struct arena *arena, const char *base, const struct sign_key *key, struct err *err) MUST_CHECK;

#endif
