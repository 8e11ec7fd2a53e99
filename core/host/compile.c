/* SPDX-License-Identifier: MIT */
/* Compiling routes on save (compile.h): which sources, in which order, what became of them. */
#include "host/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "host/compiler.h"
#include "host/diagnostic.h"
#include "host/disk.h"
#include "host/scratch.h"
#include "loop/child.h"
#include "loop/control.h"
#include "loop/watch.h"

enum { LIMIT_MS = 120 * 1000, MAX_OUTPUT_BYTES = 4 << 20, MAX_JSON_BYTES = 1 << 20 };

/* One .c file. */
struct source {
    struct compile *compile;
    struct list waiting;
    struct object object;
    struct inputs inputs; /* of its last compile; empty: unknown, so every header concerns it */
    struct arena arena;   /* inputs */
    struct child *child;  /* compiles it now */
    char *output, *rule;  /* what the child writes */
    char *scratch;        /* and what it leaves when it is killed */
    int64_t started_ms;   /* wall clock */
    bool is_outdated;     /* saved again while the child ran */
    char *path;           /* object.path */
    char file[];
};

struct compile {
    struct compile_spec spec;
    struct compiler compiler;
    struct watch *watch;
    struct child *trial;
    struct map sources; /* file -> struct source */
    struct list waiting;
    unsigned running, max_running, serial;
    bool is_started, is_posted, with_colour;
    struct message message;
};

static void pump(struct message *message);

/* ---- what people read on the terminal ---- */

static bool
colour_is_wanted(void)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (!no_colour || !*no_colour) && term && strcmp(term, "dumb") != 0;
}

static void
say(const struct source *source, const struct diagnostic *list, const char *what, int64_t elapsed_ms)
{
    struct buf text;

    buf_init(&text, MAX_JSON_BYTES);
    diagnostics_to_text(list, source->compile->with_colour, &text);
    buf_printf(&text, "%s %s %lld ms\n", source->file, what, (long long)elapsed_ms);
    fwrite(text.p, 1, text.len, source->compile->spec.is_aside ? stderr : stdout);
    fflush(stdout);
    buf_fini(&text);
}

/* ---- the end of a compile ---- */

static struct str
as_json(const struct diagnostic *list, struct buf *json)
{
    buf_init(json, MAX_JSON_BYTES);
    diagnostics_to_json(list, json);
    return json->over ? STR("[]") : buf_view(json);
}

static void
tell_compiled(const struct source *source, const struct diagnostic *list, int64_t elapsed_ms)
{
    const struct compile_spec *spec = &source->compile->spec;
    struct buf json;
    struct str warnings = as_json(list, &json);

    if (spec->events->compiled)
        spec->events->compiled(spec->arg, source->file, source->path, elapsed_ms, warnings);
    buf_fini(&json);
}

static void
tell_failed(const struct source *source, const struct diagnostic *list, const char *message)
{
    const struct compile_spec *spec = &source->compile->spec;
    struct buf json;
    struct str diagnostics = as_json(list, &json);

    if (spec->events->failed)
        spec->events->failed(spec->arg, source->file, message, diagnostics);
    buf_fini(&json);
}

/* No compiler ran. */
static void
tell_not_begun(const struct source *source, const char *message)
{
    if (!source->compile->spec.is_aside) {
        printf("%s is not compiled: %s\n", source->file, message);
        fflush(stdout);
    }
    tell_failed(source, NULL, message);
}

/* One sentence for those who see no list. */
static const char *
failure(struct arena *arena, const struct diagnostic *list, const struct child_end *end)
{
    const struct diagnostic *first = diagnostics_first_error(list);
    char how[128];

    if (first && first->line)
        return arena_printf(arena, "%s:%d: %s", first->file, first->line, first->message);
    if (first)
        return first->message;
    child_end_text(end, how, sizeof how);
    return arena_printf(arena, "the compiler said nothing and ended: %s", how);
}

static void
finish(struct source *source, const struct child_end *end)
{
    struct arena arena;
    struct diagnostic *list;

    arena_init(&arena, 0);
    list = diagnostics_read(&arena, end->output, source->compile->spec.root_dir);
    if (end->exit_code == 0 && rename(source->output, source->path) == 0) {
        arena_reset(&source->arena);
        object_note(&source->object, &source->arena, source->rule, source->compile->compiler.sdk.dir,
                    source->started_ms, &source->inputs);
        say(source, list, "compiled", end->elapsed_ms);
        tell_compiled(source, list, end->elapsed_ms);
    } else {
        const char *message = failure(&arena, list, end);

        source->inputs.count = 0; /* a header that was missing may come */
        say(source, list, "failed", end->elapsed_ms);
        tell_failed(source, list, message);
    }
    arena_fini(&arena);
}

static void
clean(struct source *source)
{
    if (source->output)
        unlink(source->output);
    if (source->rule)
        unlink(source->rule);
    if (source->scratch)
        scratch_remove(source->scratch);
    free(source->output);
    free(source->rule);
    free(source->scratch);
    source->output = source->rule = source->scratch = NULL;
}

static void
wake(struct compile *self)
{
    if (!self->is_posted)
        control_post(&self->message, pump);
    self->is_posted = true;
}

static void
on_end(void *arg, const struct child_end *end)
{
    struct source *source = arg;

    source->child = NULL;
    source->compile->running--;
    if (!source->is_outdated)
        finish(source, end);
    clean(source);
    source->is_outdated = false;
    wake(source->compile);
}

/* ---- its beginning ---- */

static bool
run_compiler(struct source *source, struct err *err)
{
    struct compile *self = source->compile;
    const char *argv[COMPILER_MAX_WORDS];
    const char *scratch;
    struct arena arena;
    struct child_spec spec = { .argv = argv,
                               .cwd = self->spec.root_dir,
                               .output_max = MAX_OUTPUT_BYTES,
                               .timeout_ms = LIMIT_MS,
                               .on_end = on_end,
                               .arg = source };
    bool is_started;

    arena_init(&arena, 0);
    source->output = mem_strdup(arena_printf(&arena, "%s.%u", source->path, ++self->serial));
    source->rule = mem_strdup(arena_printf(&arena, "%s.d", source->output));
    source->started_ms = clock_wall_ms();
    compiler_command(&self->compiler, &arena, &source->object, source->output, source->rule, argv);
    spec.file = argv[0];
    scratch = scratch_make(&arena, self->spec.data_dir, err);
    source->scratch = scratch ? mem_strdup(scratch) : NULL;
    spec.env = compiler_environment(&arena, scratch);
    is_started = scratch && disk_make_parents(source->path, err) && child_start(&spec, &source->child, err);
    arena_fini(&arena);
    if (is_started)
        self->running++;
    else
        clean(source);
    return is_started;
}

static void
begin(struct source *source)
{
    struct inputs inputs;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    if (object_is_fresh(&source->object, &arena, &inputs)) {
        arena_fini(&source->arena);
        source->arena = arena;
        source->inputs = inputs;
        tell_compiled(source, NULL, 0);
        return;
    }
    arena_fini(&arena);
    if (!run_compiler(source, &err))
        tell_not_begun(source, err.text);
}

static void
on_trial_end(void *arg, const struct child_end *end)
{
    struct compile *self = arg;

    self->trial = NULL;
    self->compiler.has_json = end->exit_code == 0;
    wake(self);
}

static bool
start_trial(struct compile *self, struct err *err)
{
    const char *argv[COMPILER_MAX_WORDS];
    struct child_spec spec = { .argv = argv, .timeout_ms = LIMIT_MS, .on_end = on_trial_end, .arg = self };

    compiler_trial(&self->compiler, argv);
    spec.file = argv[0];
    return child_start(&spec, &self->trial, err);
}

/* Who drops modules only needs none, and one may be installed later. */
static bool
has_compiler(struct compile *self, struct err *err)
{
    return self->compiler.word_count || (compiler_find(&self->compiler, err) && start_trial(self, err));
}

static void
pump(struct message *message)
{
    struct compile *self = container_of(message, struct compile, message);
    struct err err;

    self->is_posted = false;
    if (!self->is_started) {
        free(self); /* it was stopped meanwhile */
        return;
    }
    while (!self->trial && self->running < self->max_running && !list_is_empty(&self->waiting)) {
        struct source *source = LIST_ENTRY(self->waiting.next, struct source, waiting);

        if (source->child)
            return; /* killed, its end is near and wakes us */
        if (has_compiler(self, &err) && self->trial)
            return; /* so is that of the trial */
        list_remove(&source->waiting);
        if (self->compiler.word_count)
            begin(source);
        else
            tell_not_begun(source, err.text);
    }
}

static void
enqueue(struct source *source)
{
    if (!list_is_linked(&source->waiting))
        list_add_tail(&source->compile->waiting, &source->waiting);
    if (source->child) { /* the newest save wins */
        source->is_outdated = true;
        child_kill(source->child, 0);
    }
    wake(source->compile);
}

/* ---- sources ---- */

static struct source *
source_at(struct compile *self, const char *file)
{
    struct source *source = map_find(&self->sources, str_of(file));
    size_t size = strlen(file) + 1, path_size;

    if (source)
        return source;
    source = mem_alloc(sizeof *source + size);
    source->compile = self;
    memcpy(source->file, file, size);
    list_init(&source->waiting);
    arena_init(&source->arena, 0);
    path_size = strlen(self->spec.data_dir) + strlen(self->spec.folder) + size + sizeof "//.so";
    source->path = mem_alloc(path_size);
    snprintf(source->path, path_size, "%s/%s/%.*s.so", self->spec.data_dir, self->spec.folder, (int)size - 3, file);
    source->object = (struct object){ .routes_dir = self->spec.root_dir,
                                      .file = source->file,
                                      .path = source->path,
                                      .settings = self->compiler.settings };
    map_set(&self->sources, str_of(file), source);
    return source;
}

static void
source_free(struct source *source)
{
    if (source->child) {
        child_kill(source->child, 0);
        child_forget(source->child);
        source->compile->running--;
    }
    clean(source);
    list_remove(&source->waiting);
    map_remove(&source->compile->sources, str_of(source->file));
    arena_fini(&source->arena);
    free(source->path);
    free(source);
}

static void
source_gone(struct source *source)
{
    struct compile *self = source->compile;

    object_remove(&source->object);
    if (self->spec.events->gone)
        self->spec.events->gone(self->spec.arg, source->file);
    source_free(source);
    wake(self);
}

static bool
includes(const struct source *source, const char *header)
{
    if (!source->inputs.count)
        return !source->child;
    for (size_t i = 0; i < source->inputs.count; i++)
        if (strcmp(source->inputs.files[i], header) == 0)
            return true;
    return false;
}

static void
header_changed(struct compile *self, const char *header)
{
    struct map_cursor cursor = { 0, NULL };
    struct map_entry *entry;

    while ((entry = map_next(&self->sources, &cursor)))
        if (includes(entry->value, header))
            enqueue(entry->value);
}

static bool
ends_with(const char *path, const char *suffix)
{
    return str_ends(str_of(path), str_of(suffix));
}

void
compile_feed(struct compile *self, bool is_gone, const char *path)
{
    if (ends_with(path, ".h"))
        header_changed(self, path);
    else if (ends_with(path, ".c") && !is_gone)
        enqueue(source_at(self, path));
    else if (ends_with(path, ".c"))
        source_gone(source_at(self, path));
}

static void
on_file(void *arg, enum watch_event event, const char *path)
{
    compile_feed(arg, event != WATCH_CHANGED, path);
}

/* ---- interface ---- */

struct compile *
compile_start(const struct compile_spec *spec, struct err *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct compile *self = mem_alloc(sizeof *self);
    struct err missing;

    self->spec = *spec;
    self->max_running = cores > 1 ? (unsigned)cores : 1;
    self->with_colour = colour_is_wanted();
    map_init(&self->sources);
    list_init(&self->waiting);
    if (!compiler_open(&self->compiler, &spec->build, spec->data_dir, err)) {
        free(self);
        return NULL;
    }
    self->is_started = true;
    scratch_sweep(spec->data_dir);
    if (!has_compiler(self, &missing))
        log_debug("compile", "%s", missing.text); /* said of each source, if there is one */
    if (spec->is_fed || watch_start(&self->watch, spec->root_dir, on_file, self, err))
        return self;
    compile_stop(self);
    return NULL;
}

void
compile_stop(struct compile *self)
{
    struct map_cursor cursor = { 0, NULL };
    struct map_entry *entry;

    if (!self)
        return;
    self->is_started = false;
    watch_stop(self->watch);
    if (self->trial) {
        child_kill(self->trial, 0);
        child_forget(self->trial);
    }
    while ((entry = map_next(&self->sources, &cursor)))
        source_free(entry->value);
    map_fini(&self->sources);
    compiler_close(&self->compiler);
    if (!self->is_posted)
        free(self);
}

size_t
compile_pending(const struct compile *self)
{
    size_t count = self->running;

    LIST_EACH(&self->waiting, node)
    count++;
    return count;
}
