/* SPDX-License-Identifier: MIT */
/* Which files belong to a package (functions.md 2.3): all, less the usual ones, then the patterns in order. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "deploy/package_internal.h"
#include "function/glob.h"

enum { MAX_DEPTH = 32, MAX_NAME = 1024 };

static const char *const default_patterns[] = {
    "!.git/**",        "!.gitignore",      "!.DS_Store",       "!**/.DS_Store",           "!npm-debug.log",
    "!yarn-*.log",     "!.serverless/**",  "!.interlude/**",   "!.serverless_plugins/**", "!.env*",
    "!serverless.yml", "!serverless.yaml", "!serverless.json",
};

struct walk {
    struct package_maker *maker;
    const char **patterns;
    size_t pattern_count;
    bool is_good;
};

static void
list_patterns(struct walk *walk)
{
    struct arena *arena = &walk->maker->package->arena;
    const struct service *service = walk->maker->service;
    const char *config = walk->maker->options->config;
    size_t count = COUNT_OF(default_patterns) + service->patterns.count + 1;

    for (size_t i = 0; i < service->function_count; i++)
        count += service->functions[i].patterns.count;
    walk->patterns = arena_alloc(arena, count * sizeof *walk->patterns);
    for (size_t i = 0; i < COUNT_OF(default_patterns); i++)
        walk->patterns[walk->pattern_count++] = default_patterns[i];
    if (config)
        walk->patterns[walk->pattern_count++] = arena_printf(arena, "!%s", config);
    for (size_t i = 0; i < service->patterns.count; i++)
        walk->patterns[walk->pattern_count++] = service->patterns.items[i];
    for (size_t i = 0; i < service->function_count; i++) /* one artefact holds what any function wants */
        for (size_t j = 0; j < service->functions[i].patterns.count; j++)
            if (*service->functions[i].patterns.items[j] != '!')
                walk->patterns[walk->pattern_count++] = service->functions[i].patterns.items[j];
}

struct package_file *
package_find_file(struct package_maker *maker, const char *name, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(maker->files[i].name, name) == 0)
            return &maker->files[i];
    return NULL;
}

struct package_file *
package_add_file(struct package_maker *maker, const char *name, const char *source)
{
    struct package_file *file;

    if (maker->file_count == PACKAGE_MAX_FILES) {
        package_error(maker, "the package has more than %d files; package.patterns leaves some out", PACKAGE_MAX_FILES);
        return NULL;
    }
    file = &maker->files[maker->file_count++];
    *file = (struct package_file){ .name = arena_strdup(&maker->package->arena, name),
                                   .source = arena_strdup(&maker->package->arena, source) };
    return file;
}

static bool
is_tidy(const char *name)
{
    for (const char *p = name;; p++) {
        size_t len = strcspn(p, "/");

        if (!len || (len == 1 && *p == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
            return false;
        p += len;
        if (!*p)
            return true;
    }
}

bool
package_is_good_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F || *p == '\\')
            return false;
    return strlen(name) < MAX_NAME && is_tidy(name) && str_is_utf8(str_of(name));
}

/* A link counts as the file it leads to, which must lie in the directory too. */
bool
package_is_inside(const struct package_maker *maker, const char *path)
{
    char real[PATH_MAX];
    size_t len = strlen(maker->dir);

    return realpath(path, real) && strncmp(real, maker->dir, len) == 0 && real[len] == '/';
}

static void
take_file(struct walk *walk, const char *name, const char *path, bool is_link)
{
    struct package_maker *maker = walk->maker;
    struct package_file *file;
    struct stat st;

    if (package_find_file(maker, name, maker->module_count) ||
        !glob_decides(walk->patterns, walk->pattern_count, name, true))
        return; /* modules are there already */
    if (!package_is_good_name(name)) {
        walk->is_good = package_error(maker,
                                      "%.200s: a name with control characters, \\ or broken UTF-8 cannot be "
                                      "packed; package.patterns leaves it out",
                                      name);
        return;
    }
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    if (is_link && !package_is_inside(maker, path)) {
        walk->is_good = package_error(maker,
                                      "%s is a link that leads out of the directory; package.patterns leaves it "
                                      "out",
                                      name);
        return;
    }
    file = package_add_file(maker, name, path);
    if (!file)
        walk->is_good = false;
    else
        file->is_executable = st.st_mode & S_IXUSR;
}

static void walk_dir(struct walk *walk, const char *name, const char *path, unsigned depth);

static void
take_entry(struct walk *walk, const char *dir_name, const char *dir_path, const char *entry, unsigned depth)
{
    struct package_maker *maker = walk->maker;
    struct arena *arena = &maker->package->arena;
    const char *name = *dir_name ? arena_printf(arena, "%s/%s", dir_name, entry) : arena_strdup(arena, entry);
    const char *path = arena_printf(arena, "%s/%s", dir_path, entry);
    struct stat st;

    if (lstat(path, &st) < 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        if (strcmp(name, ".git") != 0 && strcmp(path, maker->work_dir) != 0 && strcmp(path, maker->out_dir) != 0)
            walk_dir(walk, name, path, depth + 1);
    } else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) {
        take_file(walk, name, path, S_ISLNK(st.st_mode));
    }
}

static void
walk_dir(struct walk *walk, const char *name, const char *path, unsigned depth)
{
    struct dirent *entry;
    DIR *dir;

    if (depth > MAX_DEPTH) {
        walk->is_good = package_error(walk->maker, "%s: directories are nested too deeply", name);
        return;
    }
    dir = opendir(path);
    if (!dir) {
        walk->is_good = package_error(walk->maker, "the directory %s cannot be read: %s", path, strerror(errno));
        return;
    }
    while (walk->is_good && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            take_entry(walk, name, path, entry->d_name, depth);
    closedir(dir);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct package_file *)a)->name, ((const struct package_file *)b)->name);
}

bool
package_collect(struct package_maker *maker)
{
    struct walk walk = { .maker = maker, .is_good = true };

    maker->module_count = maker->file_count;
    list_patterns(&walk);
    walk_dir(&walk, "", maker->dir, 0);
    qsort(maker->files, maker->file_count, sizeof *maker->files, by_name);
    return walk.is_good;
}
