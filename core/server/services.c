/* SPDX-License-Identifier: MIT */
/* From files to a live service (services.h). Reading is service_reading.h. */
#include "server/services.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "deploy/info.h"
#include "deploy/service_live.h"
#include "function/call.h"
#include "function/service_build.h"
#include "host/compile.h"
#include "host/prepare.h"
#include "loop/control.h"
#include "loop/watch.h"
#include "server/service_command.h"
#include "server/service_reading.h"

enum { MAX_TEXT = 256 << 10, MAX_PATH = 4096 };
static const double LOOK_SECONDS = 1;

/* A file that handlers name: "dist/quote", as dist/quote.so or made of dist/quote.c. */
enum unit_state { UNIT_NEW, UNIT_COMPILING, UNIT_THERE, UNIT_FAILED };

struct unit {
    enum unit_state state;
    bool is_compiled;
    char *object; /* what is staged */
    char file[];
};

/* A service on its way to be live: each function's module is looked for, staged and probed. */
struct next {
    struct reading *reading;
    struct service_modules *modules;
    bool *is_begun;
    size_t pending; /* prepare_start without its answer */
};

static struct {
    const struct server *server;
    const char *dir;
    struct watch *watch;
    struct compile *compile;
    struct reading *built;  /* whose settings the compiler has */
    struct map units;       /* file -> struct unit */
    struct reading *latest; /* the last valid one; NULL: none yet */
    struct reading *shown;  /* the last one, valid or not: its files are watched */
    struct reading *warned; /* the last one that came as far as its warnings */
    struct next *next;      /* NULL: nothing is on its way */
    struct service_live *live;
    struct message begin; /* posted: look at everything once in this turn */
    bool is_begin_posted;
    bool is_reading, has_changed; /* the files; again while they are read */
    bool is_outdated;             /* modules or reading changed since `next` began */
    bool is_stopped;
    struct buf printed;
    ev_timer look;
    uint64_t hidden; /* hidden_state() of what is shown */
} self;

static void advance(void);
static void ask_begin(void);

/* ---- units */

static bool
mtime_of(const char *file, const char *suffix, struct timespec *time)
{
    char path[MAX_PATH];
    struct stat st;

    if (snprintf(path, sizeof path, "%s%s%s%s", *file == '/' ? "" : self.dir, *file == '/' ? "" : "/", file, suffix) >=
            MAX_PATH ||
        stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    *time = st.st_mtim;
    return true;
}

static bool
is_newer(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static void
problem(enum problem_kind kind, const char *file, const char *message, struct str diagnostics)
{
    fprintf(stderr, "%s\n", message);
    problem_set(native_problems(), kind, file, NULL, self.latest != NULL, diagnostics, message);
}

static void on_compiled(void *arg, const char *file, const char *object, int64_t elapsed_ms, struct str warnings);
static void on_failed(void *arg, const char *file, const char *message, struct str diagnostics);
static void on_source_gone(void *arg, const char *file);

static struct compiler_build
build_of(const struct reading *reading)
{
    return service_compiler_build(reading->service, self.dir);
}

static bool
start_compiler(struct err *err)
{
    static const struct compile_events events = { .compiled = on_compiled,
                                                  .failed = on_failed,
                                                  .gone = on_source_gone };

    if (self.compile)
        return true;
    if (!self.latest)
        return err_set(err, "there is no valid serverless.yml");
    self.compile = compile_start(&(struct compile_spec){ .root_dir = self.dir,
                                                         .data_dir = self.server->config->data,
                                                         .folder = "build-service",
                                                         .events = &events,
                                                         .build = build_of(self.latest),
                                                         .is_fed = true },
                                 err);
    if (self.compile)
        self.built = reading_get(self.latest);
    return self.compile != NULL;
}

static void
stop_compiler(void)
{
    compile_stop(self.compile);
    self.compile = NULL;
    reading_put(self.built);
    self.built = NULL;
}

static bool
is_same_list(const char *const *a, size_t a_count, const char *const *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && a_count == b_count; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return a_count == b_count;
}

static bool
is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
is_same_build(const struct reading *a, const struct reading *b)
{
    struct compiler_build left = build_of(a), right = build_of(b);

    return is_same_text(left.cc, right.cc) &&
           is_same_list(left.cflags, left.cflag_count, right.cflags, right.cflag_count) &&
           is_same_list(left.libs, left.lib_count, right.libs, right.lib_count);
}

/* custom.interlude.build.command; NULL: sources are compiled here. */
static const char *
own_command(void)
{
    return self.latest ? self.latest->service->build.command : NULL;
}

static void
unit_set_object(struct unit *unit, const char *object)
{
    char *copy = object ? mem_strdup(object) : NULL;

    free(unit->object);
    unit->object = copy;
}

/* Which of the two files it is made of now: the source, unless the object is newer. */
static void
unit_look(struct unit *unit)
{
    char source[MAX_PATH], object[MAX_PATH];
    struct timespec of_source, of_object;
    bool has_source = mtime_of(unit->file, ".c", &of_source), has_object = mtime_of(unit->file, ".so", &of_object);
    struct err err;

    snprintf(source, sizeof source, "%s.c", unit->file);
    snprintf(object, sizeof object, "%s/%s.so", self.dir, unit->file);
    unit->is_compiled = has_source && !own_command() && (!has_object || !is_newer(of_object, of_source));
    if (!unit->is_compiled)
        problem_clear(native_problems(), PROBLEM_COMPILE, source);
    if (unit->is_compiled && start_compiler(&err)) {
        unit->state = UNIT_COMPILING;
        compile_feed(self.compile, false, source);
    } else if (unit->is_compiled) {
        unit->state = UNIT_FAILED;
        problem(PROBLEM_COMPILE, source, err.text, STR(""));
    } else {
        unit->state = has_object ? UNIT_THERE : UNIT_FAILED;
        unit_set_object(unit, object);
    }
    ask_begin();
}

static struct unit *
unit_of(const char *file)
{
    struct unit *unit = map_find(&self.units, str_of(file));
    size_t size = strlen(file) + 1;

    if (unit)
        return unit;
    unit = mem_alloc(sizeof *unit + size);
    memcpy(unit->file, file, size);
    map_set(&self.units, str_of(file), unit);
    return unit;
}

/* "dist/quote.c" -> its unit; NULL: no handler names it. */
static struct unit *
unit_of_path(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot ? map_find(&self.units, (struct str){ path, (size_t)(dot - path) }) : NULL;
}

static void
on_compiled(void *arg, const char *file, const char *object, int64_t elapsed_ms, struct str warnings)
{
    struct unit *unit = unit_of_path(file);

    (void)arg, (void)elapsed_ms, (void)warnings;
    problem_clear(native_problems(), PROBLEM_COMPILE, file);
    if (!unit || !unit->is_compiled)
        return;
    unit->state = UNIT_THERE;
    unit_set_object(unit, object);
    ask_begin();
}

static void
on_failed(void *arg, const char *file, const char *message, struct str diagnostics)
{
    struct unit *unit = unit_of_path(file);

    (void)arg;
    if (!unit || !unit->is_compiled)
        return;
    unit->state = UNIT_FAILED;
    problem_set(native_problems(), PROBLEM_COMPILE, file, NULL, self.latest != NULL, diagnostics, message);
    ask_begin();
}

static void
on_source_gone(void *arg, const char *file)
{
    (void)arg;
    problem_clear(native_problems(), PROBLEM_COMPILE, file);
}

/* ---- one function's module */

struct preparing {
    struct next *next;
    size_t index;
};

static const struct service_function *
function_at(const struct next *next, size_t i)
{
    return &next->reading->service->functions[i];
}

/* It cannot be had: the version that serves goes on. */
static void
keep_last(struct next *next, size_t i, const char *why)
{
    const struct service_function *function = function_at(next, i);
    struct service_modules *modules = next->modules;
    struct version *last = service_live_version(self.live, &modules->items[i], &modules->slots[i]);
    char message[1024];

    modules->versions[i] = last ? version_get(last) : NULL;
    if (!why)
        return;
    snprintf(message, sizeof message, "%s cannot be run: %s.%s", function->name, why,
             last ? " The version before it still serves." : "");
    problem(PROBLEM_MODULE, function->name, message, STR(""));
}

static void
on_prepared(void *arg, struct version *version, const struct err *err)
{
    struct preparing *preparing = arg;
    struct next *next = preparing->next;
    size_t i = preparing->index;
    const struct service_function *function = function_at(next, i);
    struct err why = version ? (struct err){ "" } : *err;

    free(preparing);
    next->pending--;
    if (version && prepare_find_symbol(version, function->symbol, &next->modules->slots[i], &why)) {
        problem_clear(native_problems(), PROBLEM_MODULE, function->name);
        next->modules->versions[i] = version;
    } else {
        char text[sizeof why.text + 300];

        snprintf(text, sizeof text, "%s: %s", function->handler, why.text);
        keep_last(next, i, text);
        if (version)
            version_put(version);
    }
    advance();
}

static void
prepare(struct next *next, size_t i, const struct unit *unit)
{
    const struct service_function *function = function_at(next, i);
    struct version_setting setting = { .environment = (const char *const *)next->reading->environments[i],
                                       .memory_limit_bytes = (int64_t)function->memory_mb << 20,
                                       .root = self.dir };
    struct preparing *preparing = mem_alloc(sizeof *preparing);

    *preparing = (struct preparing){ next, i };
    next->pending++;
    prepare_start(&(struct prepare_spec){ .name = next->modules->items[i].name,
                                          .path = unit->object,
                                          .setting = &setting,
                                          .done = on_prepared,
                                          .arg = preparing });
}

/* false: its source is being compiled. */
static bool
begin_function(struct next *next, size_t i)
{
    const struct service_function *function = function_at(next, i);
    struct unit *unit = unit_of(function->file);
    char why[2 * SERVICE_MAX_PATH];

    if (service_command_is_running())
        return false;
    if (unit->state == UNIT_NEW)
        unit_look(unit);
    if (unit->state == UNIT_COMPILING)
        return false;
    next->is_begun[i] = true;
    if (unit->state == UNIT_THERE) {
        prepare(next, i, unit);
    } else if (unit->is_compiled) { /* the compiler has said why */
        keep_last(next, i, NULL);
    } else {
        snprintf(why, sizeof why, "there is neither %s.c nor %s.so", function->file, function->file);
        keep_last(next, i, why);
    }
    return true;
}

/* ---- all of them */

static void
next_free(struct next *next)
{
    service_modules_free(next->modules);
    free(next->is_begun);
    reading_put(next->reading);
    free(next);
}

static void
print_block(const struct service *service)
{
    struct buf text;

    buf_init(&text, MAX_TEXT);
    info_block(service, self.server->config->app_url, self.server->config->aws_urls, &text);
    if (!str_eq(buf_view(&text), buf_view(&self.printed))) {
        printf("%s", buf_text(&text));
        fflush(stdout);
        buf_clear(&self.printed);
        buf_put(&self.printed, text.p, text.len);
    }
    buf_fini(&text);
}

static void
on_keys(void *arg, const struct key_shown *shown, size_t count, const struct err *err)
{
    (void)arg;
    if (err && err->text[0])
        log_error("service", "its keys could not be stored: %s", err->text);
    for (size_t i = 0; i < count; i++)
        if (shown[i].value)
            printf("api key: %s: %s\n", shown[i].name, shown[i].value);
    fflush(stdout);
}

static void
go_live(struct next *next)
{
    struct reading *reading = next->reading;

    self.next = NULL;
    service_live_set(self.live, next->modules, self.server->config->aws_urls);
    next->modules = NULL;
    print_block(reading->service);
    next_free(next);
}

static void
advance(void)
{
    struct next *next = self.next;
    bool is_whole = true;

    if (!next || self.is_stopped)
        return;
    for (size_t i = 0; i < next->reading->service->function_count; i++)
        if (!next->is_begun[i])
            is_whole &= begin_function(next, i);
    if (!is_whole || next->pending)
        return;
    go_live(next);
    if (self.is_outdated)
        ask_begin();
}

static void
begin(struct message *message)
{
    size_t count;

    (void)message;
    self.is_begin_posted = false;
    if (self.is_stopped || !self.latest)
        return;
    if (self.next) { /* what has changed since it began comes behind it */
        self.is_outdated = true;
        advance();
        return;
    }
    self.is_outdated = false;
    count = self.latest->service->function_count;
    self.next = mem_alloc(sizeof *self.next);
    self.next->reading = reading_get(self.latest);
    self.next->modules = service_modules_new(self.latest->service, (struct service_texts){ NULL, 0 });
    self.next->is_begun = mem_alloc(count + 1);
    advance();
}

static void
ask_begin(void)
{
    if (!self.is_begin_posted)
        control_post(&self.begin, begin);
    self.is_begin_posted = true;
}

/* ---- what is built otherwise than before */

/* Files are looked at again, whoever made them. */
static void
forget_units(void)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&self.units, &cursor)))
        ((struct unit *)entry->value)->state = UNIT_NEW;
    ask_begin();
}

static const char command_name[] = "custom.interlude.build.command";

static void
on_command(const char *why)
{
    char message[512];

    problem_clear(native_problems(), PROBLEM_COMPILE, command_name);
    if (why) {
        snprintf(message, sizeof message, "%s failed: %s. What it prints is in the terminal.", command_name, why);
        problem(PROBLEM_COMPILE, command_name, message, STR(""));
    }
    forget_units();
}

/* `before`: what was valid until now; NULL: nothing. */
static void
follow_build(const struct reading *before)
{
    const char *command = own_command();

    if (self.built && !is_same_build(self.built, self.latest)) {
        stop_compiler();
        forget_units();
    }
    if (command && (!before || !is_same_text(command, before->service->build.command)))
        service_command_run(command, self.dir, on_command);
    else if (!command && before && before->service->build.command) {
        problem_clear(native_problems(), PROBLEM_COMPILE, command_name);
        forget_units();
    }
}

/* ---- the configuration */

static void read_again(void);

static uint64_t hidden_state(void);

static const char *
config_name(void)
{
    return self.server->service->file ? self.server->service->file : "serverless.yml";
}

static void
on_read(struct reading *reading)
{
    const char *name = config_name();
    struct reading *before;

    self.is_reading = false;
    if (self.is_stopped || self.has_changed) { /* the newest state counts */
        reading_put(reading);
        if (!self.is_stopped)
            read_again();
        return;
    }
    reading_print(reading, self.shown, self.warned);
    if (reading->warning_count || !reading->summary) { /* what cannot be read at all has no warnings */
        reading_put(self.warned);
        self.warned = reading_get(reading);
    }
    reading_put(self.shown);
    self.shown = reading;
    self.hidden = hidden_state();
    if (reading->summary) {
        problem_set(native_problems(), PROBLEM_COMPILE, name, NULL, self.latest != NULL, str_of(reading->diagnostics),
                    reading->summary);
        if (self.latest)
            fprintf(stderr, "%s is not taken; the version before it still serves.\n", name);
        return;
    }
    problem_clear(native_problems(), PROBLEM_COMPILE, name);
    before = self.latest;
    self.latest = reading_get(reading);
    follow_build(before);
    reading_put(before);
    ask_begin();
}

static void
read_again(void)
{
    self.has_changed = self.is_reading;
    if (self.is_reading)
        return;
    self.is_reading = true;
    reading_start(self.server, self.dir, on_read);
}

static bool
is_config(const char *path)
{
    static const char *const names[] = { "serverless.yml", "serverless.yaml", "serverless.json" };
    const char *wanted = self.server->service->file;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(path, wanted ? wanted : names[i]) == 0)
            return true;
    for (size_t i = 0; self.shown && self.shown->files[i]; i++)
        if (strcmp(path, self.shown->files[i]) == 0)
            return true;
    return false;
}

/* The last of its names has gone: nothing is served any more. */
static bool
has_config(void)
{
    const char *wanted = self.server->service->file;
    struct timespec time;

    if (wanted)
        return mtime_of(wanted, "", &time);
    return mtime_of("serverless", ".yml", &time) || mtime_of("serverless", ".yaml", &time) ||
           mtime_of("serverless", ".json", &time);
}

static void
forget_service(void)
{
    problem_clear(native_problems(), PROBLEM_COMPILE, config_name());
    if (self.latest)
        fprintf(stderr, "%s (%s) is not served any more: its file has gone.\n", self.latest->service->name,
                self.latest->service->stage);
    reading_put(self.latest);
    self.latest = NULL;
    service_live_end(self.live);
    buf_clear(&self.printed);
}

static void
on_file(void *arg, enum watch_event event, const char *path)
{
    struct unit *unit = unit_of_path(path);
    bool is_gone = event != WATCH_CHANGED, is_source = str_ends(str_of(path), STR(".c"));
    bool is_header = str_ends(str_of(path), STR(".h"));

    (void)arg;
    if (event == WATCH_RESCAN || self.is_stopped)
        return;
    if (is_config(path)) {
        if (has_config())
            read_again();
        else
            forget_service();
    } else if (own_command() && ((unit && is_source) || (is_header && !service_command_is_running()))) {
        service_command_run(own_command(), self.dir, on_command); /* headers that it makes itself do not count */
    } else if (unit && (is_source || str_ends(str_of(path), STR(".so")))) {
        if (is_gone && self.compile && is_source)
            compile_feed(self.compile, true, path);
        unit_look(unit);
    } else if (self.compile && is_header) {
        compile_feed(self.compile, is_gone, path);
    }
}

bool
services_fall_back(struct version *bad, const char *why)
{
    const struct service_module *module = !self.live ? NULL : service_live_fall_back(self.live, bad);
    const struct service_function *function = module ? module->function : NULL;
    char message[1024];

    if (!function)
        return false;
    snprintf(message, sizeof message, "%s was replaced by the version before it: %s. Save a new version to try again.",
             function->name, why);
    problem(PROBLEM_CRASH, function->name, message, STR(""));
    return true;
}

/* ---- files whose names begin with a dot, such as .env: the watch does not see them */

/* What would be different if one of them had changed. */
static uint64_t
hidden_state(void)
{
    static const char *const always[] = { ".env", NULL };
    const char *const *lists[] = { always, self.shown ? (const char *const *)self.shown->files : always };
    uint64_t state = 0;

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const char *const *file = lists[i]; *file; file++) {
            struct timespec time;

            if ((**file == '.' || **file == '/' || strstr(*file, "/.")) && mtime_of(*file, "", &time))
                state = state * 31 + (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
        }
    return state;
}

static void
on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    uint64_t state = hidden_state();

    (void)loop, (void)timer, (void)events;
    if (state == self.hidden || !self.shown || self.is_reading)
        return;
    self.hidden = state;
    read_again();
}

bool
services_start(const struct server *server, struct err *err)
{
    self.server = server;
    self.dir = server->config->project_dir;
    self.live = service_live_new(on_keys, NULL);
    map_init(&self.units);
    buf_init(&self.printed, MAX_TEXT);
    ev_timer_init(&self.look, on_look, LOOK_SECONDS, LOOK_SECONDS);
    ev_timer_start(control_loop(), &self.look);
    ev_unref(control_loop());
    return watch_start(&self.watch, self.dir, on_file, NULL, err);
}

void
services_stop(void)
{
    self.is_stopped = true;
    watch_stop(self.watch);
    self.watch = NULL;
    service_command_stop();
    stop_compiler();
}
