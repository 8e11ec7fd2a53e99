/* SPDX-License-Identifier: MIT */
/*
 * Signatures of who deploys (functions.md 2.3): Ed25519 over the SHA-256 of an artefact, or of a request without one.
 * Whose public keys count is store/deployer.h. Any thread; sodium_init must have been called.
 */
#ifndef DEPLOY_SIGN_H
#define DEPLOY_SIGN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { SIGN_PUBLIC = 32, SIGN_SECRET = 64, SIGN_DIGEST = 32, SIGN_SIGNATURE = 64, SIGN_ID_LEN = 16 };

#define SIGN_HEADER "X-Interlude-Signature"
#define SIGN_TIME_HEADER "X-Interlude-Time"
#define SIGN_SERVER_HEADER "X-Interlude-Server"

struct sign_key {
    unsigned char secret[SIGN_SECRET], public[SIGN_PUBLIC];
};

void sign_key_new(struct sign_key *key);
void sign_key_wipe(struct sign_key *key);
/* The secret half as a text, "ildeploy_…": what credentials and INTERLUDE_DEPLOY_KEY hold. */
const char *sign_key_text(struct arena *arena, const struct sign_key *key);
bool sign_key_read(struct sign_key *key, struct str text, struct err *err) MUST_CHECK;
/* Is it meant to be one? Such a text is never sent anywhere. */
bool sign_key_is_text(struct str text);

/* The public half, in base64. */
const char *sign_public_text(struct arena *arena, const unsigned char public[SIGN_PUBLIC]);
bool sign_public_read(unsigned char public[SIGN_PUBLIC], struct str text, struct err *err) MUST_CHECK;
/* The first 16 hexadecimal digits of the public key's SHA-256. */
void sign_id(const unsigned char public[SIGN_PUBLIC], char id[SIGN_ID_LEN + 1]);

void sign_digest(struct str bytes, unsigned char digest[SIGN_DIGEST]);
/* Of "METHOD target\nbody\ntime"; target is the path with its query as sent, time the value of SIGN_TIME_HEADER. */
void sign_request_digest(const char *method, struct str target, struct str body, struct str time,
                         unsigned char digest[SIGN_DIGEST]);

/*
 * The same for one server only, so that whoever gets it cannot send it to another one that knows the same key: of
 * "interlude server NAME\nMETHOD target\n" and the digest so far in hexadecimal. The name is the value of
 * SIGN_SERVER_HEADER; without that header the digest counts as it is.
 */
void sign_bind(const char *server, const char *method, struct str target, unsigned char digest[SIGN_DIGEST]);
/* What a server is called: host and port of its address, in lower case, without the usual port. */
const char *sign_server_name(struct arena *arena, const char *url);

/* The value of SIGN_HEADER: "ed25519=<id>:<signature in base64>". */
const char *sign_header(struct arena *arena, const struct sign_key *key, const unsigned char digest[SIGN_DIGEST]);
/* false: it is no such value. */
bool sign_header_read(struct str value, char id[SIGN_ID_LEN + 1], unsigned char signature[SIGN_SIGNATURE]) MUST_CHECK;
bool sign_verify(const unsigned char public[SIGN_PUBLIC], const unsigned char digest[SIGN_DIGEST],
                 const unsigned char signature[SIGN_SIGNATURE]) MUST_CHECK;

#endif
