/* SPDX-License-Identifier: MIT */
/* From an artefact to a version on disk (versions.h): checked on the way, durable before it has its marker. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/artefact.h"
#include "deploy/content.h"
#include "deploy/function_version.h"
#include "deploy/package_internal.h"
#include "deploy/versions_internal.h"
#include "host/disk.h"
#include "json/write.h"

enum { HASH_SHOWN = 8, MAX_MARKER = 4 << 20 };

struct unpacking {
    const struct versions_place *place;
    struct arena *arena;
    const char *dir;
};

bool
versions_write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t put = write(fd, bytes.p, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes.p += put;
        bytes.len -= (size_t)put;
    }
    return true;
}

/* A file that is not there yet. Nothing in the directory is a link, since only this has written to it. */
static bool
put_file(void *arg, const char *name, struct str bytes, bool is_executable, struct err *err)
{
    const struct unpacking *unpacking = arg;
    const char *path = arena_printf(unpacking->arena, "%s/%s", unpacking->dir, name);
    bool is_done;
    int fd;

    if (!disk_make_parents(path, err))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, is_executable ? 0755 : 0644);
    if (fd < 0)
        return err_set_errno(err, "cannot write %s", name);
    is_done = (versions_write_all(fd, bytes) && fsync(fd) == 0) || err_set_errno(err, "cannot write %s", name);
    close(fd);
    return is_done;
}

/* Of the deployment that is current, also when single functions of it were changed since. */
static int64_t
base_of(struct unpacking *unpacking)
{
    struct kept_version *kept;
    size_t count;

    versions_list(unpacking->place, unpacking->arena, &kept, &count);
    for (size_t i = 0; i < count; i++)
        if (kept[i].is_current)
            return kept[i].function ? kept[i].base_ms : kept[i].timestamp_ms;
    return 0;
}

static bool
put_marker(struct unpacking *unpacking, const struct kept_version *given, struct json manifest, struct err *err)
{
    struct json_out out;
    struct buf text;
    bool is_done;

    buf_init(&text, MAX_MARKER);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_text(&out, "deployer", given->deployer);
    json_pair_int(&out, "createdAt", given->created_at);
    json_pair_int(&out, "size", (int64_t)given->bytes);
    if (given->function) {
        json_pair_text(&out, "function", given->function);
        json_pair_int(&out, "base", base_of(unpacking));
    }
    json_pair_raw(&out, "numbers", function_version_numbers(unpacking->place, unpacking->arena, manifest));
    json_object_end(&out);
    is_done = versions_sync_dir(unpacking->dir, err) &&
              put_file(unpacking, VERSIONS_MARKER, buf_view(&text), false, err) &&
              versions_sync_dir(unpacking->dir, err);
    buf_fini(&text);
    return is_done;
}

static void
say(struct service_problems *problems, const char *text)
{
    service_error(problems, (struct place){ NULL, 0, 0 }, "%s", text);
}

/* Is it of this service, stage and time? */
static bool
is_what_was_said(const struct versions_place *place, const struct kept_version *given, const struct package *package,
                 const struct service *service, struct service_problems *problems)
{
    if (strcmp(service->name, place->service) == 0 && strcmp(service->stage, place->stage) == 0 &&
        package->timestamp_ms == given->timestamp_ms)
        return true;
    service_error(problems, (struct place){ NULL, 0, 0 },
                  "the package is %s for stage %s of %lld, the address says %s, %s and %lld", service->name,
                  service->stage, (long long)package->timestamp_ms, place->service, place->stage,
                  (long long)given->timestamp_ms);
    return false;
}

/* From now on it is there, durably. */
static bool
seal(struct unpacking *unpacking, const struct kept_version *given, struct str manifest, const char *name,
     struct err *err)
{
    const char *path = versions_path(unpacking->place, unpacking->arena, name, "");
    struct json root;

    return json_parse(unpacking->arena, manifest, &root, err) &&
           put_file(unpacking, "manifest.json", manifest, false, err) && put_marker(unpacking, given, root, err) &&
           (rename(unpacking->dir, path) == 0 || err_set_errno(err, "cannot make %s", path)) &&
           versions_sync_dir(versions_path(unpacking->place, unpacking->arena, "", ""), err);
}

/* service, which it takes over, or NULL: it was said. */
static struct service *
sealed(struct unpacking *unpacking, struct service *service, const struct kept_version *given, struct str manifest,
       const char *name, struct service_problems *problems)
{
    struct err err;

    if (!service || seal(unpacking, given, manifest, name, &err))
        return service;
    say(problems, err.text);
    service_put(service);
    return NULL;
}

static const char *
name_of(struct unpacking *unpacking, const struct kept_version *given, const char *sha256)
{
    return arena_printf(unpacking->arena, "%lld-%.*s", (long long)given->timestamp_ms, HASH_SHOWN, sha256);
}

static bool
is_current_content(struct unpacking *unpacking, struct str manifest)
{
    char now[CONTENT_HASH_LEN + 1], then[CONTENT_HASH_LEN + 1];
    const char *current = versions_current(unpacking->place, unpacking->arena);
    struct str old;
    struct err err;

    if (!current || !versions_manifest(unpacking->place, current, unpacking->arena, &old, &err))
        return false;
    content_hash(manifest, now);
    content_hash(old, then);
    return strcmp(now, then) == 0;
}

/* A whole version with one function changed. NULL: it was said, or nothing changes. */
static struct service *
complete(struct unpacking *unpacking, const struct function_change *change, struct str *manifest,
         struct service_problems *problems)
{
    struct json root;
    struct err err;

    if (function_version_fill(unpacking->place, unpacking->dir, change, unpacking->arena, manifest, &err) &&
        json_parse(unpacking->arena, *manifest, &root, &err))
        return is_current_content(unpacking, *manifest)
                   ? NULL
                   : service_from_json(json_raw(json_get(root, "config")), problems);
    say(problems, err.text);
    return NULL;
}

static struct service *
complete_package(struct unpacking *unpacking, const struct package *package, struct kept_version *given,
                 struct str *manifest, struct service_problems *problems)
{
    struct function_change change = { .key = package->only,
                                      .has_code = package->function_count > 0,
                                      .has_config = true,
                                      .timestamp_ms = given->timestamp_ms };
    struct err err;

    given->function = arena_strdup(unpacking->arena, package->only);
    if (json_parse(unpacking->arena, package->manifest, &change.manifest, &err))
        return complete(unpacking, &change, manifest, problems);
    say(problems, err.text);
    return NULL;
}

/* Under a name of its own first: what it is called depends on the hash, which the reading finds. */
static struct service *
unpack(struct unpacking *unpacking, const char *artefact, struct kept_version *given, const char **name,
       struct service_problems *problems)
{
    struct package package;
    struct service *service = artefact_read(&package, artefact, put_file, unpacking, problems), *whole = NULL;
    struct str manifest = package.manifest;

    if (service && is_what_was_said(unpacking->place, given, &package, service, problems)) {
        *name = name_of(unpacking, given, package.sha256);
        given->bytes = package.bytes;
        whole = package.only ? complete_package(unpacking, &package, given, &manifest, problems) : service_get(service);
        whole = sealed(unpacking, whole, given, manifest, *name, problems);
    }
    service_put(service);
    package_fini(&package);
    return whole;
}

/* An empty directory, in the place of one that a crash may have left. */
static bool
begin(struct unpacking *unpacking, const struct kept_version *given, struct service_problems *problems)
{
    struct arena *arena = unpacking->arena;
    struct err err;

    unpacking->dir =
        versions_path(unpacking->place, arena, arena_printf(arena, "draft-%lld", (long long)given->timestamp_ms), "");
    versions_delete_tree(unpacking->dir);
    if (disk_make_parents(arena_printf(arena, "%s/", unpacking->dir), &err))
        return true;
    say(problems, err.text);
    return false;
}

struct service *
versions_unpack(const struct versions_place *place, const char *artefact, struct kept_version *given,
                struct arena *arena, const char **name, struct service_problems *problems)
{
    struct unpacking unpacking = { place, arena, NULL };
    struct service *service = NULL;

    if (begin(&unpacking, given, problems))
        service = unpack(&unpacking, artefact, given, name, problems);
    if (!service)
        versions_delete_tree(unpacking.dir);
    return service;
}

struct service *
versions_go_back(const struct versions_place *place, const char *code_from, struct kept_version *given,
                 struct arena *arena, const char **name, struct service_problems *problems)
{
    struct unpacking unpacking = { place, arena, NULL };
    struct function_change change = {
        .key = given->function, .has_code = true, .code_from = code_from, .timestamp_ms = given->timestamp_ms
    };
    struct service *service = NULL;
    struct str manifest;
    char sha256[65];
    struct err err;

    if (!versions_manifest_json(place, code_from, arena, &change.manifest, &err)) {
        say(problems, err.text);
        return NULL;
    }
    if (begin(&unpacking, given, problems))
        service = complete(&unpacking, &change, &manifest, problems);
    if (service) {
        package_sha256(manifest, sha256);
        *name = name_of(&unpacking, given, sha256);
        service = sealed(&unpacking, service, given, manifest, *name, problems);
    }
    if (!service)
        versions_delete_tree(unpacking.dir);
    return service;
}
