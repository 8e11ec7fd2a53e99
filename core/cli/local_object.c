/* SPDX-License-Identifier: MIT */
/* From source to object (local_object.h). */
#include "cli/local_object.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/compile.h"
#include "loop/child.h"
#include "loop/control.h"

/* ---- our compiler */

struct building {
    struct arena *arena;
    const char *object; /* NULL: it failed */
    struct err *err;
};

static void
on_compiled(void *arg, const char *file, const char *object, int64_t elapsed_ms, struct str warnings)
{
    struct building *building = arg;

    (void)file, (void)elapsed_ms, (void)warnings;
    building->object = arena_strdup(building->arena, object);
    control_stop();
}

static void
on_failed(void *arg, const char *file, const char *message, struct str diagnostics)
{
    struct building *building = arg;

    (void)diagnostics;
    err_set(building->err, "%s cannot be compiled: %s", file, message);
    control_stop();
}

static bool
compile_source(struct arena *arena, const struct local_source *source, const char *file, const char **object,
               struct err *err)
{
    static const struct compile_events events = { .compiled = on_compiled, .failed = on_failed };
    struct building building = { .arena = arena, .err = err };
    struct compile *compile = compile_start(&(struct compile_spec){ .root_dir = source->root,
                                                                    .data_dir = source->data_dir,
                                                                    .folder = source->folder,
                                                                    .events = &events,
                                                                    .arg = &building,
                                                                    .build = source->build,
                                                                    .is_fed = true,
                                                                    .is_aside = true },
                                            err);

    if (!compile)
        return false;
    compile_feed(compile, false, file);
    control_run();
    compile_stop(compile);
    *object = building.object;
    return building.object != NULL;
}

/* What was compiled before, if it still is what the sources say: much cheaper to ask than to start a compiler for. */
static bool
find_fresh(struct arena *arena, const struct local_source *source, const char *file, const char **object)
{
    const char *path = arena_printf(arena, "%s/%s/%s.so", source->data_dir, source->folder, source->stem);
    struct compiler compiler;
    struct inputs inputs;
    struct err ignored; /* compile_source says it */
    bool is_fresh;

    if (!compiler_open(&compiler, &source->build, source->data_dir, &ignored))
        return false;
    is_fresh =
        compiler_find(&compiler, &ignored) &&
        object_is_fresh(
            &(struct object){ .routes_dir = source->root, .file = file, .path = path, .settings = compiler.settings },
            arena, &inputs);
    compiler_close(&compiler);
    if (is_fresh)
        *object = path;
    return is_fresh;
}

/* ---- a command of the service */

static void
on_line(void *arg, struct str line)
{
    (void)arg;
    fprintf(stderr, "%.*s\n", STR_ARG(line));
}

static void
on_end(void *arg, const struct child_end *end)
{
    *(int *)arg = end->exit_code;
    control_stop();
}

static bool
run_command(const struct local_source *source, struct err *err)
{
    const char *const argv[] = { "/bin/sh", "-c", source->command, NULL };
    struct child *child;
    int code = -1;

    if (!child_start(&(struct child_spec){ .file = argv[0],
                                           .argv = argv,
                                           .cwd = source->root,
                                           .on_line = on_line,
                                           .on_end = on_end,
                                           .arg = &code },
                     &child, err))
        return false;
    control_run();
    return code == 0 || err_set(err, "custom.interlude.build.command failed: %s", source->command);
}

/* ---- either */

/* Is the source there, and the object not, or older? */
static bool
is_newer(const char *source, const char *object)
{
    struct stat a, b;

    if (stat(source, &a) != 0)
        return false;
    return stat(object, &b) != 0 || a.st_mtim.tv_sec > b.st_mtim.tv_sec ||
           (a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec >= b.st_mtim.tv_nsec);
}

bool
local_object(struct arena *arena, const struct local_source *source, const char **object, struct err *err)
{
    const char *file = arena_printf(arena, "%s.c", source->stem);
    const char *made = arena_printf(arena, "%s/%s.so", source->root, source->stem);

    if (source->command && !run_command(source, err))
        return false;
    if (!source->command && is_newer(arena_printf(arena, "%s/%s", source->root, file), made))
        return find_fresh(arena, source, file, object) || compile_source(arena, source, file, object, err);
    *object = access(made, R_OK) == 0 ? made : NULL;
    return true;
}
