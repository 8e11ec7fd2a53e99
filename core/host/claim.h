/* SPDX-License-Identifier: MIT */
/*
 * Slugs that belong to somebody before and while they are live: those of deployed services. A file that is dropped into
 * routes/ does not become live under one of them. Control thread only.
 */
#ifndef HOST_CLAIM_H
#define HOST_CLAIM_H

#include <stdbool.h>

struct claim {
    const void *owner;
    char *label; /* "routes/refund.so of shop (prod)" */
};

const struct claim *claim_find(const char *slug); /* NULL: it is nobody's */
/* It must be nobody's, or the owner's. */
void claim_put(const char *slug, const void *owner, const char *label);
/* Gives back those of `owner` that `is_kept` (NULL: none is) does not want. true: there were such. */
bool claims_drop(const void *owner, bool (*is_kept)(void *arg, const char *slug), void *arg);

#endif
