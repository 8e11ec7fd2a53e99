/* SPDX-License-Identifier: MIT */
/* One module file at one content hash (version.h). */
#include "host/version.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* A relative slug of a many-in-one module is placed in the folder of its file; an empty one means the file's own. */
static char *
full_slug(const char *file_slug, const char *folder, struct str relative)
{
    char *slug = NULL;
    int len;

    if (relative.len == 0)
        return mem_strdup(file_slug);
    if (folder[0])
        len = asprintf(&slug, "%s/%.*s", folder, STR_ARG(relative));
    else
        len = asprintf(&slug, "%.*s", STR_ARG(relative));
    return len < 0 ? mem_strdup("") : slug;
}

static bool
has_slug(const struct version *version, const char *slug, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (strcmp(version->routes[i].slug, slug) == 0)
            return true;
    return false;
}

static bool
read_route(struct version *version, size_t i, const char *file_slug, const char *folder, struct json node,
           struct host *host, struct err *err)
{
    struct arena scratch;
    struct route *route = &version->routes[i];
    char *slug;
    bool is_ok;

    arena_init(&scratch, 0);
    slug = full_slug(file_slug, folder, json_str(&scratch, json_get(node, "slug")));
    is_ok = !has_slug(version, slug, i) || err_set(err, "it exports two routes with the slug '%s'; rename one", slug);
    is_ok = is_ok && route_from_json(route, slug, node, err);
    if (is_ok) {
        route->slot = (uint32_t)i;
        route->host = host;
        route->owner = version;
    }
    free(slug);
    arena_fini(&scratch);
    return is_ok;
}

static bool
read_routes(struct version *version, const char *slug_file, struct json routes, struct host *host, struct err *err)
{
    size_t count = json_count(routes), i = 0;
    char *shared_name = mem_strdup(slug_file), *file_slug, *folder = slug_folder(str_of(slug_file));
    char *dot = strrchr(shared_name, '.');
    char *so_name = NULL;
    bool is_ok = true;

    if (dot)
        *dot = '\0';
    file_slug = asprintf(&so_name, "%s.so", shared_name) < 0 ? NULL : slug_from_file(str_of(so_name));
    if (!file_slug)
        is_ok = err_set(err,
                        "its path makes no valid slug: use letters, digits, '_', '-' and '.' in file and folder names");
    else if (count == 0)
        is_ok =
            err_set(err, "it exports no route: add IL_ACTION(…), IL_PAGE(…) or IL_FUNCTION(…) at the end of the file");
    else if (count > VERSION_MAX_ROUTES)
        is_ok = err_set(err, "it exports %zu routes; at most %d are possible in one module", count, VERSION_MAX_ROUTES);
    if (is_ok)
        version->routes = mem_alloc(count * sizeof *version->routes);
    for (struct json node = json_first(routes); is_ok && i < count; node = json_next(node)) {
        is_ok = read_route(version, i++, file_slug, folder, node, host, err);
        version->route_count = i;
    }
    free(shared_name);
    free(so_name);
    free(file_slug);
    free(folder);
    return is_ok;
}

struct version *
version_new(const char *file, const char *slug_file, const char *path, const char *hash, struct str descriptor,
            struct host *host, struct err *err)
{
    struct version *version = mem_alloc(sizeof *version);
    struct arena scratch;
    struct json root;
    bool is_ok = true;
    const char *refused;

    version->refs = 1;
    version->file = mem_strdup(file);
    version->path = mem_strdup(path);
    snprintf(version->hash, sizeof version->hash, "%s", hash);
    arena_init(&scratch, 0);
    if (!json_parse(&scratch, descriptor, &root, err))
        is_ok = err_prefix(err, "its description cannot be read");
    else if ((refused = json_text(&scratch, json_get(root, "error"))))
        is_ok = err_set(err, "%s", refused);
    else
        is_ok = read_routes(version, slug_file, json_get(root, "routes"), host, err);
    arena_fini(&scratch);
    if (!is_ok) {
        version_put(version);
        return NULL;
    }
    return version;
}

/* "orders/{id}" -> "shop/prod/orders/{id}" */
static void
put_behind(const char *prefix, char **path)
{
    char *full = NULL;

    if (!*path || asprintf(&full, "%s/%s", prefix, *path + strspn(*path, "/")) < 0)
        return;
    free(*path);
    *path = full;
}

static bool
is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

void
version_set(struct version *version, const struct version_setting *setting)
{
    size_t count = 0;

    version->memory_limit_bytes = setting->memory_limit_bytes;
    version->drain_limit_ms = setting->drain_limit_ms;
    version->root = setting->root ? mem_strdup(setting->root) : NULL;
    while (setting->environment && setting->environment[count])
        count++;
    version->environment = mem_alloc((count + 1) * sizeof *version->environment);
    for (size_t i = 0; i < count; i++)
        version->environment[i] = mem_strdup(setting->environment[i]);
    if (!setting->prefix || !*setting->prefix)
        return;
    version->prefix = mem_strdup(setting->prefix);
    for (size_t i = 0; i < version->route_count; i++)
        put_behind(version->prefix, &version->routes[i].path);
}

bool
version_is_same(const struct version *a, const struct version *b)
{
    size_t i = 0;

    if (strcmp(a->hash, b->hash) != 0 || a->memory_limit_bytes != b->memory_limit_bytes ||
        a->drain_limit_ms != b->drain_limit_ms || !is_same_text(a->prefix, b->prefix) ||
        !is_same_text(a->root, b->root) || !a->environment != !b->environment)
        return false;
    if (!a->environment)
        return true;
    while (a->environment[i] && b->environment[i] && strcmp(a->environment[i], b->environment[i]) == 0)
        i++;
    return a->environment[i] == b->environment[i]; /* both at their end */
}

struct version *
version_get(struct version *version)
{
    version->refs++;
    return version;
}

void
version_put(struct version *version)
{
    ASSERT(version->refs > 0);
    if (--version->refs > 0)
        return;
    for (size_t i = 0; i < version->route_count; i++)
        route_fini(&version->routes[i]);
    for (size_t i = 0; version->environment && version->environment[i]; i++)
        free(version->environment[i]);
    free(version->environment);
    free(version->prefix);
    free(version->root);
    free(version->routes);
    free(version->file);
    free(version->path);
    free(version);
}

bool
version_has_functions(const struct version *version)
{
    for (size_t i = 0; i < version->route_count; i++)
        if (version->routes[i].kind == ROUTE_FUNCTION)
            return true;
    return false;
}
