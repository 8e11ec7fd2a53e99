/* SPDX-License-Identifier: MIT */
/* GET /api/v1/routes and /api/v1/problems: what is live, and what is wrong with files. On control, which owns both. */
#include <stdlib.h>

#include "api/api.h"
#include "base/mem.h"
#include "host/native.h"
#include "host/registry.h"

static struct scope *
scope_of(struct api_call *call, struct err *err)
{
    const char *org = api_query(call, "org"), *env = api_query(call, "env");
    struct scope *scope = NULL;

    if (!api_own_org(call, org, err))
        return NULL;
    if (env)
        scope = registry_scope(org, env, call->who.user_id);
    if (!scope)
        api_refuse(call, 404, err, "There is no such environment.");
    return scope;
}

static int
by_slug(const void *a, const void *b)
{
    return strcmp((*(struct route *const *)a)->slug, (*(struct route *const *)b)->slug);
}

static void
put_folder(struct api_call *call, struct str slug)
{
    const char *last = memrchr(slug.p, '/', slug.len);
    struct str name = last ? (struct str){ last + 1, (size_t)(slug.p + slug.len - last - 1) } : slug;
    char *title = arena_strndup(&call->arena, name.p, name.len);

    if (title[0] >= 'a' && title[0] <= 'z')
        title[0] = (char)(title[0] - 'a' + 'A');
    json_object(&call->json);
    json_pair_text(&call->json, "kind", "page");
    json_pair_str(&call->json, "slug", slug);
    json_pair_text(&call->json, "name", title);
    json_pair_text(&call->json, "description", NULL);
    json_pair_bool(&call->json, "unlisted", false);
    json_pair_bool(&call->json, "hasHandler", false);
    json_pair_text(&call->json, "status", "ONLINE");
    json_object_end(&call->json);
}

/* Folders without a page of their own are pages without a handler (io-methods.md 15.1). Each is named once. */
static void
put_folders(struct api_call *call, const struct scope *scope, const char *slug, struct map *seen)
{
    for (const char *slash = strchr(slug, '/'); slash; slash = strchr(slash + 1, '/')) {
        struct str folder = { slug, (size_t)(slash - slug) };

        if (map_find(&scope->routes, folder) || map_set(seen, folder, seen))
            continue;
        put_folder(call, folder);
    }
}

static bool
list_routes(struct api_call *call, struct err *err)
{
    struct scope *scope = scope_of(call, err);
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    struct route **routes;
    struct map seen;
    size_t count = 0;

    if (!scope)
        return false;
    routes = mem_alloc((scope->routes.count + 1) * sizeof(struct route *));
    while ((entry = map_next(&scope->routes, &cursor)))
        routes[count++] = entry->value;
    qsort(routes, count, sizeof(struct route *), by_slug);
    map_init(&seen);
    json_object(&call->json);
    json_name(&call->json, "routes");
    json_array(&call->json);
    for (size_t i = 0; i < count; i++) {
        if (routes[i]->kind != ROUTE_FUNCTION)
            put_folders(call, scope, routes[i]->slug, &seen);
        route_to_json(routes[i], native_file(routes[i]), &call->json);
    }
    json_array_end(&call->json);
    json_object_end(&call->json);
    map_fini(&seen);
    free(routes);
    return true;
}

/* Files are of one environment's modules; members of another organization have no business with them. */
static bool
list_problems(struct api_call *call, struct err *err)
{
    const struct scope *scope = scope_of(call, err);

    if (!scope)
        return false;
    json_object(&call->json);
    json_name(&call->json, "problems");
    if (scope == native_scope())
        problems_to_json(native_problems(), &call->json);
    else
        json_put_raw(&call->json, STR("[]"));
    json_object_end(&call->json);
    return true;
}

const struct api_row api_route_rows[] = {
    { HTTP_GET, "/api/v1/routes", API_CONTROL, API_SIGNED_IN, list_routes },
    { HTTP_GET, "/api/v1/problems", API_CONTROL, API_SIGNED_IN, list_problems },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
