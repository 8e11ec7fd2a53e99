/* SPDX-License-Identifier: MIT */
/* The live routes of each scope (registry.h). */
#include "host/registry.h"

#include <stdio.h>

#include "base/mem.h"

static struct {
    struct map scopes; /* "organization/environment" -> struct scope */
    registry_changed *changed;
    void *arg;
} registry;

void
registry_init(registry_changed *changed, void *arg)
{
    map_init(&registry.scopes);
    registry.changed = changed;
    registry.arg = arg;
}

enum { MAX_SCOPE_KEY = 512 };

static struct str
scope_key(char out[MAX_SCOPE_KEY], const char *organization, const char *environment)
{
    int len = snprintf(out, MAX_SCOPE_KEY, "%s/%s", organization, environment);

    return (struct str){ out, len < MAX_SCOPE_KEY ? (size_t)len : MAX_SCOPE_KEY - 1 };
}

struct scope *
registry_scope(const char *organization, const char *environment)
{
    char key[MAX_SCOPE_KEY];

    return map_find(&registry.scopes, scope_key(key, organization, environment));
}

struct scope *
registry_scope_add(const char *organization, const char *organization_id, const char *environment,
                   const char *environment_id)
{
    char key[MAX_SCOPE_KEY];
    struct scope *scope = mem_alloc(sizeof *scope);

    scope->organization = mem_strdup(organization);
    scope->organization_id = mem_strdup(organization_id);
    scope->environment = mem_strdup(environment);
    scope->environment_id = mem_strdup(environment_id);
    map_init(&scope->routes);
    map_set(&registry.scopes, scope_key(key, organization, environment), scope);
    return scope;
}

struct route *
registry_find(const struct scope *scope, const char *slug)
{
    return map_find(&scope->routes, str_of(slug));
}

void
registry_put(struct scope *scope, struct route *route)
{
    map_set(&scope->routes, str_of(route->slug), route);
}

void
registry_remove(struct scope *scope, struct route *route)
{
    if (registry_find(scope, route->slug) == route)
        map_remove(&scope->routes, str_of(route->slug));
}

void
registry_notify(struct scope *scope, enum topic topic)
{
    registry.changed(scope, topic, registry.arg);
}
