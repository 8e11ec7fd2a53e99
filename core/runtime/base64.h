/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648 section 4) for bodies in events and results. The server's is libsodium's, which a runner has not. */
#ifndef RUNTIME_BASE64_H
#define RUNTIME_BASE64_H

#include <stdbool.h>

#include "base/err.h"
#include "json/write.h"

void base64_put(struct json_out *out, struct str bytes); /* a string with padding */

/* Strict: padding is needed, nothing else may stand in between. *len <= text.len / 4 * 3 bytes at `bytes`. */
bool base64_decode(struct str text, char *bytes, size_t *len) MUST_CHECK;

#endif
