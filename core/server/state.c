/* SPDX-License-Identifier: MIT */
/* From the store to live state (state.h). */
#include "server/state.h"

#include <stdio.h>
#include <stdlib.h>

#include "auth/key.h"
#include "base/mem.h"
#include "host/module.h"
#include "store/module.h"
#include "store/org.h"
#include "store/route.h"

static struct store *store;

/* The local organization and its developer, for `interlude dev`. */
static bool
open_local(struct server *server, struct err *err)
{
    struct org_local local;

    if (!store_bootstrap_local(server->store, &server->texts, &local, err))
        return false;
    server->local = (struct principal){ .user_id = local.user_id,
                                        .email = local.email,
                                        .first_name = "Local",
                                        .last_name = "Developer",
                                        .role = "admin",
                                        .organization = "local",
                                        .organization_name = "Local",
                                        .organization_id = local.org_id };
    return key_development(
        server->store, &server->secrets, &server->texts,
        &(struct key_owner){
            .org_id = local.org_id, .env_id = local.development_id, .user_id = local.user_id, .first_name = "Local" },
        &server->development_key, err);
}

static bool
open_scopes(struct server *server, struct err *err)
{
    const char *wanted = server->config->is_dev ? "development" : "production";
    struct org_env *envs;
    struct org *first;
    size_t count;

    if (!store_org_first(server->store, &server->texts, &first, err) ||
        !store_env_list_all(server->store, &server->texts, &envs, &count, err))
        return false;
    if (!first)
        return err_set(
            err, "there is no organization yet. Make one with: interlude org add SLUG, and a user with: interlude "
                 "user add EMAIL --org SLUG --role admin");
    for (size_t i = 0; i < count; i++) {
        struct scope *scope = registry_scope_add(envs[i].org_slug, envs[i].org_id, envs[i].slug, envs[i].id);

        if (strcmp(envs[i].org_slug, first->slug) == 0 && strcmp(envs[i].slug, wanted) == 0)
            server->scope =
                server->config->is_dev ? registry_scope(envs[i].org_slug, wanted, server->local.user_id) : scope;
    }
    return server->scope || err_set(err, "the organization %s has no environment %s", first->slug, wanted);
}

bool
state_open(struct server *server, struct err *err)
{
    char *path = NULL;

    arena_init(&server->texts, 0);
    if (!secrets_load(&server->secrets, server->config->data, server->config->secret,
                      server->config->auth_cookie_secret, err))
        return false;
    if (asprintf(&path, "%s/state.db", server->config->data) < 0)
        return err_set(err, "out of memory");
    store = server->store = store_open(&store_sqlite, path, &sql_state, err);
    free(path);
    if (!server->store || (server->config->is_dev && !open_local(server, err)))
        return false;
    return open_scopes(server, err);
}

bool
state_know_descriptors(struct err *err)
{
    struct module_row *rows;
    struct arena arena;
    size_t count;
    bool is_ok;

    arena_init(&arena, 0);
    is_ok = store_module_list(store, &arena, &rows, &count, err);
    for (size_t i = 0; is_ok && i < count; i++)
        modules_know(rows[i].hash, rows[i].descriptor);
    arena_fini(&arena);
    return is_ok;
}

void
state_keep_descriptor(const char *hash, struct str descriptor)
{
    struct store_write *write = store_write_new();

    store_module_put(write, hash, descriptor);
    store_submit(store, write, NULL, NULL, NULL);
}

static void
keep_routes(const struct scope *scope, const struct route *routes, size_t count, const char *source, const char *file)
{
    struct store_write *write = store_write_new();

    for (size_t i = 0; i < count; i++) {
        const struct route *route = &routes[i];

        store_route_upsert(write, &(struct route_row){ .kind = route_kind_name(route->kind),
                                                       .org_id = scope->organization_id,
                                                       .env_id = scope->environment_id,
                                                       .developer_id = scope->developer ? scope->developer : "",
                                                       .slug = route->slug,
                                                       .name = route->name,
                                                       .description = route->description,
                                                       .source = source,
                                                       .file = file,
                                                       .backgroundable = route->backgroundable,
                                                       .warn_on_close = route->warn_on_close,
                                                       .unlisted = route->unlisted,
                                                       .has_handler = route->has_handler });
    }
    store_submit(store, write, NULL, NULL, NULL);
}

void
state_keep_routes(const struct scope *scope, const struct version *version)
{
    keep_routes(scope, version->routes, version->route_count, "module", version->file);
}

void
state_keep_host_routes(const struct scope *scope, const struct route *routes, size_t count)
{
    keep_routes(scope, routes, count, "sdk", NULL);
}
