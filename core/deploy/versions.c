/* SPDX-License-Identifier: MIT */
/* The directory of deployed versions (versions.h). How one gets there is unpack.c. */
#include "deploy/versions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "deploy/package_internal.h"
#include "deploy/versions_internal.h"
#include "host/disk.h"
#include "json/read.h"

#define DRAFT_LINK ".current" /* what is about to be renamed */

enum { MAX_MARKER = 4 << 20, MAX_DEPTH = 64 };

bool
versions_is_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    return len > 0 && len <= SERVICE_MAX_NAME && !name[len];
}

static char *
base_path(const struct versions_place *place, struct arena *arena, const char *file)
{
    return arena_printf(arena, "%s/%s/%s/%s", place->root, place->service, place->stage, file);
}

char *
versions_path(const struct versions_place *place, struct arena *arena, const char *name, const char *file)
{
    return arena_printf(arena, "%s/%s/%s/versions/%s%s%s", place->root, place->service, place->stage, name,
                        *file ? "/" : "", file);
}

bool
versions_sync_dir(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_done = fd >= 0 && fsync(fd) == 0;

    if (!is_done)
        err_set_errno(err, "cannot write the directory %s to disk", path);
    if (fd >= 0)
        close(fd);
    return is_done;
}

/* ---- walking */

/*
 * Names in a directory that do not begin with a dot, in the arena, NULL at the end; none at all if it cannot be read.
 */
static const char **
names_in(struct arena *arena, const char *path)
{
    DIR *dir = opendir(path);
    size_t count = 0, room = 16;
    const char **names = arena_alloc(arena, room * sizeof *names);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        if (count + 1 == room) {
            const char **more = arena_alloc(arena, 2 * room * sizeof *more);

            memcpy(more, names, count * sizeof *names);
            names = more;
            room *= 2;
        }
        names[count++] = arena_strdup(arena, entry->d_name);
    }
    if (dir)
        closedir(dir);
    names[count] = NULL;
    return names;
}

/* Everything below an open directory, without following links. */
static bool
empty_dir(int fd, unsigned depth)
{
    DIR *dir = fdopendir(fd);
    bool is_empty = dir != NULL;
    struct dirent *entry;

    if (!dir)
        close(fd);
    while (dir && (entry = readdir(dir))) {
        const char *name = entry->d_name;
        int below;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || unlinkat(fd, name, 0) == 0)
            continue;
        below = depth < MAX_DEPTH ? openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        is_empty = below >= 0 && empty_dir(below, depth + 1) && unlinkat(fd, name, AT_REMOVEDIR) == 0 && is_empty;
    }
    if (dir)
        closedir(dir);
    return is_empty;
}

bool
versions_delete_tree(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd >= 0 && empty_dir(fd, 0) && rmdir(path) == 0)
        return true;
    log_warn("deploy", "%s cannot be deleted: %s", path, strerror(errno));
    return false;
}

/* ---- what is there */

/* Drafts, which unpack.c renames when they are whole, have other names. */
static bool
is_whole(const struct versions_place *place, struct arena *arena, const char *name)
{
    struct stat st;

    return name[0] >= '0' && name[0] <= '9' && stat(versions_path(place, arena, name, VERSIONS_MARKER), &st) == 0;
}

static bool
read_marker(const struct versions_place *place, struct arena *arena, struct kept_version *version)
{
    struct str text;
    struct json root;
    struct err err;

    if (!disk_read(arena, versions_path(place, arena, version->name, VERSIONS_MARKER), MAX_MARKER, &text, &err) ||
        !json_parse(arena, text, &root, &err))
        return false;
    version->timestamp_ms = strtoll(version->name, NULL, 10);
    version->created_at = json_int(json_get(root, "createdAt"), 0);
    version->bytes = (uint64_t)json_int(json_get(root, "size"), 0);
    version->deployer = json_text(arena, json_get(root, "deployer"));
    version->function = json_text(arena, json_get(root, "function"));
    version->base_ms = json_int(json_get(root, "base"), 0);
    version->numbers = json_get(root, "numbers");
    return true;
}

static int
newest_first(const void *a, const void *b)
{
    int64_t x = ((const struct kept_version *)a)->timestamp_ms, y = ((const struct kept_version *)b)->timestamp_ms;

    return (x < y) - (x > y);
}

void
versions_list(const struct versions_place *place, struct arena *arena, struct kept_version **kept, size_t *count)
{
    const char *dir = base_path(place, arena, "versions"), *current = versions_current(place, arena);
    const char **names = names_in(arena, dir);
    size_t all = 0;

    while (names[all])
        all++;
    *kept = arena_alloc(arena, (all + 1) * sizeof **kept);
    *count = 0;
    for (size_t i = 0; i < all; i++) {
        struct kept_version *version = &(*kept)[*count];

        *version = (struct kept_version){ .name = names[i] };
        if (!is_whole(place, arena, names[i]) || !read_marker(place, arena, version))
            continue;
        version->is_current = current && strcmp(current, names[i]) == 0;
        (*count)++;
    }
    qsort(*kept, *count, sizeof **kept, newest_first);
}

const char *
versions_current(const struct versions_place *place, struct arena *arena)
{
    char target[PATH_MAX];
    ssize_t len = readlink(base_path(place, arena, "current"), target, sizeof target - 1);
    const char *name;

    if (len <= 0)
        return NULL;
    target[len] = '\0';
    name = strrchr(target, '/');
    return name && versions_is_name(name + 1) ? arena_strdup(arena, name + 1) : NULL;
}

bool
versions_make_current(const struct versions_place *place, const char *name, struct err *err)
{
    struct arena arena;
    const char *draft, *link;
    bool is_done;

    arena_init(&arena, 0);
    draft = base_path(place, &arena, DRAFT_LINK);
    link = base_path(place, &arena, "current");
    unlink(draft); /* of a crash */
    is_done = (symlink(arena_printf(&arena, "versions/%s", name), draft) == 0 && rename(draft, link) == 0) ||
              err_set_errno(err, "cannot make %s", link);
    is_done = is_done && versions_sync_dir(base_path(place, &arena, ""), err);
    arena_fini(&arena);
    return is_done;
}

bool
versions_manifest(const struct versions_place *place, const char *name, struct arena *arena, struct str *manifest,
                  struct err *err)
{
    return disk_read(arena, versions_path(place, arena, name, "manifest.json"), PACKAGE_MAX_MANIFEST, manifest, err);
}

bool
versions_manifest_json(const struct versions_place *place, const char *name, struct arena *arena, struct json *manifest,
                       struct err *err)
{
    struct str text;

    return versions_manifest(place, name, arena, &text, err) && json_parse(arena, text, manifest, err);
}

/* ---- deleting */

void
versions_delete(const struct versions_place *place, const char *name)
{
    struct arena arena;
    const char *current;

    arena_init(&arena, 0);
    current = versions_current(place, &arena);
    if (!current || strcmp(current, name) != 0) {
        unlink(versions_path(place, &arena, name, VERSIONS_MARKER));
        versions_delete_tree(versions_path(place, &arena, name, ""));
    }
    arena_fini(&arena);
}

void
versions_spare(const struct versions_place *place, size_t keep, struct arena *arena, struct kept_version **spare,
               size_t *count)
{
    size_t all, deployments = 0, functions = 0;
    int64_t base_ms = 0;

    versions_list(place, arena, spare, &all);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if ((*spare)[i].is_current)
            base_ms = (*spare)[i].base_ms;
    for (size_t i = 0; i < all; i++) {
        struct kept_version version = (*spare)[i];
        bool is_base = !version.function && version.timestamp_ms == base_ms;

        if (!version.is_current && !is_base && (version.function ? functions++ : deployments++) >= keep)
            (*spare)[(*count)++] = version;
    }
}

bool
versions_remove(const struct versions_place *place, struct err *err)
{
    struct arena arena;
    const char *link;
    bool is_done;

    arena_init(&arena, 0);
    link = base_path(place, &arena, "current");
    is_done = unlink(link) == 0 || errno == ENOENT || err_set_errno(err, "cannot delete %s", link);
    is_done = is_done && versions_sync_dir(base_path(place, &arena, ""), err);
    if (is_done)
        versions_delete_tree(base_path(place, &arena, "versions"));
    arena_fini(&arena);
    return is_done;
}

/* ---- all services */

static void
each_place(const char *root, void (*visit)(void *arg, const struct versions_place *place), void *arg)
{
    struct arena arena;
    const char **services;

    arena_init(&arena, 0);
    services = names_in(&arena, root);
    for (; *services; services++) {
        const char **stages = names_in(&arena, arena_printf(&arena, "%s/%s", root, *services));

        for (; *stages; stages++)
            visit(arg, &(struct versions_place){ root, *services, *stages });
    }
    arena_fini(&arena);
}

/* Where nothing is live, what is there is of a removal or of a first deployment that did not come to its end. */
static void
sweep_place(void *arg, const struct versions_place *place)
{
    struct arena arena;
    const char **names, *current;

    (void)arg;
    arena_init(&arena, 0);
    unlink(base_path(place, &arena, DRAFT_LINK));
    current = versions_current(place, &arena);
    names = names_in(&arena, base_path(place, &arena, "versions"));
    for (; *names; names++)
        if (!current || !is_whole(place, &arena, *names))
            versions_delete_tree(versions_path(place, &arena, *names, ""));
    arena_fini(&arena);
}

void
versions_sweep(const char *root)
{
    each_place(root, sweep_place, NULL);
}

struct visiting {
    void (*visit)(void *arg, const struct versions_place *place);
    void *arg;
};

static void
visit_current(void *arg, const struct versions_place *place)
{
    const struct visiting *visiting = arg;
    struct arena arena;

    arena_init(&arena, 0);
    if (versions_current(place, &arena))
        visiting->visit(visiting->arg, place);
    arena_fini(&arena);
}

void
versions_each(const char *root, void (*visit)(void *arg, const struct versions_place *place), void *arg)
{
    each_place(root, visit_current, &(struct visiting){ visit, arg });
}
