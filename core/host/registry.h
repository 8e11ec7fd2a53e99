/* SPDX-License-Identifier: MIT */
/*
 * The live routes: which slug, in which scope, is served by which hosts. A scope is an environment of an organization,
 * or in development one developer's console. Control thread only.
 */
#ifndef HOST_REGISTRY_H
#define HOST_REGISTRY_H

#include "base/buf.h"
#include "base/map.h"
#include "host/route.h"

struct scope {
    char *organization, *environment; /* slugs */
    char *organization_id, *environment_id;
    char *developer;   /* user id of whose console this is; NULL: everybody's */
    struct map routes; /* slug -> struct route, the best of them; the others hang behind it (route.next) */
};

/* What browsers show of a scope. */
enum topic { TOPIC_ROUTES, TOPIC_PROBLEMS, TOPIC_TRANSACTIONS, TOPIC_QUEUE, TOPIC_NOTIFICATIONS };

/* Told at every change. */
typedef void registry_changed(struct scope *scope, enum topic topic, void *arg);

void registry_init(registry_changed *changed, void *arg);
/*
 * `developer` (a user id) counts in the environment "development" only: its consoles are made at first need. NULL:
 * unknown.
 */
struct scope *registry_scope(const char *organization, const char *environment, const char *developer);
/* An environment of the store, or the one that is there already. */
struct scope *registry_scope_add(const char *organization, const char *organization_id, const char *environment,
                                 const char *environment_id);

/* "https://tools.example.test/dashboard/acme/develop/actions": where people find its routes, each behind a '/'. */
void scope_url(const struct scope *scope, const char *app_url, struct buf *out);

/* The best host's: ours, then the newest SDK host that is there, then one that may come back. NULL: no such slug. */
struct route *registry_find(const struct scope *scope, const char *slug);
/*
 * Publishes a route, replacing the same host's earlier one of that slug. Again when the host's status has changed: the
 * order of hosts depends on it. The route stays the caller's.
 */
void registry_put(struct scope *scope, struct route *route);
/* Takes it out again, if it is (still) in. */
void registry_remove(struct scope *scope, struct route *route);
void registry_notify(struct scope *scope, enum topic topic);

#endif
