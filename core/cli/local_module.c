/* SPDX-License-Identifier: MIT */
/* Functions on this machine (local_module.h). */
#include "cli/local_module.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/local_object.h"
#include "cli/local_run.h"
#include "function/service_build.h"
#include "json/read.h"

enum { MAX_DESCRIPTOR = 4 << 20, ROUTE_TIMEOUT_MS = 29000 };

void
local_module_fini(struct local_module *module)
{
    service_put(module->service);
    arena_fini(&module->arena);
}

/* ---- which function of the module */

struct wanted {
    const char *symbol; /* NULL: by slug */
    const char *slug;   /* relative to the file; "": the file's own; NULL: the only function there is */
};

static bool
is_wanted(struct arena *arena, struct json route, const struct wanted *wanted)
{
    const char *slug = json_text(arena, json_get(route, "slug")), *symbol = json_text(arena, json_get(route, "symbol"));

    if (!json_is(json_get(route, "kind"), "function"))
        return false;
    if (wanted->symbol)
        return symbol && strcmp(symbol, wanted->symbol) == 0;
    return !wanted->slug || (slug && strcmp(slug, wanted->slug) == 0);
}

/* *is_found false: the module is fine, but has no such function. More than one for NULL is an error. */
static bool
find_slot(struct local_module *module, const struct wanted *wanted, bool *is_found, struct err *err)
{
    struct arena *arena = &module->arena;
    uint32_t slot = 0, count = 0;
    struct buf descriptor;
    struct json root;
    const char *refusal;
    bool is_ok;

    buf_init(&descriptor, MAX_DESCRIPTOR);
    *is_found = false;
    is_ok = local_probe(module->object, &descriptor, err) && json_parse(arena, buf_view(&descriptor), &root, err);
    if (is_ok && (refusal = json_text(arena, json_get(root, "error"))))
        is_ok = err_set(err, "%s: %s", module->name, refusal);
    for (struct json route = is_ok ? json_first(json_get(root, "routes")) : (struct json){ NULL, -1 };
         json_type(route) != JSON_MISSING; route = json_next(route), slot++) {
        int64_t timeout_ms = json_int(json_get(route, "timeoutMs"), 0);

        if (!is_wanted(arena, route, wanted) || count++)
            continue;
        module->slot = slot;
        if (timeout_ms > 0)
            module->timeout_ms = (uint32_t)timeout_ms;
    }
    buf_fini(&descriptor);
    if (count > 1 && is_ok)
        is_ok = err_set(err, "%s has %u functions: put the name of one in C behind it, as in FILE.handler",
                        module->name, count);
    *is_found = is_ok && count == 1;
    return is_ok;
}

/* ---- routes/ */

static void
describe_route(struct local_module *module, const char *slug)
{
    module->source = (struct event_source){ .kind = EVENT_RAW,
                                            .stage = "$default",
                                            .account = "000000000000",
                                            .api_id = "routes",
                                            .region = "local",
                                            .function_name = slug,
                                            .function_version = "$LATEST" };
    if (!module->timeout_ms)
        module->timeout_ms = ROUTE_TIMEOUT_MS;
}

/* One file of routes/, if it is there and has the function. */
static bool
try_route(struct local_module *module, const struct local_place *place, const char *stem, const struct wanted *wanted,
          bool *is_found, struct err *err)
{
    const struct local_source source = {
        .root = place->routes_dir, .stem = stem, .data_dir = place->data_dir, .folder = "build"
    };

    *is_found = false;
    module->name = arena_printf(&module->arena, "%s.so", stem);
    if (!local_object(&module->arena, &source, &module->object, err))
        return false;
    return !module->object || find_slot(module, wanted, is_found, err);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The stems of all modules in a folder of routes/, sorted, each once. */
static const char **
list_folder(struct arena *arena, const char *dir, size_t *count)
{
    enum { MAX_FILES = 1024 };
    const char **stems = arena_alloc(arena, MAX_FILES * sizeof *stems);
    DIR *handle = opendir(dir);
    struct dirent *entry;
    size_t kept = 0;

    *count = 0;
    while (handle && *count < MAX_FILES && (entry = readdir(handle))) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot && dot > entry->d_name && (strcmp(dot, ".c") == 0 || strcmp(dot, ".so") == 0))
            stems[(*count)++] = arena_strndup(arena, entry->d_name, (size_t)(dot - entry->d_name));
    }
    if (handle)
        closedir(handle);
    qsort(stems, *count, sizeof *stems, by_text);
    for (size_t i = 0; i < *count; i++)
        if (!kept || strcmp(stems[kept - 1], stems[i]) != 0)
            stems[kept++] = stems[i];
    *count = kept;
    return stems;
}

static bool
not_found(const struct local_module *module, const struct local_place *place, const char *name, struct err *err)
{
    const char *near = module->near.best;

    return err_set(err, "there is no function %s %s%s%s%s%s%s%s", name, module->config ? "in " : "",
                   module->config ? module->config : "", module->config ? " or below " : "below ", place->routes_dir,
                   near ? ". Did you mean " : "", near ? near : "", near ? "?" : "");
}

/* A module with several functions: in the folder of the slug, or one above it. */
static bool
search_routes(struct local_module *module, const struct local_place *place, const char *slug, bool *is_found,
              struct err *err)
{
    char *folder = arena_strdup(&module->arena, slug);
    char *slash;

    *is_found = false;
    do {
        size_t count;
        const char **stems;

        slash = strrchr(folder, '/');
        *(slash ? slash : folder) = '\0';
        stems = list_folder(&module->arena, arena_printf(&module->arena, "%s/%s", place->routes_dir, folder), &count);
        for (size_t i = 0; i < count && !*is_found; i++) {
            const char *stem = arena_printf(&module->arena, "%s%s%s", folder, *folder ? "/" : "", stems[i]);
            struct wanted wanted = { .slug = slug + strlen(folder) + (*folder ? 1 : 0) };
            struct err ignored;

            suggest(&module->near, stem);
            if (!try_route(module, place, stem, &wanted, is_found, &ignored))
                *is_found = false; /* a file that cannot be used is not the one; nobody asked for it */
        }
    } while (slash && !*is_found);
    return *is_found || not_found(module, place, slug, err);
}

static bool
find_route(struct local_module *module, const struct local_place *place, const char *slug, struct err *err)
{
    const char *stems[] = { slug, arena_printf(&module->arena, "%s/index", slug) };
    bool is_found = false;

    for (size_t i = 0; i < COUNT_OF(stems) && !is_found; i++)
        if (!try_route(module, place, stems[i], &(struct wanted){ .slug = "" }, &is_found, err))
            return false;
    if (!is_found && !search_routes(module, place, slug, &is_found, err))
        return false;
    describe_route(module, slug);
    return true;
}

/* ---- a file */

/* "dir/x.so", "dir/x.c", either with ".symbol" behind: which file that is. false: none that is there. */
static bool
is_file(struct arena *arena, const char *name, const char **stem, const char **symbol)
{
    static const char *const endings[] = { ".so", ".c" };

    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        const char *at = strstr(name, endings[i]), *next;

        while (at && (next = strstr(at + 1, endings[i])))
            at = next;
        if (!at || (at[strlen(endings[i])] && at[strlen(endings[i])] != '.'))
            continue;
        *stem = arena_strndup(arena, name, (size_t)(at - name));
        *symbol = at[strlen(endings[i])] ? at + strlen(endings[i]) + 1 : NULL;
        if (access(arena_printf(arena, "%s%s", *stem, endings[i]), R_OK) == 0)
            return true;
    }
    return false;
}

static bool
find_in_file(struct local_module *module, const struct local_place *place, const char *stem, const char *symbol,
             struct err *err)
{
    const char *slash = strrchr(stem, '/'), *base = slash ? slash + 1 : stem;
    const char *dir = slash ? arena_strndup(&module->arena, stem, (size_t)(slash - stem)) : ".";
    char *root = realpath(*dir ? dir : "/", NULL);
    struct local_source source;
    bool is_found = false, is_ok;

    if (!root)
        return err_set_errno(err, "cannot look into %s", dir);
    dir = arena_strdup(&module->arena, root);
    free(root);
    module->name = arena_printf(&module->arena, "%s.so", base);
    source = (struct local_source){ .root = dir, .stem = base, .data_dir = place->data_dir, .folder = "build-file" };
    is_ok = local_object(&module->arena, &source, &module->object, err) &&
            (!module->object || find_slot(module, &(struct wanted){ .symbol = symbol }, &is_found, err));
    if (is_ok && !is_found)
        is_ok = err_set(err, "%s has no function%s%s", module->name, symbol ? " " : "", symbol ? symbol : "");
    describe_route(module, symbol ? symbol : base);
    return is_ok;
}

/* ---- all three */

static bool
find_handler(struct local_module *module, const struct local_place *place, const struct local_handler *handler,
             struct err *err)
{
    const struct service *service = module->service;
    const struct local_source source = { .root = handler->root,
                                         .stem = handler->file,
                                         .data_dir = place->data_dir,
                                         .folder = "build-service",
                                         .build = service_compiler_build(service, handler->root),
                                         .command = service->build.command };
    bool is_found;

    if (!local_object(&module->arena, &source, &module->object, err))
        return false;
    if (!module->object)
        return err_set(err, "neither %s.c nor %s.so is in %s", handler->file, handler->file, handler->root);
    module->root = arena_strdup(&module->arena, handler->root);
    if (!find_slot(module, &(struct wanted){ .symbol = handler->symbol }, &is_found, err))
        return false;
    return is_found ? true : err_set(err, "%s.so has no function %s", handler->file, handler->symbol);
}

bool
local_module_find(struct local_module *module, const struct local_place *place, const char *name, struct err *err)
{
    struct local_handler handler;
    const char *stem, *symbol;
    bool is_found;

    *module = (struct local_module){ .near = { .wanted = str_of(name) } };
    arena_init(&module->arena, 0);
    if (!local_service_find(module, place, name, &handler, &is_found, err))
        return false;
    if (is_found)
        return find_handler(module, place, &handler, err);
    if (is_file(&module->arena, name, &stem, &symbol))
        return find_in_file(module, place, stem, symbol, err);
    return find_route(module, place, name, err);
}
