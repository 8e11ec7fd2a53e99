/* SPDX-License-Identifier: MIT */
/* Between the slugs of a module and those of the server (prefix.h). */
#include "runtime/prefix.h"

#include <string.h>

static const char *prefix = "";

void
prefix_set(const char *given)
{
    prefix = given;
}

const char *
prefix_full(struct arena *arena, const char *slug)
{
    if (*slug == '/')
        return slug + 1;
    if (!*prefix)
        return slug;
    return strcmp(slug, "index") == 0 ? prefix : arena_printf(arena, "%s/%s", prefix, slug);
}

const char *
prefix_own(struct arena *arena, const char *slug)
{
    size_t len = strlen(prefix);

    if (!len)
        return slug;
    if (strncmp(slug, prefix, len) != 0 || (slug[len] && slug[len] != '/'))
        return arena_printf(arena, "/%s", slug);
    return slug[len] ? slug + len + 1 : "index";
}
