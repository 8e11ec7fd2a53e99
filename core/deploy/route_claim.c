/* SPDX-License-Identifier: MIT */
/* Whose slugs the routes of services are (route_claim.h). */
#include "deploy/route_claim.h"

#include <string.h>

#include "base/map.h"
#include "host/claim.h"
#include "host/module.h"
#include "host/native.h"

/* Told of each route of a service's own. false: stop. */
typedef bool visit_route(void *arg, const struct service_module *module, const struct route *route);

static bool
each_route(const struct service_modules *modules, visit_route *visit, void *arg)
{
    for (size_t i = modules ? modules->service->function_count : SIZE_MAX; modules && i < modules->count; i++) {
        const struct version *version = modules->versions[i];

        for (size_t k = 0; version && k < version->route_count; k++)
            if (!visit(arg, &modules->items[i], &version->routes[k]))
                return false;
    }
    return true;
}

struct checking {
    const void *owner;
    struct map files; /* slug -> file that has it in this service */
    struct err *err;
};

/* Who has it, if not this service; NULL: nobody. */
static const char *
holder_of(const struct checking *checking, const char *slug)
{
    const struct claim *claim = claim_find(slug);
    const struct route *live = registry_find(native_scope(), slug);

    if (claim)
        return claim->owner == checking->owner ? NULL : claim->label;
    return live ? native_file(live) : NULL; /* modules go before what SDK hosts offer */
}

static bool
check(void *arg, const struct service_module *module, const struct route *route)
{
    struct checking *checking = arg;
    const char *other = map_set(&checking->files, str_of(route->slug), (char *)(uintptr_t)module->label);

    if (other)
        return err_set(checking->err, "%s and %s have the same slug '%s'; rename or remove one of the two", other,
                       module->label, route->slug);
    other = holder_of(checking, route->slug);
    return !other || err_set(checking->err,
                             "%s: the slug '%s' is already served by %s; rename or remove one of the two files, or set "
                             "custom.interlude.routesPrefix",
                             module->label, route->slug, other);
}

struct claiming {
    const void *owner;
    const struct service *service;
};

static bool
claim(void *arg, const struct service_module *module, const struct route *route)
{
    const struct claiming *claiming = arg;
    struct arena arena;

    arena_init(&arena, 0);
    claim_put(route->slug, claiming->owner,
              arena_printf(&arena, "%s of %s (%s)", module->label, claiming->service->name, claiming->service->stage));
    arena_fini(&arena);
    return true;
}

bool
routes_claim(const void *owner, const struct service_modules *modules, struct err *err)
{
    struct checking checking = { .owner = owner, .err = err };
    bool is_free;

    map_init(&checking.files);
    is_free = each_route(modules, check, &checking);
    map_fini(&checking.files);
    return is_free && each_route(modules, claim, &(struct claiming){ owner, modules->service });
}

static bool
note_slug(void *arg, const struct service_module *module, const struct route *route)
{
    struct map *slugs = arg;

    (void)module;
    map_set(slugs, str_of(route->slug), slugs);
    return true;
}

static bool
is_noted(void *arg, const char *slug)
{
    return map_find(arg, str_of(slug)) != NULL;
}

void
routes_keep(const void *owner, const struct service_modules *modules)
{
    struct map slugs;

    map_init(&slugs);
    each_route(modules, note_slug, &slugs);
    if (claims_drop(owner, is_noted, &slugs))
        modules_retry_clashes();
    map_fini(&slugs);
}
