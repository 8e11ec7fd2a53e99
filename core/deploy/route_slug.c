/* SPDX-License-Identifier: MIT */
/* Slugs of deployed routes (route_slug.h). */
#include "deploy/route_slug.h"

#include <stdlib.h>
#include <string.h>

#include "host/route.h"

const char *
route_slug_file(const struct service *service, const char *file, struct arena *arena)
{
    const char *prefix = service->routes_prefix;
    size_t len = service->routes_dir ? strlen(service->routes_dir) : 0;

    if (!len || strncmp(file, service->routes_dir, len) != 0 || file[len] != '/')
        return NULL;
    return arena_printf(arena, "%s%s%s", prefix, *prefix ? "/" : "", file + len + 1);
}

const char *
route_slug(const struct service *service, const char *file, struct arena *arena)
{
    const char *name = route_slug_file(service, file, arena), *copy;
    char *slug = name ? slug_from_file(str_of(name)) : NULL;

    copy = slug ? arena_strdup(arena, slug) : NULL;
    free(slug);
    return copy;
}

struct service_texts
route_files(struct json manifest, struct arena *arena)
{
    struct json routes = json_get(manifest, "routes");
    size_t count = json_count(routes), i = 0;
    const char **files = arena_alloc(arena, (count + 1) * sizeof *files);

    for (struct json node = json_first(routes); json_type(node) != JSON_MISSING; node = json_next(node)) {
        struct str key = json_key(arena, node);

        files[i++] = arena_strndup(arena, key.p, key.len);
    }
    return (struct service_texts){ files, i };
}
