/* SPDX-License-Identifier: MIT */
/* From an artefact to a version on disk (versions.h): checked on the way, durable before it has its marker. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/artefact.h"
#include "deploy/versions_internal.h"
#include "host/disk.h"
#include "json/write.h"

enum { HASH_SHOWN = 8, MAX_MARKER = 4096 };

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

static bool
put_marker(struct unpacking *unpacking, const struct kept_version *given, uint64_t bytes, struct err *err)
{
    struct json_out out;
    struct buf text;
    bool is_done;

    buf_init(&text, MAX_MARKER);
    json_out_init(&out, &text);
    json_object(&out);
    json_pair_text(&out, "deployer", given->deployer);
    json_pair_int(&out, "createdAt", given->created_at);
    json_pair_int(&out, "size", (int64_t)bytes);
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

/* Under a name of its own first: what it is called depends on the hash, which the reading finds. */
static struct service *
unpack(struct unpacking *unpacking, const char *artefact, const struct kept_version *given, const char **name,
       struct service_problems *problems)
{
    struct package package;
    struct service *service = artefact_read(&package, artefact, put_file, unpacking, problems);
    const char *path;
    struct err err;
    bool is_good;

    is_good = service && is_what_was_said(unpacking->place, given, &package, service, problems);
    if (is_good) {
        *name = arena_printf(unpacking->arena, "%lld-%.*s", (long long)given->timestamp_ms, HASH_SHOWN, package.sha256);
        path = versions_path(unpacking->place, unpacking->arena, *name, "");
        is_good = put_file(unpacking, "manifest.json", package.manifest, false, &err) &&
                  put_marker(unpacking, given, package.bytes, &err);
        if (is_good && rename(unpacking->dir, path) != 0)
            is_good = err_set_errno(&err, "cannot make %s", path);
        is_good = is_good && versions_sync_dir(versions_path(unpacking->place, unpacking->arena, "", ""), &err);
        if (!is_good)
            say(problems, err.text);
    }
    package_fini(&package);
    if (is_good)
        return service;
    service_put(service);
    return NULL;
}

struct service *
versions_unpack(const struct versions_place *place, const char *artefact, const struct kept_version *given,
                struct arena *arena, const char **name, struct service_problems *problems)
{
    struct unpacking unpacking = { place, arena, NULL };
    struct service *service;
    struct err err;

    unpacking.dir = versions_path(place, arena, arena_printf(arena, "draft-%lld", (long long)given->timestamp_ms), "");
    versions_delete_tree(unpacking.dir);
    if (!disk_make_parents(arena_printf(arena, "%s/", unpacking.dir), &err)) {
        say(problems, err.text);
        return NULL;
    }
    service = unpack(&unpacking, artefact, given, name, problems);
    if (!service)
        versions_delete_tree(unpacking.dir);
    return service;
}
