/* SPDX-License-Identifier: MIT */
/*
 * Rows of the public keys that may deploy services. What they sign is deploy/sign.h; user.h says how these functions
 * behave. A revoked key is not found any more.
 */
#ifndef STORE_DEPLOYER_H
#define STORE_DEPLOYER_H

#include "store/store.h"

struct deployer {
    const char *id;   /* sign_id of the key */
    const char *name; /* of who has the secret half */
    const char *public_key;
    int64_t created_at, last_used_at; /* read only; 0: never used */
};

/* REFUSED: the name is taken, or the key is known: also one that was revoked. */
void store_deployer_insert(struct store_write *write, const struct deployer *deployer);
void store_deployer_revoke(struct store_write *write, const char *id); /* REFUSED: no such key */
/* REFUSED: revoked meanwhile. For the write of what it was used for, which then does not happen. */
void store_deployer_used(struct store_write *write, const char *id);

/* *deployer is NULL when there is none of that id. */
bool store_deployer_get(struct store *store, struct arena *arena, const char *id, struct deployer **deployer,
                        struct err *err) MUST_CHECK;
/* Oldest first. */
bool store_deployer_list(struct store *store, struct arena *arena, struct deployer **deployers, size_t *count,
                         struct err *err) MUST_CHECK;

#endif
