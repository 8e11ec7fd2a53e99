/* SPDX-License-Identifier: MIT */
/* Making the table of functions and addresses (endpoint.h). Control thread; it is read by all others. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/access_log.h"
#include "function/cors.h"
#include "function/endpoint.h"
#include "function/internal.h"
#include "function/journal.h"

enum { MAX_CONTEXT = 4096, MAX_SECONDS = 900, HTTP_GATEWAY_MS = 29 * 1000, HTTP_API_GATEWAY_MS = 30 * 1000 };

static const char account[] = "000000000000";
static struct function ambiguous; /* stands in table.keys for short names of several functions */

struct function_table *
function_table_new(bool is_strict)
{
    struct function_table *table = mem_alloc(sizeof *table);

    table->is_strict = is_strict;

    atomic_init(&table->refs, 1);
    arena_init(&table->arena, 0);
    map_init(&table->names);
    map_init(&table->keys);
    map_init(&table->services);
    return table;
}

void
function_table_put(struct function_table *table)
{
    if (!table || atomic_fetch_sub_explicit(&table->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < table->count; i++)
        if (table->functions[i]->target)
            target_put(table->functions[i]->target);
    for (struct site *site = table->sites; site; site = site->next) {
        match_tree_free(site->tree);
        service_put((struct service *)(uintptr_t)site->service);
        if (site->tally)
            stats_tally_put(site->tally);
    }
    map_fini(&table->names);
    map_fini(&table->keys);
    map_fini(&table->services);
    free(table->functions);
    free(table->mounts);
    arena_fini(&table->arena);
    free(table);
}

static struct site *
site_new(struct function_table *table, struct service *service)
{
    struct site *site = arena_alloc(&table->arena, sizeof *site);

    site->service = service ? service_get(service) : NULL;
    site->is_strict = service && table->is_strict;
    site->tree = match_tree_new();
    site->next = table->sites;
    table->sites = site;
    return site;
}

/* ---- functions */

static struct function *
function_add(struct function_table *table, const struct function *model)
{
    struct function *function = arena_alloc(&table->arena, sizeof *function);

    *function = *model;
    function->journal = journal_of(model->name);
    function->name = arena_strdup(&table->arena, model->name);
    table->functions = mem_realloc(table->functions, (table->count + 1) * sizeof(struct function *));
    table->functions[table->count++] = function;
    map_set(&table->names, str_of(function->name), function);
    if (function->key && map_set(&table->keys, str_of(function->key), function))
        map_set(&table->keys, str_of(function->key), &ambiguous);
    return function;
}

static unsigned
methods_of(const char *name)
{
    static const struct {
        const char *name;
        enum http_method method;
    } rows[] = { { "GET", HTTP_GET },     { "POST", HTTP_POST },     { "PUT", HTTP_PUT },        { "HEAD", HTTP_HEAD },
                 { "PATCH", HTTP_PATCH }, { "DELETE", HTTP_DELETE }, { "OPTIONS", HTTP_OPTIONS } };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(name, rows[i].name) == 0)
            return rows[i].method;
    return strcmp(name, "ANY") == 0 ? 0 : HTTP_OTHER;
}

/* What the runner is told of every call of the endpoint. */
static struct str
context_of(struct function_table *table, const struct endpoint *endpoint)
{
    const struct function *function = endpoint->function;
    const struct service *service = function->service;
    struct event_source source = { .kind = endpoint->kind,
                                   .method = endpoint->method,
                                   .path = strcmp(endpoint->path, "*") == 0 ? NULL : endpoint->path,
                                   .stage = "$default",
                                   .account = account,
                                   .api_id = "routes",
                                   .region = "local",
                                   .function_name = function->name,
                                   .function_version = "$LATEST" };
    struct buf block, types;
    struct str context;

    buf_init(&block, MAX_CONTEXT);
    buf_init(&types, MAX_CONTEXT);
    if (service) {
        source.stage = endpoint->kind == EVENT_V2 ? "$default" : service->stage;
        source.api_id = service->name;
        source.region = service->region ? service->region : "local";
        source.memory_mb = function->declared->memory_mb;
        for (size_t i = 0; i < service->binary_types.count; i++)
            buf_printf(&types, "%s%s", i ? "," : "", service->binary_types.items[i]);
        source.binary_types = types.len ? buf_text(&types) : NULL;
    }
    event_context_put(&block, &source);
    context = (struct str){ arena_strndup(&table->arena, block.p, block.len), block.len };
    buf_fini(&types);
    buf_fini(&block);
    return context;
}

/* What happens to its answers. Of services only, and not to those of the invoke API. */
static void
set_finish(struct endpoint *endpoint)
{
    const struct service *service = endpoint->kind == EVENT_RAW ? NULL : endpoint->function->service;
    const char *format = service ? access_log_format(service, endpoint->answers_as_v2) : NULL;
    char name[ACCESS_LOG_NAME];

    endpoint->compress_from = SERVICE_UNSET;
    if (service && !endpoint->answers_as_v2)
        endpoint->compress_from = service->min_compression_bytes;
    if (format) {
        access_log_name(service, name);
        endpoint->access.format = format;
        endpoint->access.log = journal_of(name);
        journal_configure(endpoint->access.log, service->log_retention_days, 0);
    }
    endpoint->has_finish = endpoint->has_cors_headers || format || endpoint->compress_from >= 0;
}

static struct endpoint *
endpoint_new(struct function_table *table, const struct endpoint *model)
{
    struct endpoint *endpoint = arena_alloc(&table->arena, sizeof *endpoint);
    const struct service_endpoint *declared = model->declared;
    const struct service_function *of = model->function->declared;

    *endpoint = *model;
    endpoint->method = arena_strdup(&table->arena, model->method);
    endpoint->path = arena_strdup(&table->arena, model->path);
    endpoint->methods = methods_of(endpoint->method);
    endpoint->is_gated =
        model->is_private || (of && of->webhook.scheme != WEBHOOK_NONE) ||
        (declared && (declared->authorizer != SERVICE_UNSET || declared->parameter_count || declared->body_count));
    endpoint->context = context_of(table, endpoint);
    set_finish(endpoint);
    return endpoint;
}

static bool
site_add(struct site *site, struct endpoint *endpoint, struct err *err)
{
    void *taken;

    return match_tree_add(site->tree, endpoint->path, endpoint->methods, endpoint, &taken, err);
}

/* ---- routes/ */

/* Below the place of a service there is nothing else, but what was deployed with it, where it has no address itself. */
static bool
route_is_free(const struct function_table *table, const char *path, bool is_deployed, struct err *err)
{
    const char *full = path[0] == '/' ? path + 1 : path;
    char text[MATCH_MAX_PATTERN + 8];
    const struct site *site;
    struct match match;
    int len = snprintf(text, sizeof text, "/fn/%s", full);
    struct str prefix =
        endpoint_service_place((struct str){ text, len < (int)sizeof text ? (size_t)len : sizeof text - 1 });

    site = prefix.len ? map_find(&table->services, prefix) : NULL;
    if (!site)
        return true;
    if (!is_deployed)
        return err_set(err, "its address /fn/%s lies within those of the service at %.*s", full, STR_ARG(prefix));
    match_tree_find(site->tree, str_of(text + prefix.len), HTTP_GET, &match);
    return (!match.value && !match.other) ||
           err_set(err, "its address /fn/%s is one of the service at %.*s", full, STR_ARG(prefix));
}

bool
function_table_route(struct function_table *table, const struct function *model, const struct route_address *address,
                     struct err *err)
{
    struct function *function = function_add(table, model);
    const char *path = address->path ? address->path : model->name;
    struct endpoint endpoint = { .method = address->method ? address->method : "GET",
                                 .path = arena_printf(&table->arena, "%s%s", path[0] == '/' ? "" : "/", path),
                                 .kind = EVENT_V2,
                                 .function = function,
                                 .is_private = address->is_private,
                                 .limit_ms = model->timeout_ms };
    struct endpoint *added;

    if (address->has_cors) {
        endpoint.cors = cors_of_method(endpoint.method);
        endpoint.has_cors_headers = true;
    }
    added = function->by_name = endpoint_new(table, &endpoint);
    function->own = arena_alloc(&table->arena, sizeof(struct endpoint *));
    function->own[function->own_count++] = added;
    endpoint.kind = EVENT_RAW;
    endpoint.cors = NULL;
    endpoint.has_cors_headers = endpoint.is_private = false;
    function->raw = endpoint_new(table, &endpoint);
    if (!table->routes)
        table->routes = site_new(table, NULL);
    return route_is_free(table, path, address->is_deployed, err) && site_add(table->routes, added, err);
}

/* ---- services */

static uint32_t
limit_of(const struct function *function, bool is_http_api)
{
    uint32_t gateway = function->service->gateway_timeout_ms;

    if (!gateway)
        gateway = is_http_api ? HTTP_API_GATEWAY_MS : HTTP_GATEWAY_MS;
    return function->timeout_ms < gateway ? function->timeout_ms : gateway;
}

static struct endpoint *
declared_endpoint(struct function_table *table, struct function *function, const struct service_endpoint *declared)
{
    const struct service *service = function->service;
    bool is_http_api = declared->kind == ENDPOINT_HTTP_API;
    struct endpoint endpoint = { .method = declared->method,
                                 .path = declared->path,
                                 .kind = !is_http_api              ? EVENT_V1
                                         : declared->is_payload_v1 ? EVENT_V1_NAMED
                                                                   : EVENT_V2,
                                 .answers_as_v2 = is_http_api,
                                 .function = function,
                                 .declared = declared,
                                 .cors = declared->cors,
                                 .is_private = declared->is_private,
                                 .is_async = declared->is_async,
                                 .limit_ms = limit_of(function, is_http_api) };

    if (!endpoint.cors && is_http_api)
        endpoint.cors = service->http_api_cors;
    endpoint.has_cors_headers = endpoint.cors && (is_http_api || service->cors_on_responses);
    return endpoint_new(table, &endpoint);
}

static bool
has_authorizer(const struct endpoint *endpoint)
{
    return endpoint->declared->authorizer != SERVICE_UNSET;
}

/* Does whoever passes the one pass the other? How long answers are remembered does not matter. */
static bool
has_same_authorizer(const struct service *service, const struct service_endpoint *a, const struct service_endpoint *b)
{
    const struct service_authorizer *left = &service->authorizers[a->authorizer],
                                    *right = &service->authorizers[b->authorizer];

    if (left != right && (left->kind == AUTHORIZER_JWT || left->kind != right->kind ||
                          left->function != right->function || left->is_http_api != right->is_http_api))
        return false;
    if (a->scopes.count != b->scopes.count)
        return false;
    for (size_t i = 0; i < a->scopes.count; i++)
        if (strcmp(a->scopes.items[i], b->scopes.items[i]) != 0)
            return false;
    return true;
}

/*
 * /function/NAME is no way around what guards one of the function's events: a key or an authorizer of any of them is
 * demanded here, too. Where authorizers differ nobody could pass all, so there is no such address.
 */
static struct endpoint
endpoint_by_name(const struct function *function, struct endpoint *const *own, size_t count)
{
    const struct endpoint *guard = count ? own[0] : NULL;
    struct endpoint endpoint = { .method = "ANY", .path = "/{proxy+}", .function = function };

    for (size_t i = 0; i < count; i++) {
        bool is_better = has_authorizer(own[i]) ? !has_authorizer(guard) : own[i]->is_gated && !guard->is_gated;

        guard = is_better ? own[i] : guard;
        endpoint.is_private |= own[i]->is_private;
    }
    for (size_t i = 0; i < count; i++)
        endpoint.is_closed |=
            has_authorizer(own[i]) && !has_same_authorizer(function->service, own[i]->declared, guard->declared);
    endpoint.kind = guard ? guard->kind : EVENT_V2;
    endpoint.answers_as_v2 = guard ? guard->answers_as_v2 : true;
    endpoint.declared = guard && guard->is_gated ? guard->declared : NULL;
    endpoint.limit_ms = limit_of(function, endpoint.answers_as_v2);
    if (endpoint.kind == EVENT_V2)
        endpoint.path = "*";
    return endpoint;
}

/* Addresses that no event declares. */
static void
add_nameless(struct function_table *table, struct function *function, struct endpoint *const *own, size_t count)
{
    struct endpoint endpoint = endpoint_by_name(function, own, count);

    function->by_name = endpoint_new(table, &endpoint);
    endpoint = (struct endpoint){ .method = "POST", .path = "*", .kind = EVENT_RAW, .function = function };
    endpoint.limit_ms = function->timeout_ms;
    function->raw = endpoint_new(table, &endpoint);
    if (!function->declared->has_url)
        return;
    endpoint = (struct endpoint){ .method = "ANY",
                                  .path = "*",
                                  .kind = EVENT_V2,
                                  .answers_as_v2 = true,
                                  .function = function,
                                  .cors = function->declared->url_cors };
    endpoint.has_cors_headers = endpoint.cors != NULL;
    endpoint.limit_ms = limit_of(function, true);
    function->url = endpoint_new(table, &endpoint);
}

static void
mount(struct function_table *table, const struct service_spec *spec, const char *prefix, const struct site *site)
{
    struct str text = str_of(prefix);
    size_t at = table->mount_count;
    char message[512];

    if (text.len && text.p[text.len - 1] == '/')
        text.len--;
    for (size_t i = 0; i < table->mount_count; i++) {
        if (!str_eq(table->mounts[i].prefix, text))
            continue;
        snprintf(message, sizeof message, "%s (%s) is not mounted at %s: %s (%s) is there already.",
                 spec->service->name, spec->service->stage, prefix, table->mounts[i].site->service->name,
                 table->mounts[i].site->service->stage);
        spec->clash(spec->arg, message);
        return;
    }
    table->mounts = mem_realloc(table->mounts, ++table->mount_count * sizeof *table->mounts);
    for (; at > 0 && table->mounts[at - 1].prefix.len < text.len; at--)
        table->mounts[at] = table->mounts[at - 1];
    table->mounts[at] = (struct mount){ { arena_strndup(&table->arena, text.p, text.len), text.len }, site };
}

static void
tell_clash(const struct service_spec *spec, const struct endpoint *endpoint, const struct err *err)
{
    char message[1024];

    snprintf(message, sizeof message, "%s %s of %s cannot be reached: %s.", endpoint->method, endpoint->path,
             endpoint->function->name, err->text);
    spec->clash(spec->arg, message);
}

/* Where the addresses of a service stand; the same endpoint may be in several. NULL: nowhere of that kind. */
struct places {
    struct site *all, *below_fn, *with_stage;
};

static void
place(const struct service_spec *spec, const struct places *places, struct endpoint *endpoint)
{
    const struct service *service = spec->service;
    struct err err;

    if (!site_add(places->all, endpoint, &err))
        tell_clash(spec, endpoint, &err);
    if (places->below_fn != places->all && !service->is_mounted_only[endpoint->declared->kind] &&
        !site_add(places->below_fn, endpoint, &err))
        tell_clash(spec, endpoint, &err);
    if (places->with_stage && endpoint->declared->kind == ENDPOINT_HTTP &&
        !site_add(places->with_stage, endpoint, &err))
        tell_clash(spec, endpoint, &err);
}

static void
add_function(struct function_table *table, const struct service_spec *spec, const struct service_function *declared,
             const struct places *places)
{
    const struct service *service = spec->service;
    const char *label = arena_printf(&table->arena, "%s.%s", declared->key, service->name);
    struct function model = { .name = declared->name,
                              .key = declared->key,
                              .service = service,
                              .declared = declared,
                              .timeout_ms = declared->timeout_ms,
                              .reserved = declared->reserved_concurrency,
                              .stats = stats_of(declared->name, label),
                              .tally = spec->tally };
    struct endpoint **own = arena_alloc(&table->arena, (declared->endpoint_count + 1) * sizeof(struct endpoint *));
    struct function *function;

    model.target = spec->target(spec->arg, declared, &model.slot);
    function = function_add(table, &model);
    for (size_t i = 0; i < declared->endpoint_count; i++) {
        own[i] = declared_endpoint(table, function, &declared->endpoints[i]);
        place(spec, places, own[i]);
    }
    function->own = own;
    function->own_count = declared->endpoint_count;
    add_nameless(table, function, own, declared->endpoint_count);
}

void
function_table_service(struct function_table *table, const struct service_spec *spec)
{
    struct service *service = spec->service;
    struct places places = { .all = site_new(table, service) };
    const char *prefix = arena_printf(&table->arena, "/fn/%s/%s", service->name, service->stage);

    places.below_fn = places.all;
    if (service->is_mounted_only[ENDPOINT_HTTP] || service->is_mounted_only[ENDPOINT_HTTP_API])
        places.below_fn = site_new(table, service);
    if (spec->with_stage)
        places.with_stage = site_new(table, service);
    places.all->tally = spec->tally ? stats_tally_get(spec->tally) : NULL;
    for (size_t i = 0; i < service->function_count; i++)
        add_function(table, spec, &service->functions[i], &places);
    map_set(&table->services, str_of(prefix), places.below_fn);
    if (service->mount)
        mount(table, spec, service->mount, places.all);
    if (places.with_stage)
        mount(table, spec, arena_printf(&table->arena, "/%s", service->stage), places.with_stage);
}
