/* SPDX-License-Identifier: MIT */
/*
 * The live routes: which slug, in which scope, is served by which host. A scope is an environment of an organization,
 * or in development one developer's console. Control thread only.
 */
#ifndef HOST_REGISTRY_H
#define HOST_REGISTRY_H

#include "base/map.h"
#include "host/route.h"

struct scope {
    char *organization, *environment; /* slugs */
    char *organization_id, *environment_id;
    struct map routes; /* slug -> struct route */
};

/* What browsers show of a scope. */
enum topic { TOPIC_ROUTES, TOPIC_PROBLEMS, TOPIC_TRANSACTIONS, TOPIC_QUEUE, TOPIC_NOTIFICATIONS };

/* Told at every change. */
typedef void registry_changed(struct scope *scope, enum topic topic, void *arg);

void registry_init(registry_changed *changed, void *arg);
struct scope *registry_scope(const char *organization, const char *environment); /* NULL: unknown */
struct scope *registry_scope_add(const char *organization, const char *organization_id, const char *environment,
                                 const char *environment_id);

struct route *registry_find(const struct scope *scope, const char *slug);
/* Publishes a route, replacing the host's own earlier one of that slug. The route stays the caller's. */
void registry_put(struct scope *scope, struct route *route);
/* Takes it out again, if the slug still means this very route. */
void registry_remove(struct scope *scope, struct route *route);
void registry_notify(struct scope *scope, enum topic topic);

#endif
