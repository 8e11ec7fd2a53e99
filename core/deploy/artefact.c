/* SPDX-License-Identifier: MIT */
/* An artefact against its manifest (artefact.h). */
#include "deploy/artefact.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "deploy/archive.h"
#include "deploy/package_internal.h"
#include "deploy/route_slug.h"
#include "host/disk.h"
#include "json/read.h"

struct artefact {
    struct package_maker maker;
    struct archive_file *archive;
    struct json manifest, files;
    struct map by_name; /* struct package_file: what the manifest says */
    struct package_file *items;
    struct service *service;
    artefact_take *take;
    void *arg;
};

/* ---- one entry of the archive ---- */

/* Its bytes, in the arena. A NULL name: something is wrong with it, and that was said. */
static const char *
read_entry(struct artefact *artefact, const struct archive_item *item, int64_t max_bytes, struct arena *arena,
           struct str *bytes)
{
    struct package_maker *maker = &artefact->maker;
    const char *name = item->name;
    struct err err;
    char *p;

    if (!item->is_file) {
        package_error(maker, "%.200s is not an ordinary file", name ? name : "an entry");
        return NULL;
    }
    if (!name || !package_is_good_name(name)) {
        package_error(maker, "a file has a name that cannot be: %.200s", name ? name : "none");
        return NULL;
    }
    if (item->size < 0 || item->size > max_bytes) {
        package_error(maker, "%s has more than %lld MiB", name, (long long)max_bytes >> 20);
        return NULL;
    }
    if (maker->package->file_bytes + (uint64_t)item->size > PACKAGE_MAX_UNPACKED) {
        package_error(maker, "%s: all files together have more than %d MiB", name, PACKAGE_MAX_UNPACKED >> 20);
        return NULL;
    }
    p = arena_alloc(arena, (size_t)item->size + 1);
    if (!archive_read(artefact->archive, p, (size_t)item->size, &err)) {
        package_error(maker, "%s is damaged: %s", name, err.text);
        return NULL;
    }
    *bytes = (struct str){ p, (size_t)item->size };
    return arena_strdup(arena, name);
}

/* ---- the manifest ---- */

static void
index_files(struct artefact *artefact)
{
    struct package *package = artefact->maker.package;
    size_t count = json_count(artefact->files), at = 0;

    artefact->items = arena_alloc(&package->arena, (count + 1) * sizeof *artefact->items);
    for (struct json file = json_first(artefact->files); json_type(file) != JSON_MISSING; file = json_next(file)) {
        const char *sha256 = json_text(&package->arena, json_get(file, "sha256"));
        struct package_file *item = &artefact->items[at++];
        struct str name = json_key(&package->arena, file);

        item->bytes = (uint64_t)json_int(json_get(file, "size"), -1);
        if (sha256 && strlen(sha256) == sizeof item->sha256 - 1)
            memcpy(item->sha256, sha256, sizeof item->sha256);
        map_set(&artefact->by_name, name, item);
    }
}

static bool
index_function(struct artefact *artefact, const struct service_function *function)
{
    struct package *package = artefact->maker.package;
    struct package_function *made = &package->functions[package->function_count++];
    const struct package_file *file;

    *made = (struct package_function){ .key = arena_strdup(&package->arena, function->key),
                                       .file = arena_printf(&package->arena, "%s.so", function->file),
                                       .symbol = arena_strdup(&package->arena, function->symbol) };
    file = map_find(&artefact->by_name, str_of(made->file));
    if (!file)
        return package_error(&artefact->maker, "functions.%s: %s is not in the package", function->key, made->file);
    made->sha256 = file->sha256;
    made->bytes = file->bytes;
    return true;
}

/* A package of one function has its module and nothing else, or nothing at all if its settings are all that changes. */
static bool
index_functions(struct artefact *artefact)
{
    struct package *package = artefact->maker.package;
    const struct service *service = artefact->service;
    bool is_there = !package->only;

    package->functions = arena_alloc(&package->arena, (service->function_count + 1) * sizeof *package->functions);
    for (size_t i = 0; i < service->function_count; i++) {
        bool is_it = package->only && strcmp(service->functions[i].key, package->only) == 0;

        is_there = is_there || is_it;
        if ((!package->only || (is_it && package->file_count)) && !index_function(artefact, &service->functions[i]))
            return false;
    }
    if (!is_there)
        return package_error(&artefact->maker, "functions.%s: it is not in its config", package->only);
    return !package->only || package->file_count <= 1 ||
           package_error(&artefact->maker, "a package of one function has its file only");
}

/* Each is a module below the folder of the service's routes. */
static bool
index_routes(struct artefact *artefact)
{
    struct package *package = artefact->maker.package;
    struct service_texts files = route_files(artefact->manifest, &package->arena);

    if (files.count > PACKAGE_MAX_ROUTES)
        return package_error(&artefact->maker, "there are more than %d routes", PACKAGE_MAX_ROUTES);
    package->route_count = files.count;
    package->routes = arena_alloc(&package->arena, (files.count + 1) * sizeof *package->routes);
    for (size_t i = 0; i < files.count; i++) {
        const struct package_file *file = map_find(&artefact->by_name, str_of(files.items[i]));

        if (!file)
            return package_error(&artefact->maker, "routes: %s is not in the package", files.items[i]);
        package->routes[i] =
            (struct package_route){ .file = files.items[i], .sha256 = file->sha256, .bytes = file->bytes };
    }
    return package_check_slugs(&artefact->maker);
}

static bool
read_manifest(struct artefact *artefact)
{
    struct package_maker *maker = &artefact->maker;
    struct package *package = maker->package;
    struct err err = { "it is empty" };
    struct archive_item item;
    const char *name;

    if (archive_next(artefact->archive, &item, &err) != ARCHIVE_ITEM)
        return package_error(maker, "it is no package: %s", err.text);
    name = read_entry(artefact, &item, PACKAGE_MAX_MANIFEST, &package->arena, &package->manifest);
    if (!name || strcmp(name, "manifest.json") != 0)
        return package_error(maker, "it is no package: manifest.json must be the first file");
    if (!json_parse(&package->arena, package->manifest, &artefact->manifest, &err))
        return package_error(maker, "manifest.json: %s", err.text);
    if (json_int(json_get(artefact->manifest, "format"), 0) != 1)
        return package_error(maker, "manifest.json: this version understands format 1 only");
    package->timestamp_ms = json_int(json_get(artefact->manifest, "timestamp"), 0);
    artefact->files = json_get(artefact->manifest, "files");
    package->file_count = json_count(artefact->files);
    if (package->timestamp_ms <= 0 || json_type(artefact->files) != JSON_OBJECT ||
        json_type(json_get(artefact->manifest, "config")) != JSON_OBJECT)
        return package_error(maker, "manifest.json: timestamp, files or config are not understood");
    if (package->file_count > PACKAGE_MAX_FILES)
        return package_error(maker, "manifest.json names %zu files; at most %d are taken", package->file_count,
                             PACKAGE_MAX_FILES);
    artefact->service = service_from_json(json_raw(json_get(artefact->manifest, "config")), maker->problems);
    maker->service = artefact->service;
    if (!artefact->service)
        return false;
    index_files(artefact);
    package->only = json_text(&package->arena, json_get(artefact->manifest, "only"));
    return index_functions(artefact) && (package->only || index_routes(artefact));
}

/* ---- the files ---- */

static bool
check_function(struct artefact *artefact, struct package_function *function, struct str bytes)
{
    const char *what = arena_printf(&artefact->maker.package->arena, "functions.%s: %s", function->key, function->file);

    return package_check_module(&artefact->maker, what, function->symbol, bytes, &function->abi);
}

static bool
check_modules(struct artefact *artefact, const char *name, struct str bytes)
{
    struct package *package = artefact->maker.package;
    bool is_good = true;

    for (size_t i = 0; i < package->function_count; i++)
        if (strcmp(package->functions[i].file, name) == 0)
            is_good = check_function(artefact, &package->functions[i], bytes) && is_good;
    for (size_t i = 0; i < package->route_count; i++)
        if (strcmp(package->routes[i].file, name) == 0)
            is_good = package_check_module(&artefact->maker, name, NULL, bytes, &package->routes[i].abi) && is_good;
    return is_good;
}

static bool
take_file(struct artefact *artefact, const struct archive_item *item, struct arena *arena)
{
    struct package_maker *maker = &artefact->maker;
    const struct package_file *said;
    struct str bytes;
    const char *name = read_entry(artefact, item, PACKAGE_MAX_FILE, arena, &bytes);
    char sha256[65];
    struct err err;

    if (!name)
        return false;
    said = map_remove(&artefact->by_name, str_of(name));
    if (!said)
        return package_error(maker, "%s is there twice, or not in the manifest", name);
    package_sha256(bytes, sha256);
    if (bytes.len != said->bytes || strcmp(sha256, said->sha256) != 0)
        return package_error(maker, "%s is not what the manifest says", name);
    maker->package->file_bytes += bytes.len;
    if (!check_modules(artefact, name, bytes))
        return false;
    return !artefact->take || artefact->take(artefact->arg, name, bytes, item->is_executable, &err) ||
           package_error(maker, "%s", err.text);
}

static bool
take_files(struct artefact *artefact)
{
    struct map_cursor cursor = { 0, NULL };
    enum archive_next next = ARCHIVE_ITEM;
    struct map_entry *missing;
    struct archive_item item;
    struct arena arena;
    bool is_good = true;
    struct err err;

    while (is_good && (next = archive_next(artefact->archive, &item, &err)) == ARCHIVE_ITEM) {
        arena_init(&arena, 0);
        is_good = take_file(artefact, &item, &arena);
        arena_fini(&arena);
    }
    if (is_good && next == ARCHIVE_DAMAGED)
        is_good = package_error(&artefact->maker, "the package is damaged: %s", err.text);
    missing = is_good ? map_next(&artefact->by_name, &cursor) : NULL;
    return is_good && (!missing || package_error(&artefact->maker, "%s is missing in the package", missing->key));
}

static bool
open_archive(struct artefact *artefact, const char *path)
{
    struct package *package = artefact->maker.package;
    struct arena scratch;
    struct str bytes;
    char sha256[65];
    struct err err;
    bool is_read;

    arena_init(&scratch, 0);
    is_read =
        disk_read(&scratch, path, PACKAGE_MAX_BYTES, &bytes, &err) || package_error(&artefact->maker, "%s", err.text);
    if (is_read) {
        package->bytes = bytes.len;
        package_sha256(bytes, sha256);
        package->sha256 = arena_strdup(&package->arena, sha256);
    }
    arena_fini(&scratch);
    if (!is_read)
        return false;
    artefact->archive = archive_open(path, &err);
    return artefact->archive || package_error(&artefact->maker, "it is no package: %s", err.text);
}

struct service *
artefact_read(struct package *package, const char *path, artefact_take *take, void *arg,
              struct service_problems *problems)
{
    static const struct package_options options = { .dir = "." };
    struct artefact artefact = { .maker = { .package = package, .options = &options, .problems = problems },
                                 .take = take,
                                 .arg = arg };
    bool is_good;

    *package = (struct package){ .path = NULL };
    arena_init(&package->arena, 0);
    package->path = arena_strdup(&package->arena, path);
    map_init(&artefact.by_name);
    is_good = open_archive(&artefact, path) && read_manifest(&artefact) && take_files(&artefact);
    archive_close(artefact.archive);
    map_fini(&artefact.by_name);
    if (is_good)
        return artefact.service;
    service_put(artefact.service);
    return NULL;
}
