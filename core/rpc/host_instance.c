/* SPDX-License-Identifier: MIT */
/* Host processes with their routes and runs, connected or not (host.h). */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "rpc/host_internal.h"

enum { MAX_KEY = 1024 };

static struct map hosts; /* "organization/environment/developer/instance" -> struct sdk_host */

static struct str
id_key(const struct uuid *id)
{
    return (struct str){ (const char *)id->bytes, sizeof id->bytes };
}

static struct sdk_host *
host_new(const struct host_login *login, struct scope *scope, char *key)
{
    struct sdk_host *host = mem_alloc(sizeof *host);

    host->key = key;
    host->instance_id = mem_strdup(login->instance_id);
    host->organization_name = mem_strdup(login->organization_name);
    host->scope = scope;
    host->is_development = login->developer != NULL;
    host->host = (struct host){
        .ops = &sdk_host_ops, .profile = &host->profile, .instance_id = host->instance_id, .status = "OFFLINE"
    };
    list_init(&host->run_list);
    list_init(&host->adoptions);
    map_set(&hosts, str_of(key), host);
    return host;
}

struct sdk_host *
sdk_host_get(const struct host_login *login, struct scope *scope)
{
    struct sdk_host *host;
    struct buf key;

    buf_init(&key, MAX_KEY);
    buf_printf(&key, "%s/%s/%s/%s", login->organization, login->environment, scope->developer ? scope->developer : "",
               login->instance_id);
    host = map_find(&hosts, buf_view(&key));
    if (!host)
        host = host_new(login, scope, mem_strdup(buf_text(&key)));
    buf_fini(&key);
    return host;
}

struct sdk_conn *
sdk_host_rival(const struct host_login *login)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&hosts, &cursor))) {
        struct sdk_host *host = entry->value;

        if (host->conn && strcmp(host->instance_id, login->instance_id) == 0 &&
            strcmp(host->scope->organization, login->organization) == 0)
            return host->conn;
    }
    return NULL;
}

/* The order of hosts behind a slug depends on it. */
void
sdk_host_set_status(struct sdk_host *host, const char *status, bool is_online)
{
    if (strcmp(host->host.status, status) == 0 && host->host.is_online == is_online)
        return;
    host->host.status = status;
    host->host.is_online = is_online;
    for (size_t i = 0; i < host->route_count; i++)
        registry_put(host->scope, &host->routes[i]);
    if (host->route_count)
        registry_notify(host->scope, TOPIC_ROUTES);
}

void
sdk_host_online(struct sdk_host *host)
{
    bool was_lost = host->is_lost;

    host->is_lost = false;
    sdk_host_set_status(host, host->is_shutting_down ? "SHUTTING_DOWN" : "ONLINE", !host->is_shutting_down);
    LIST_EACH(&host->run_list, node)
    {
        struct host_run *run = LIST_ENTRY(node, struct host_run, in_host);

        if (was_lost && run->events->back)
            run->events->back(run);
    }
}

void
sdk_host_lost(struct sdk_host *host, bool is_planned)
{
    host->is_lost = true;
    host->lost_at = clock_mono_ms();
    host_adoptions_drop(host);
    sdk_host_set_status(host, is_planned ? "OFFLINE" : "UNREACHABLE", false);
    LIST_EACH(&host->run_list, node)
    {
        struct host_run *run = LIST_ENTRY(node, struct host_run, in_host);

        if (run->events->dropped)
            run->events->dropped(run);
    }
}

static void
routes_free(struct route *routes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        route_fini(&routes[i]);
    free(routes);
}

void
sdk_host_set_routes(struct sdk_host *host, struct route *routes, size_t count)
{
    struct route *old = host->routes;
    size_t old_count = host->route_count;

    for (size_t i = 0; i < count; i++) {
        routes[i].host = &host->host;
        routes[i].owner = host;
        registry_put(host->scope, &routes[i]); /* in the place of the old one */
    }
    for (size_t i = 0; i < old_count; i++)
        registry_remove(host->scope, &old[i]);
    host->routes = routes;
    host->route_count = count;
    routes_free(old, old_count);
    registry_notify(host->scope, TOPIC_ROUTES);
}

/* ---- runs */

struct host_run *
sdk_run_find(const struct sdk_host *host, struct uuid id)
{
    return map_find(&host->runs, id_key(&id));
}

void
sdk_run_add(struct sdk_host *host, struct host_run *run)
{
    run->host = &host->host;
    run->place = host;
    run->slot = 0;          /* counts its logs */
    run->is_parked = false; /* has it completed? */
    list_add_tail(&host->run_list, &run->in_host);
    map_set(&host->runs, id_key(&run->id), run);
}

void
sdk_run_remove(struct host_run *run)
{
    struct sdk_host *host = run->place;

    if (host->conn)
        host_answers_drop(host->conn, run);
    map_remove(&host->runs, id_key(&run->id));
    list_remove(&run->in_host);
    run->host = NULL;
    run->place = NULL;
}

/* A completed run's browser may still look at it; that must not keep the host, which waits for CLOSE_TRANSACTION. */
static void
let_go(struct host_run *run)
{
    struct sdk_host *host = run->place;

    sdk_run_remove(run);
    host_send_close(host, run);
}

void
sdk_run_completed(struct host_run *run)
{
    struct sdk_host *host = run->place;

    run->is_parked = true;
    if (host->is_shutting_down)
        let_go(run);
}

void
sdk_host_leave(struct sdk_host *host)
{
    host->is_shutting_down = true;
    sdk_host_set_status(host, "SHUTTING_DOWN", false);
    LIST_EACH(&host->run_list, node)
    {
        struct host_run *run = LIST_ENTRY(node, struct host_run, in_host);

        if (run->is_parked)
            let_go(run);
    }
    log_info("host", "%s is leaving; %zu runs go on", host->instance_id, host->runs.count);
}

/* ---- the end */

static void
host_forget(struct sdk_host *host)
{
    static const struct host_loss loss = { .message = "lost its host" };

    log_info("host", "%s has not come back", host->instance_id);
    while (!list_is_empty(&host->run_list)) {
        struct host_run *run = LIST_ENTRY(host->run_list.next, struct host_run, in_host);

        sdk_run_remove(run);
        run->events->lost(run, &loss);
    }
    sdk_host_set_routes(host, NULL, 0);
    map_remove(&hosts, str_of(host->key));
    map_fini(&host->runs);
    free(host->key);
    free(host->instance_id);
    free(host->organization_name);
    free(host->sdk);
    free(host);
}

void
sdk_hosts_sweep(int64_t now)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&hosts, &cursor))) {
        struct sdk_host *host = entry->value;

        if (host->conn)
            continue;
        if (now - host->lost_at >= HOST_FORGET_MS || (!host->route_count && list_is_empty(&host->run_list)))
            host_forget(host);
        else if (now - host->lost_at >= HOST_UNREACHABLE_MS)
            sdk_host_set_status(host, "OFFLINE", false);
    }
}
