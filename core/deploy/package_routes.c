/* SPDX-License-Identifier: MIT */
/* The actions and pages of a service (package_internal.h): what lies in its folder of routes, as `dev` takes it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/mem.h"
#include "deploy/package_internal.h"
#include "deploy/route_slug.h"
#include "host/disk.h"

enum { MAX_DEPTH = 32 };

struct walk {
    struct package_maker *maker;
    struct map seen;    /* stem -> anything */
    const char **stems; /* "routes/users/edit" */
    size_t count;
    bool is_good;
};

/* Files that a handler names are that function. */
static bool
is_of_function(const struct service *service, const char *stem)
{
    for (size_t i = 0; i < service->function_count; i++)
        if (strcmp(service->functions[i].file, stem) == 0)
            return true;
    return false;
}

/* A source, unless a command makes all objects, or an object; both of one name are one module, as of handlers. */
static void
take_file(struct walk *walk, const char *name, const char *path, bool is_link)
{
    struct package_maker *maker = walk->maker;
    struct arena *arena = &maker->package->arena;
    struct str file = str_of(name);
    const char *stem;
    struct stat st;

    if (str_ends(file, STR(".so")))
        stem = arena_strndup(arena, name, file.len - 3);
    else if (str_ends(file, STR(".c")) && !maker->service->build.command)
        stem = arena_strndup(arena, name, file.len - 2);
    else
        return;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || map_find(&walk->seen, str_of(stem)) ||
        is_of_function(maker->service, stem))
        return;
    if (is_link && !package_is_inside(maker, path)) {
        walk->is_good = package_error(maker, "%s is a link that leads out of the directory", name);
        return;
    }
    if (walk->count == PACKAGE_MAX_ROUTES) {
        walk->is_good =
            package_error(maker, "%s: there are more than %d routes", maker->service->routes_dir, PACKAGE_MAX_ROUTES);
        return;
    }
    map_set(&walk->seen, str_of(stem), walk);
    walk->stems[walk->count++] = stem;
}

static void
walk_dir(struct walk *walk, const char *name, unsigned depth)
{
    struct package_maker *maker = walk->maker;
    struct arena *arena = &maker->package->arena;
    DIR *dir = opendir(arena_printf(arena, "%s/%s", maker->dir, name));
    struct dirent *entry;

    if (depth > MAX_DEPTH)
        walk->is_good = package_error(maker, "%s: directories are nested too deeply", name);
    else if (!dir && (depth || errno != ENOENT))
        walk->is_good = package_error(maker, "the directory %s cannot be read: %s", name, strerror(errno));
    while (dir && walk->is_good && (entry = readdir(dir))) {
        const char *below = arena_printf(arena, "%s/%s", name, entry->d_name);
        const char *path = arena_printf(arena, "%s/%s", maker->dir, below);
        struct stat st;

        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "node_modules") == 0 || lstat(path, &st) < 0)
            continue; /* as the watch of `dev` does */
        if (S_ISDIR(st.st_mode))
            walk_dir(walk, below, depth + 1);
        else
            take_file(walk, below, path, S_ISLNK(st.st_mode));
    }
    if (dir)
        closedir(dir);
}

static bool
add_route(struct package_maker *maker, const char *stem, struct package_route *made)
{
    struct arena *arena = &maker->package->arena;
    const char *object;
    struct arena scratch;
    struct str bytes;
    struct err err;
    bool is_good;

    made->file = arena_printf(arena, "%s.so", stem);
    object = package_build(maker, stem, stem);
    if (!object)
        return false;
    arena_init(&scratch, 0);
    is_good =
        disk_read(&scratch, object, PACKAGE_MAX_FILE, &bytes, &err) || package_error(maker, "%s: %s", stem, err.text);
    is_good = is_good && package_check_module(maker, made->file, NULL, bytes, &made->abi);
    arena_fini(&scratch);
    return is_good && package_add_file(maker, made->file, object);
}

bool
package_check_slugs(struct package_maker *maker)
{
    struct package *package = maker->package;
    struct map files;
    bool is_good = true;

    map_init(&files);
    for (size_t i = 0; i < package->route_count; i++) {
        const char *file = package->routes[i].file;
        const char *slug = route_slug(maker->service, file, &package->arena);
        const char *other = slug ? map_find(&files, str_of(slug)) : NULL;

        if (!slug)
            is_good = package_error(maker,
                                    "%s: its path makes no valid slug: letters, digits, '_', '-' and '.' in file and "
                                    "folder names, at most 255 in all",
                                    file);
        else if (other)
            is_good = package_error(maker, "%s and %s have the same slug '%s'; rename or remove one of the two", other,
                                    file, slug);
        else
            map_set(&files, str_of(slug), (char *)(uintptr_t)file);
    }
    map_fini(&files);
    return is_good;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
package_add_routes(struct package_maker *maker)
{
    struct package *package = maker->package;
    struct walk walk = { .maker = maker, .is_good = true };

    if (!maker->service->routes_dir || maker->options->is_for_lambda)
        return true; /* AWS Lambda has no place for them */
    walk.stems = arena_alloc(&package->arena, PACKAGE_MAX_ROUTES * sizeof *walk.stems);
    map_init(&walk.seen);
    walk_dir(&walk, maker->service->routes_dir, 0);
    map_fini(&walk.seen);
    qsort(walk.stems, walk.count, sizeof *walk.stems, by_text);
    package->routes = arena_alloc(&package->arena, (walk.count + 1) * sizeof *package->routes);
    package->route_count = walk.count;
    for (size_t i = 0; i < walk.count; i++)
        walk.is_good = add_route(maker, walk.stems[i], &package->routes[i]) && walk.is_good;
    return walk.is_good && package_check_slugs(maker);
}
