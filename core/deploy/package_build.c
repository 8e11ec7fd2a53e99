/* SPDX-License-Identifier: MIT */
/*
 * The shared objects of handlers and routes (package_internal.h). Never beside the sources: what is made goes below
 * .interlude.
 */
#include <errno.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "deploy/package_internal.h"
#include "function/service_build.h"
#include "host/compiler.h"
#include "host/disk.h"

/* Behind those of module-flags. Paths of this machine must not be in what is deployed. */
static const char *const release_flags[] = { "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", "-Wl,-z,relro,-z,now",
                                             "-Wl,--no-undefined", "-MMD" };

enum { MAX_COMMAND = 64 << 10 };

struct words {
    const char *argv[COMPILER_MAX_WORDS];
    size_t count;
};

static void
put(struct words *words, const char *word)
{
    if (words->count < COMPILER_MAX_WORDS - 1)
        words->argv[words->count++] = word;
    words->argv[words->count] = NULL;
}

static void
put_all(struct words *words, const char *const *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(words, more[i]);
}

/* A command as a person would type it. */
static const char *
command_text(struct arena *arena, const char *const *argv)
{
    struct buf text;
    const char *copy;

    buf_init(&text, MAX_COMMAND);
    for (size_t i = 0; argv[i]; i++)
        buf_printf(&text, "%s%s", i ? " " : "", argv[i]);
    copy = arena_strdup(arena, buf_text(&text));
    buf_fini(&text);
    return copy;
}

/* Its output is ours. */
static bool
run(struct package_maker *maker, const char *const *argv, const char *what)
{
    struct arena *arena = &maker->package->arena;
    posix_spawn_file_actions_t actions;
    const char **environment = compiler_environment(arena, NULL);
    int status = 0, code;
    pid_t pid;

    if (maker->options->is_verbose)
        fprintf(stderr, "%s\n", command_text(arena, argv));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, maker->dir);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    code = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
                        (char *const *)(uintptr_t)environment);
    posix_spawn_file_actions_destroy(&actions);
    if (code)
        return package_error(maker, "%s: cannot run %s: %s", what, argv[0], strerror(code));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           package_error(maker, "%s: %s", what, command_text(arena, argv));
}

/* Everything that makes another object of the same sources. */
static void
hash_settings(const struct compiler *compiler, unsigned char hash[OBJECT_KEY_BYTES])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, compiler->settings, sizeof compiler->settings, OBJECT_KEY_BYTES);
    for (size_t i = 0; i < COUNT_OF(release_flags); i++)
        crypto_generichash_update(&state, (const unsigned char *)release_flags[i], strlen(release_flags[i]) + 1);
    crypto_generichash_final(&state, hash, OBJECT_KEY_BYTES);
}

static bool
compile(struct package_maker *maker, const struct compiler *compiler, const struct object *object)
{
    struct arena *arena = &maker->package->arena;
    const char *rule = arena_printf(arena, "%s.d", object->path), *libraries[OBJECT_MAX_LIBRARIES];
    size_t library_count = object_libraries(object, arena, libraries);
    int64_t started_ms = clock_wall_ms();
    struct words words = { .count = 0 };
    struct inputs inputs;
    struct err err;

    put_all(&words, compiler->words, compiler->word_count);
    put_all(&words, compiler->sdk.flags, compiler->sdk.flag_count);
    put_all(&words, release_flags, COUNT_OF(release_flags));
    put(&words, arena_printf(arena, "-ffile-prefix-map=%s=.", maker->dir));
    put_all(&words, compiler->build.cflags, compiler->build.cflag_count);
    put(&words, "-MF");
    put(&words, rule);
    put(&words, arena_printf(arena, "-I%s", compiler->sdk.dir));
    put(&words, "-o");
    put(&words, object->path);
    put(&words, arena_printf(arena, "./%s", object->file)); /* a file may be called -x.c */
    put_all(&words, libraries, library_count);
    put_all(&words, compiler->build.libs, compiler->build.lib_count);
    if (!disk_make_parents(object->path, &err))
        return package_error(maker, "%s", err.text);
    if (!run(maker, words.argv, arena_printf(arena, "%s does not compile", object->file)))
        return false;
    object_note(object, arena, rule, compiler->sdk.dir, started_ms, &inputs);
    unlink(rule);
    return true;
}

static const char *
build_object(struct package_maker *maker, const char *source, const char *file)
{
    struct arena *arena = &maker->package->arena;
    const struct compiler_build build = service_compiler_build(maker->service, maker->dir);
    unsigned char settings[OBJECT_KEY_BYTES];
    const struct object object = { .routes_dir = maker->dir,
                                   .file = source,
                                   .path = arena_printf(arena, "%s/build/%s.so", maker->work_dir, file),
                                   .settings = settings };
    struct compiler compiler;
    struct inputs inputs;
    struct err err;
    bool is_good;

    if (!compiler_open(&compiler, &build, maker->work_dir, &err)) {
        package_error(maker, "%s", err.text);
        return NULL;
    }
    is_good = compiler_find(&compiler, &err) || package_error(maker, "%s cannot be compiled: %s", source, err.text);
    if (is_good) {
        hash_settings(&compiler, settings);
        is_good = object_is_fresh(&object, arena, &inputs) || compile(maker, &compiler, &object);
    }
    compiler_close(&compiler);
    return is_good ? object.path : NULL;
}

static bool
is_older(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec < b->st_mtim.tv_sec ||
           (a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec < b->st_mtim.tv_nsec);
}

/* custom.interlude.build.command makes all of them. */
bool
package_run_command(struct package_maker *maker)
{
    const char *const argv[] = { "/bin/sh", "-c", maker->service->build.command, NULL };

    return !maker->service->build.command || run(maker, argv, "custom.interlude.build.command failed");
}

const char *
package_build(struct package_maker *maker, const char *label, const char *stem)
{
    struct arena *arena = &maker->package->arena;
    const char *made = arena_printf(arena, "%s/%s.so", maker->dir, stem);
    const char *source = arena_printf(arena, "%s.c", stem);
    struct stat object, text;
    bool has_object = stat(made, &object) == 0;
    bool has_source = stat(arena_printf(arena, "%s/%s", maker->dir, source), &text) == 0;

    if (has_source && !maker->service->build.command && (!has_object || is_older(&object, &text)))
        return build_object(maker, source, stem);
    if (has_object)
        return made;
    package_error(maker, "%s: there is neither %s.so nor %s", label, stem, source);
    return NULL;
}
