/* SPDX-License-Identifier: MIT */
/*
 * What two deployments have in common when the second would change nothing. Server and command line ask the same
 * question here. Any thread; sodium_init must have been called.
 */
#ifndef DEPLOY_CONTENT_H
#define DEPLOY_CONTENT_H

#include "base/str.h"

enum { CONTENT_HASH_LEN = 64 };

/*
 * Of the parts of a valid manifest.json that say what is deployed: config, functions and files (routes follow from
 * them), not when and with which compiler it was built. Hexadecimal.
 */
void content_hash(struct str manifest, char hex[CONTENT_HASH_LEN + 1]);

#endif
