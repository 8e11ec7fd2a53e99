/* SPDX-License-Identifier: MIT */
/* The live routes of each scope (registry.h). */
#include "host/registry.h"

#include <stdio.h>

#include "base/mem.h"
#include "host/host.h"

static struct {
    struct map scopes; /* "organization/environment/developer" -> struct scope */
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
scope_key(char out[MAX_SCOPE_KEY], const char *organization, const char *environment, const char *developer)
{
    int len = snprintf(out, MAX_SCOPE_KEY, "%s/%s/%s", organization, environment, developer ? developer : "");

    return (struct str){ out, len < MAX_SCOPE_KEY ? (size_t)len : MAX_SCOPE_KEY - 1 };
}

static struct scope *
add(const struct scope *model)
{
    char key[MAX_SCOPE_KEY];
    struct scope *scope = mem_alloc(sizeof *scope);

    scope->organization = mem_strdup(model->organization);
    scope->organization_id = mem_strdup(model->organization_id);
    scope->environment = mem_strdup(model->environment);
    scope->environment_id = mem_strdup(model->environment_id);
    scope->developer = model->developer ? mem_strdup(model->developer) : NULL;
    map_init(&scope->routes);
    map_set(&registry.scopes, scope_key(key, scope->organization, scope->environment, scope->developer), scope);
    return scope;
}

static struct scope *
find(const char *organization, const char *environment, const char *developer)
{
    char key[MAX_SCOPE_KEY];

    return map_find(&registry.scopes, scope_key(key, organization, environment, developer));
}

struct scope *
registry_scope(const char *organization, const char *environment, const char *developer)
{
    bool is_console = developer && developer[0] && strcmp(environment, "development") == 0;
    struct scope *shared = find(organization, environment, NULL);
    struct scope *console = is_console && shared ? find(organization, environment, developer) : NULL;
    struct scope model;

    if (!is_console || !shared || console)
        return console ? console : shared;
    model = *shared;
    model.developer = (char *)(uintptr_t)developer;
    return add(&model);
}

struct scope *
registry_scope_add(const char *organization, const char *organization_id, const char *environment,
                   const char *environment_id)
{
    struct scope *there = find(organization, environment, NULL);

    return there ? there
                 : add(&(struct scope){ .organization = (char *)(uintptr_t)organization,
                                        .organization_id = (char *)(uintptr_t)organization_id,
                                        .environment = (char *)(uintptr_t)environment,
                                        .environment_id = (char *)(uintptr_t)environment_id });
}

void
scope_url(const struct scope *scope, const char *app_url, struct buf *out)
{
    buf_printf(out, "%s/dashboard/%s", app_url, scope->organization);
    if (strcmp(scope->environment, "development") == 0)
        buf_str(out, "/develop");
    else if (strcmp(scope->environment, "production") != 0)
        buf_printf(out, "+%s", scope->environment);
    buf_str(out, "/actions");
}

struct route *
registry_find(const struct scope *scope, const char *slug)
{
    return map_find(&scope->routes, str_of(slug));
}

/* Higher is better. */
static int
rank(const struct route *route)
{
    const struct host *host = route->host;

    if (!host || !host->instance_id)
        return 3; /* our own: it starts when it is needed */
    if (host->is_online)
        return 2;
    return strcmp(host->status, "SHUTTING_DOWN") == 0 ? 1 : 0;
}

/* Out of the chain of its slug: the very route, and what the same host had there before. Returns the new head. */
static struct route *
unchain(struct route *head, const struct route *route, bool and_same_host)
{
    struct route **at = &head;

    while (*at) {
        struct route *here = *at;

        if (here == route || (and_same_host && here->host == route->host)) {
            *at = here->next;
            here->next = NULL;
        } else {
            at = &here->next;
        }
    }
    return head;
}

void
registry_put(struct scope *scope, struct route *route)
{
    struct route *head = unchain(registry_find(scope, route->slug), route, true);
    struct route **at = &head;

    while (*at && rank(*at) > rank(route))
        at = &(*at)->next;
    route->next = *at;
    *at = route;
    map_set(&scope->routes, str_of(route->slug), head);
}

void
registry_remove(struct scope *scope, struct route *route)
{
    struct route *before = registry_find(scope, route->slug), *head = unchain(before, route, false);

    if (head)
        map_set(&scope->routes, str_of(route->slug), head);
    else if (before)
        map_remove(&scope->routes, str_of(route->slug));
}

void
registry_notify(struct scope *scope, enum topic topic)
{
    registry.changed(scope, topic, registry.arg);
}
