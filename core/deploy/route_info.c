/* SPDX-License-Identifier: MIT */
/* What is told of routes (route_info.h). */
#include "deploy/route_info.h"

#include <string.h>

enum { MAX_URL = 4096 };

static void
put_url(const struct route *route, const struct scope *scope, const char *base_url, struct json_out *out)
{
    const char *path = route->path ? route->path : route->slug;
    struct buf url;

    buf_init(&url, MAX_URL);
    if (route->kind == ROUTE_FUNCTION) {
        buf_printf(&url, "%s/fn/%s", base_url, path + (*path == '/'));
        json_pair_text(out, "method", route->method ? route->method : "GET");
    } else {
        scope_url(scope, base_url, &url);
        buf_printf(&url, "/%s", route->slug);
    }
    json_pair_str(out, "url", buf_view(&url));
    buf_fini(&url);
}

void
route_info_json(const struct service_modules *modules, const struct scope *scope, const char *base_url,
                struct json_out *out)
{
    json_array(out);
    for (size_t i = 0; modules && i < modules->count; i++) {
        const struct version *version = modules->items[i].function ? NULL : modules->versions[i];

        for (size_t k = 0; version && k < version->route_count; k++) {
            const struct route *route = &version->routes[k];

            json_object(out);
            json_pair_text(out, "slug", route->slug);
            json_pair_text(out, "kind", route_kind_name(route->kind));
            json_pair_text(out, "name", route->name);
            json_pair_text(out, "file", modules->items[i].file);
            put_url(route, scope, base_url, out);
            json_object_end(out);
        }
    }
    json_array_end(out);
}
