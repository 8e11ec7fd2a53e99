/* SPDX-License-Identifier: MIT */
/* What belongs to a service (service_modules.h). */
#include "deploy/service_modules.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "deploy/route_slug.h"

static struct service_module
module_of_function(struct arena *arena, const struct service *service, const struct service_function *function)
{
    return (struct service_module){
        .name = arena_printf(arena, "%s/%s/%s", service->name, service->stage, function->key),
        .label = arena_printf(arena, "functions.%s: %s", function->key, function->handler),
        .file = arena_printf(arena, "%s.so", function->file),
        .function = function,
    };
}

static struct service_module
module_of_route(struct arena *arena, const struct service *service, const char *file)
{
    const char *name = arena_printf(arena, "%s/%s/%s", service->name, service->stage, file);

    file = name + strlen(service->name) + strlen(service->stage) + 2;
    return (struct service_module){
        .name = name, .label = file, .file = file, .slug_file = route_slug_file(service, file, arena)
    };
}

struct service_modules *
service_modules_new(struct service *service, struct service_texts routes)
{
    struct service_modules *modules = mem_alloc(sizeof *modules);
    struct arena *arena = &modules->arena;

    arena_init(arena, 0);
    modules->service = service_get(service);
    modules->count = service->function_count + routes.count;
    modules->items = arena_alloc(arena, (modules->count + 1) * sizeof *modules->items);
    modules->versions = arena_alloc(arena, (modules->count + 1) * sizeof(struct version *));
    modules->slots = arena_alloc(arena, (modules->count + 1) * sizeof *modules->slots);
    for (size_t i = 0; i < service->function_count; i++)
        modules->items[i] = module_of_function(arena, service, &service->functions[i]);
    for (size_t i = 0; i < routes.count; i++)
        modules->items[service->function_count + i] = module_of_route(arena, service, routes.items[i]);
    return modules;
}

struct service_modules *
service_modules_copy(const struct service_modules *modules)
{
    size_t functions = modules->service->function_count, routes = modules->count - functions;
    const char **files = mem_alloc((routes + 1) * sizeof *files);
    struct service_modules *copy;

    for (size_t i = 0; i < routes; i++)
        files[i] = modules->items[functions + i].file;
    copy = service_modules_new(modules->service, (struct service_texts){ files, routes });
    for (size_t i = 0; i < modules->count; i++) {
        copy->versions[i] = modules->versions[i] ? version_get(modules->versions[i]) : NULL;
        copy->slots[i] = modules->slots[i];
    }
    free(files);
    return copy;
}

void
service_modules_free(struct service_modules *modules)
{
    if (!modules)
        return;
    for (size_t i = 0; i < modules->count; i++)
        if (modules->versions[i])
            version_put(modules->versions[i]);
    if (modules->tally)
        stats_tally_put(modules->tally);
    service_put(modules->service);
    arena_fini(&modules->arena);
    free(modules);
}

size_t
service_modules_find(const struct service_modules *modules, const char *name)
{
    for (size_t i = 0; i < modules->count; i++)
        if (strcmp(modules->items[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

bool
service_modules_have(const struct service_modules *modules, const struct version *version)
{
    for (size_t i = 0; i < modules->count; i++)
        if (modules->versions[i] == version)
            return true;
    return false;
}
