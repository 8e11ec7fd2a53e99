/* SPDX-License-Identifier: MIT */
/* An artefact on its way in, in one piece or several (functions.md 2.3). Api threads; blocks. */
#ifndef DEPLOY_RECEIVE_H
#define DEPLOY_RECEIVE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { RECEIVE_MAX_PIECE = 8 << 20 };

struct receive_piece {
    const char *root;   /* DATA/functions */
    const char *sha256; /* of the whole artefact, lower case; NULL: this is all of it */
    int64_t offset, size;
    struct str bytes;
};

enum received { RECEIVE_ALL, RECEIVE_PART, RECEIVE_REFUSED, RECEIVE_TOO_LARGE };

/*
 * RECEIVE_ALL: *path, in the arena, is a file with the artefact, which the caller deletes. RECEIVE_PART: more is
 * needed, from *next on. Otherwise err says why not.
 */
enum received receive(const struct receive_piece *piece, struct arena *arena, const char **path, int64_t *next,
                      struct err *err) MUST_CHECK;

/* What earlier runs of the server did not finish. */
void receive_sweep(const char *root);

#endif
