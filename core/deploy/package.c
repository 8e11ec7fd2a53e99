/* SPDX-License-Identifier: MIT */
/* The artefact of a service (package.h): checks, manifest, archive. */
#include "deploy/package.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "deploy/artefact.h"
#include "deploy/archive.h"
#include "deploy/module_file.h"
#include "deploy/package_internal.h"
#include "host/disk.h"
#include "json/peek.h"
#include "json/validate.h"
#include "json/write.h"

bool
package_error(struct package_maker *maker, const char *fmt, ...)
{
    struct arena scratch;
    va_list args;

    arena_init(&scratch, 0);
    va_start(args, fmt);
    service_error(maker->problems, (struct place){ NULL, 0, 0 }, "%s", arena_vprintf(&scratch, fmt, args));
    va_end(args);
    arena_fini(&scratch);
    return false;
}

void
package_sha256(struct str bytes, char hex[65])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, (const unsigned char *)bytes.p, bytes.len);
    sodium_bin2hex(hex, 65, hash, sizeof hash);
}

/* ---- modules ---- */

static bool
add_function(struct package_maker *maker, const struct service_function *function, struct package_function *made)
{
    struct arena *arena = &maker->package->arena;
    const char *label = arena_printf(arena, "functions.%s", function->key);
    const char *object = package_build(maker, label, function->file);
    struct arena scratch;
    struct str bytes;
    struct err err;
    bool is_good;

    *made = (struct package_function){ .key = function->key,
                                       .file = arena_printf(arena, "%s.so", function->file),
                                       .symbol = function->symbol };
    if (!object)
        return false;
    arena_init(&scratch, 0);
    is_good =
        disk_read(&scratch, object, PACKAGE_MAX_FILE, &bytes, &err) || package_error(maker, "%s: %s", label, err.text);
    is_good = is_good && package_check_module(maker, arena_printf(arena, "%s: %s", label, made->file), made->symbol,
                                              bytes, &made->abi);
    arena_fini(&scratch);
    return is_good &&
           (package_find_file(maker, made->file, maker->file_count) || package_add_file(maker, made->file, object));
}

/* What does not compile is said once, also when several functions are in it. */
static bool
was_said(const struct package *package, const char *stem, size_t count)
{
    size_t len = strlen(stem);

    for (size_t i = 0; i < count; i++)
        if (!package->functions[i].abi && strncmp(package->functions[i].file, stem, len) == 0 &&
            strcmp(package->functions[i].file + len, ".so") == 0)
            return true;
    return false;
}

static bool
add_functions(struct package_maker *maker)
{
    struct package *package = maker->package;
    const struct service *service = maker->service;
    bool is_good = true;

    package->functions = arena_alloc(&package->arena, (service->function_count + 1) * sizeof *package->functions);
    package->function_count = service->function_count;
    for (size_t i = 0; i < service->function_count; i++)
        is_good = !was_said(package, service->functions[i].file, i) &&
                  add_function(maker, &service->functions[i], &package->functions[i]) && is_good;
    return is_good;
}

static bool
add_only_function(struct package_maker *maker)
{
    struct package *package = maker->package;
    const struct service *service = maker->service;
    const char *key = maker->options->only;
    size_t i = 0;

    while (i < service->function_count && strcmp(service->functions[i].key, key) != 0)
        i++;
    if (i == service->function_count)
        return package_error(maker, "there is no function %s in the service %s", key, service->name);
    package->only = arena_strdup(&package->arena, key);
    package->functions = arena_alloc(&package->arena, sizeof *package->functions);
    package->function_count = maker->options->is_config_only ? 0 : 1;
    return maker->options->is_config_only || add_function(maker, &service->functions[i], package->functions);
}

static bool
add_all(struct package_maker *maker)
{
    return add_functions(maker) && package_add_routes(maker) && package_collect(maker);
}

/* ---- contents ---- */

static bool
hash_file(struct package_maker *maker, struct package_file *file)
{
    struct arena scratch;
    struct str bytes;
    struct err err;
    bool is_read;

    arena_init(&scratch, 0);
    is_read = disk_read(&scratch, file->source, PACKAGE_MAX_FILE, &bytes, &err);
    if (is_read) {
        file->bytes = bytes.len;
        package_sha256(bytes, file->sha256);
        maker->package->file_bytes += bytes.len;
    }
    arena_fini(&scratch);
    return is_read || package_error(maker, "%s", err.text);
}

static void
hash_modules(struct package_maker *maker)
{
    struct package *package = maker->package;

    for (size_t i = 0; i < package->function_count; i++) {
        const struct package_file *file = package_find_file(maker, package->functions[i].file, maker->file_count);

        package->functions[i].sha256 = arena_strdup(&package->arena, file->sha256);
        package->functions[i].bytes = file->bytes;
    }
    for (size_t i = 0; i < package->route_count; i++) {
        const struct package_file *file = package_find_file(maker, package->routes[i].file, maker->file_count);

        package->routes[i].sha256 = arena_strdup(&package->arena, file->sha256);
        package->routes[i].bytes = file->bytes;
    }
}

static bool
hash_files(struct package_maker *maker)
{
    struct package *package = maker->package;
    bool is_good = true;

    for (size_t i = 0; i < maker->file_count && is_good; i++) {
        is_good = hash_file(maker, &maker->files[i]);
        if (is_good && package->file_bytes > PACKAGE_MAX_UNPACKED)
            is_good = package_error(maker, "the files have more than %d MiB together; package.patterns leaves some out",
                                    PACKAGE_MAX_UNPACKED >> 20);
    }
    if (is_good)
        hash_modules(maker);
    package->file_count = maker->file_count;
    return is_good;
}

/* ---- manifest.json ---- */

/* "GCC: (Debian 12.2.0-14) 12.2.0" -> "gcc 12.2.0" */
static const char *
compiler_name(const struct package_maker *maker)
{
    const char *said = maker->compiler, *last;

    if (!said)
        return NULL;
    if (strncmp(said, "GCC:", 4) != 0)
        return said;
    last = strrchr(said, ' ');
    return last ? arena_printf(&maker->package->arena, "gcc%s", last) : said;
}

static void
put_functions(struct json_out *out, const struct package *package)
{
    json_name(out, "functions");
    json_object(out);
    for (size_t i = 0; i < package->function_count; i++) {
        const struct package_function *function = &package->functions[i];

        json_name_str(out, str_of(function->key));
        json_object(out);
        json_pair_text(out, "file", function->file);
        json_pair_text(out, "symbol", function->symbol);
        json_pair_text(out, "sha256", function->sha256);
        json_pair_int(out, "abi", function->abi);
        json_object_end(out);
    }
    json_object_end(out);
}

/* Only if there are any. */
static void
put_routes(struct json_out *out, const struct package *package)
{
    if (!package->route_count)
        return;
    json_name(out, "routes");
    json_object(out);
    for (size_t i = 0; i < package->route_count; i++) {
        json_name_str(out, str_of(package->routes[i].file));
        json_object(out);
        json_pair_text(out, "sha256", package->routes[i].sha256);
        json_pair_int(out, "abi", package->routes[i].abi);
        json_object_end(out);
    }
    json_object_end(out);
}

static void
put_files(struct json_out *out, const struct package_maker *maker)
{
    json_name(out, "files");
    json_object(out);
    for (size_t i = 0; i < maker->file_count; i++) {
        json_name_str(out, str_of(maker->files[i].name));
        json_object(out);
        json_pair_text(out, "sha256", maker->files[i].sha256);
        json_pair_int(out, "size", (int64_t)maker->files[i].bytes);
        json_object_end(out);
    }
    json_object_end(out);
}

static void
put_manifest(struct buf *text, const struct package_maker *maker, int64_t timestamp_ms)
{
    const struct service *service = maker->service;
    struct json_out out;

    json_out_init(&out, text);
    json_object(&out);
    json_pair_int(&out, "format", 1);
    json_pair_text(&out, "service", service->name);
    json_pair_text(&out, "stage", service->stage);
    json_pair_int(&out, "timestamp", timestamp_ms);
    if (maker->package->only)
        json_pair_text(&out, "only", maker->package->only);
    json_pair_raw(&out, "config", service->config);
    put_functions(&out, maker->package);
    put_routes(&out, maker->package);
    put_files(&out, maker);
    json_name(&out, "built");
    json_object(&out);
    json_pair_text(&out, "cc", compiler_name(maker));
    json_pair_text(&out, "glibc", gnu_get_libc_version());
    json_pair_text(&out, "arch", module_machine_name(module_own_machine()));
    json_object_end(&out);
    json_object_end(&out);
    buf_char(text, '\n');
}

static int64_t
now_ms(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end;
    long long seconds = epoch ? strtoll(epoch, &end, 10) : 0;

    return epoch && *epoch && !*end && seconds > 0 && seconds < INT64_MAX / 1000 ? seconds * 1000 : clock_wall_ms();
}

/*
 * The same content again is the same package: then the time is that of the last one, which its manifest, kept beside
 * it, says.
 */
static bool
make_manifest(struct package_maker *maker, const char *beside)
{
    struct package *package = maker->package;
    struct str last, stamp;
    struct buf text;

    package->timestamp_ms = maker->options->timestamp_ms;
    buf_init(&text, PACKAGE_MAX_MANIFEST);
    if (!package->timestamp_ms && disk_read(&package->arena, beside, PACKAGE_MAX_MANIFEST, &last, NULL) &&
        json_validate(last, 0, NULL, NULL) && (stamp = json_peek(last, "timestamp")).len) {
        package->timestamp_ms = strtoll(stamp.p, NULL, 10);
        put_manifest(&text, maker, package->timestamp_ms);
        if (!str_eq(buf_view(&text), last))
            package->timestamp_ms = 0;
    }
    if (!package->timestamp_ms)
        package->timestamp_ms = now_ms();
    buf_clear(&text);
    put_manifest(&text, maker, package->timestamp_ms);
    package->manifest = (struct str){ arena_strndup(&package->arena, text.p, text.len), text.len };
    if (text.over)
        package_error(maker, "the manifest has more than %d MiB", PACKAGE_MAX_MANIFEST >> 20);
    buf_fini(&text);
    return package->manifest.len < PACKAGE_MAX_MANIFEST;
}

/* ---- the archive ---- */

static bool
put_file(struct package_maker *maker, struct archive_file *archive, const struct package_file *file)
{
    struct arena scratch;
    struct str bytes;
    char sha256[65];
    struct err err;
    bool is_good;

    arena_init(&scratch, 0);
    is_good = disk_read(&scratch, file->source, PACKAGE_MAX_FILE, &bytes, &err) || package_error(maker, "%s", err.text);
    if (is_good) {
        package_sha256(bytes, sha256);
        if (strcmp(sha256, file->sha256) != 0)
            is_good = package_error(maker, "%s was changed while it was packed; try again", file->name);
        else if (!archive_put(archive, file->name, bytes, file->is_executable, &err))
            is_good = package_error(maker, "cannot pack %s: %s", file->name, err.text);
    }
    arena_fini(&scratch);
    return is_good;
}

static bool
write_archive(struct package_maker *maker, const char *path)
{
    struct err err;
    struct archive_file *archive = archive_create(path, &err);
    bool is_good = (archive && archive_put(archive, "manifest.json", maker->package->manifest, false, &err)) ||
                   package_error(maker, "cannot write %s: %s", path, err.text);

    for (size_t i = 0; i < maker->file_count && is_good; i++)
        is_good = put_file(maker, archive, &maker->files[i]);
    if (is_good && !archive_finish(archive, &err))
        is_good = package_error(maker, "cannot write %s: %s", path, err.text);
    archive_close(archive);
    return is_good;
}

static bool
finish(struct package_maker *maker, const char *draft)
{
    struct package *package = maker->package;
    struct arena scratch;
    struct str bytes;
    char sha256[65];
    struct err err;
    bool is_good;

    arena_init(&scratch, 0);
    is_good = disk_read(&scratch, draft, (size_t)PACKAGE_MAX_BYTES, &bytes, NULL) ||
              package_error(maker, "the package has more than %d MiB", PACKAGE_MAX_BYTES >> 20);
    if (is_good) {
        package_sha256(bytes, sha256);
        package->bytes = bytes.len;
        package->sha256 = arena_strdup(&package->arena, sha256);
        if (rename(draft, package->path) < 0) {
            err_set_errno(&err, "cannot write %s", package->path);
            is_good = package_error(maker, "%s", err.text);
        }
    }
    arena_fini(&scratch);
    return is_good;
}

static bool
make_archive(struct package_maker *maker)
{
    struct package *package = maker->package;
    const char *base =
        arena_printf(&package->arena, "%s/%s-%s%s%s", maker->out_dir, maker->service->name, maker->service->stage,
                     package->only ? "-" : "", package->only ? package->only : "");
    const char *beside = arena_printf(&package->arena, "%s.json", base);
    const char *draft = arena_printf(&package->arena, "%s.tgz.%d", base, getpid());
    struct err err;
    bool is_good;

    package->path = arena_printf(&package->arena, "%s.tgz", base);
    if (!disk_make_parents(package->path, &err))
        return package_error(maker, "%s", err.text);
    is_good = make_manifest(maker, beside) && write_archive(maker, draft) && finish(maker, draft);
    if (!is_good)
        unlink(draft);
    else if (!disk_write(beside, package->manifest, &err))
        is_good = package_error(maker, "%s", err.text);
    return is_good;
}

/* ---- all of it ---- */

static bool
open_dirs(struct package_maker *maker)
{
    struct arena *arena = &maker->package->arena;
    char dir[PATH_MAX], cwd[PATH_MAX];
    const char *out = maker->options->out_dir;

    if (!realpath(maker->options->dir, dir) || !getcwd(cwd, sizeof cwd))
        return package_error(maker, "cannot find the directory %s: %s", maker->options->dir, strerror(errno));
    maker->dir = arena_strdup(arena, dir);
    maker->work_dir = arena_printf(arena, "%s/.interlude", dir);
    if (!out)
        maker->out_dir = maker->work_dir;
    else
        maker->out_dir = disk_tidy(arena, *out == '/' ? out : arena_printf(arena, "%s/%s", cwd, out));
    return true;
}

static bool
refuse_artifacts(struct package_maker *maker)
{
    const struct service *service = maker->service;
    bool is_good = true;

    for (size_t i = 0; i < service->function_count; i++)
        if (service->functions[i].artifact)
            is_good = package_error(maker,
                                    "functions.%s.package.artifact: functions of a service are packed together; leave "
                                    "it out",
                                    service->functions[i].key);
    return is_good;
}

/* package.artifact: it was made before; what is in it counts, not what is in the directory. */
static bool
take_artifact(struct package_maker *maker)
{
    const struct service *wanted = maker->service;
    struct service *service;
    char path[PATH_MAX];
    bool is_good;

    snprintf(path, sizeof path, "%s%s%s", *wanted->artifact == '/' ? "" : maker->options->dir,
             *wanted->artifact == '/' ? "" : "/", wanted->artifact);
    package_fini(maker->package);
    service = artefact_read(maker->package, path, NULL, NULL, maker->problems);
    if (!service)
        return false;
    if (maker->options->only)
        is_good = package_error(maker, "package.artifact holds the whole service: deploy that");
    else
        is_good =
            (strcmp(service->name, wanted->name) == 0 && strcmp(service->stage, wanted->stage) == 0) ||
            package_error(maker, "package.artifact: %s is of %s for stage %s", path, service->name, service->stage);
    service_put(service);
    return is_good;
}

bool
package_make(struct package *package, const struct service *service, const struct package_options *options,
             struct service_problems *problems)
{
    struct package_maker maker = { .package = package, .service = service, .options = options, .problems = problems };
    bool is_good;

    *package = (struct package){ .path = NULL };
    arena_init(&package->arena, 0);
    if (!refuse_artifacts(&maker))
        return false;
    if (service->artifact)
        return take_artifact(&maker);
    maker.files = mem_alloc(PACKAGE_MAX_FILES * sizeof *maker.files);
    is_good = open_dirs(&maker) && package_run_command(&maker) &&
              (options->only ? add_only_function(&maker) : add_all(&maker)) && hash_files(&maker) &&
              make_archive(&maker);
    free(maker.files);
    return is_good;
}

void
package_fini(struct package *package)
{
    arena_fini(&package->arena);
}
