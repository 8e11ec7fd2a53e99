/* SPDX-License-Identifier: MIT */
/* Whose slugs are whose (claim.h). */
#include "host/claim.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

static struct map claims; /* slug -> struct claim */

const struct claim *
claim_find(const char *slug)
{
    return map_find(&claims, str_of(slug));
}

static void
claim_free(struct claim *claim)
{
    if (!claim)
        return;
    free(claim->label);
    free(claim);
}

void
claim_put(const char *slug, const void *owner, const char *label)
{
    struct claim *claim = mem_alloc(sizeof *claim);

    claim->owner = owner;
    claim->label = mem_strdup(label);
    claim_free(map_set(&claims, str_of(slug), claim));
}

bool
claims_drop(const void *owner, bool (*is_kept)(void *arg, const char *slug), void *arg)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    bool has_dropped = false;

    while ((entry = map_next(&claims, &cursor))) {
        struct claim *claim = entry->value;

        if (claim->owner != owner || (is_kept && is_kept(arg, entry->key)))
            continue;
        map_remove(&claims, str_of(entry->key));
        claim_free(claim);
        has_dropped = true;
    }
    return has_dropped;
}
