/* SPDX-License-Identifier: MIT */
/* custom.interlude.routes and .routesPrefix: the actions and pages that are deployed with the functions. */
#include <string.h>

#include "function/service_reader.h"
#include "host/route.h"

/* false, true (the usual folder), or a folder below the directory of the file. */
void
read_routes_dir(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    const char *dir;
    struct str path;

    if (node_is(node, NODE_BOOL)) {
        service->routes_dir = node->boolean ? "routes" : NULL;
        return;
    }
    if (!read_text(reader, node, &dir))
        return;
    path = str_of(dir);
    if (str_starts(path, STR("./")))
        path = (struct str){ path.p + 2, path.len - 2 };
    while (path.len && path.p[path.len - 1] == '/')
        path.len--;
    if (!slug_is_valid(path))
        reader_error(
            reader, node,
            "\"%.80s\" cannot be the folder of routes: false, or a folder beside this file such as routes, its "
            "name of letters, digits, '_', '-' and '.'",
            dir);
    else
        service->routes_dir = arena_strndup(reader->arena, path.p, path.len);
}

void
read_routes_prefix(struct service_reader *reader, const struct node *node, void *into)
{
    struct service *service = into;
    const char *prefix;

    if (!read_text(reader, node, &prefix))
        return;
    if (*prefix && !slug_is_valid(str_of(prefix)))
        reader_error(
            reader, node,
            "\"%.80s\" cannot be the prefix of slugs: letters, digits, '_', '-' and '.' only, joined by '/', or "
            "nothing",
            prefix);
    else
        service->routes_prefix = prefix;
}

void
finish_routes(struct service_reader *reader)
{
    struct service *service = reader->service;

    if (!service->routes_prefix)
        service->routes_prefix =
            service->name ? arena_printf(reader->arena, "%s/%s", service->name, service->stage) : "";
}
