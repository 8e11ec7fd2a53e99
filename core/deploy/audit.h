/* SPDX-License-Identifier: MIT */
/*
 * Rows (store/deployment.h) that are missing because a server died between a change of what is live and the note of it:
 * what is on disk counts, and the next server writes them.
 */
#ifndef DEPLOY_AUDIT_H
#define DEPLOY_AUDIT_H

#include "deploy/versions.h"

struct store;

/* At the start, before anything else is changed; blocks. What cannot be written is logged. */
void audit_complete(struct store *store, const char *root);

#endif
