/* SPDX-License-Identifier: MIT */
/*
 * What control does for function calls: tables, runners for cold calls, crashes (call.h). Control thread unless said
 * otherwise.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "function/call.h"
#include "function/internal.h"
#include "function/journal.h"
#include "host/problem.h"
#include "host/registry.h"
#include "host/version.h"
#include "loop/control.h"

enum { STUCK_NICE = 19 };

static struct {
    struct scope *scope;
    size_t thread_count;
    bool is_strict;
    ev_prepare prepare;   /* active: the table is to be made anew */
    struct list services; /* live_service.link */
    struct function_table *table;
    struct map targets;      /* version pointer -> struct target of the current table */
    struct list unpublished; /* unpublished.link */
    struct target *starting; /* whose runner is being started; it may be of an earlier table */
} functions;

static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events);

void
functions_control_init(size_t thread_count, struct scope *scope, bool is_strict)
{
    functions.is_strict = is_strict;
    functions.thread_count = thread_count;
    functions.scope = scope;
    map_init(&functions.targets);
    list_init(&functions.services);
    list_init(&functions.unpublished);
    ev_prepare_init(&functions.prepare, on_prepare);
}

/* ---- messages to http threads */

struct notice {
    struct message message;
    struct seat *seat;
    struct function_table *table;
    struct target *target; /* counted */
    uint64_t runner;
    int fd;
    bool is_gone;
};

static struct notice *
notice_new(size_t thread, struct target *target, uint64_t runner)
{
    struct notice *notice = mem_alloc(sizeof *notice);

    notice->seat = &function_seats[thread];
    notice->target = target ? target_get(target) : NULL;
    notice->runner = runner;
    notice->fd = -1;
    return notice;
}

static void
notice_free(struct notice *notice)
{
    if (notice->target)
        target_put(notice->target);
    free(notice);
}

static void
on_table(struct message *message)
{
    struct notice *notice = container_of(message, struct notice, message);

    seat_set_table(notice->seat, notice->table);
    notice_free(notice);
}

static void
on_stream(struct message *message)
{
    struct notice *notice = container_of(message, struct notice, message);

    seat_add_stream(notice->seat, notice->target, notice->runner, notice->fd);
    notice_free(notice);
}

static void
on_no_runner(struct message *message)
{
    struct notice *notice = container_of(message, struct notice, message);

    seat_fail_waiting(notice->seat, notice->target);
    notice_free(notice);
}

static void
on_close(struct message *message)
{
    struct notice *notice = container_of(message, struct notice, message);

    seat_close_streams(notice->seat, notice->runner, notice->is_gone);
    notice_free(notice);
}

static void
post(struct notice *notice, void (*run)(struct message *))
{
    http_thread_post(notice->seat->thread, &notice->message, run);
}

/* ---- tables */

static struct str
key_of(struct version *const *version)
{
    return (struct str){ (const char *)version, sizeof *version };
}

/* Of the current table, or of one that may become so. NULL: nobody calls this version. */
static struct target *
target_find(struct version *version)
{
    struct target *target = map_find(&functions.targets, key_of(&version));

    LIST_EACH(&functions.unpublished, node)
    if (!target)
        target = map_find(&LIST_ENTRY(node, struct unpublished, link)->targets, key_of(&version));
    return target;
}

/* The target of a version: the one it has, or a new one. */
static struct target *
target_of(struct map *targets, struct version *version)
{
    struct target *target = map_find(targets, key_of(&version));

    if (target)
        return target_get(target);
    target = target_find(version);
    target = target ? target_get(target) : target_new(version, version->route_count, functions.thread_count);
    map_set(targets, key_of(&version), target);
    return target;
}

static const struct version *
version_of(const struct route *route)
{
    return route->owner;
}

static void
add_route(struct function_table *table, struct map *targets, const struct route *route)
{
    struct function model = { .name = route->slug,
                              .slot = route->slot,
                              .timeout_ms = route->timeout_ms ? route->timeout_ms : FUNCTION_TIMEOUT_MS,
                              .reserved = SERVICE_UNSET,
                              .target = target_of(targets, route->owner),
                              .stats = stats_of(route->slug, NULL) };
    struct route_address address = { .path = route->path,
                                     .method = route->method,
                                     .has_cors = route->cors,
                                     .is_private = route->is_private,
                                     .is_deployed = version_of(route)->prefix != NULL };
    struct err err;

    if (function_table_route(table, &model, &address, &err)) {
        problem_clear(native_problems(), PROBLEM_CLASH, native_file(route));
        return;
    }
    if (!problem_exists(native_problems(), PROBLEM_CLASH, native_file(route))) {
        char message[sizeof err.text + 300];

        snprintf(message, sizeof message, "%s can be called by its name only: %s.", route->slug, err.text);
        log_warn("function", "%s", message);
        problem_set(native_problems(), PROBLEM_CLASH, native_file(route), route->slug, true, STR(""), message);
    }
}

struct adding {
    const struct live_service *live;
    struct map *targets;
};

static struct target *
target_of_function(void *arg, const struct service_function *function, uint32_t *slot)
{
    const struct adding *adding = arg;
    size_t i = (size_t)(function - adding->live->service->functions);

    *slot = adding->live->slots[i];
    return adding->live->versions[i] ? target_of(adding->targets, adding->live->versions[i]) : NULL;
}

static void
on_clash(void *arg, const char *message)
{
    const struct adding *adding = arg;
    struct live_service *live = (struct live_service *)(uintptr_t)adding->live;

    live->clash(live, message);
}

static void
add_service(struct function_table *table, struct map *targets, const struct live_service *live)
{
    struct adding adding = { live, targets };

    function_table_service(table, &(struct service_spec){ .service = live->service,
                                                          .tally = live->tally,
                                                          .with_stage = live->with_stage,
                                                          .target = target_of_function,
                                                          .clash = on_clash,
                                                          .arg = &adding });
}

/* A new table for every thread. Made once for all that changed in one turn of the loop. */
static void
send_table(void)
{
    struct function_table *table = function_table_new(functions.is_strict);
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    struct map targets;

    map_init(&targets);
    LIST_EACH(&functions.services, node)
    add_service(table, &targets, LIST_ENTRY(node, struct live_service, link));
    while ((entry = map_next(&functions.scope->routes, &cursor))) {
        const struct route *route = entry->value;

        if (route->kind == ROUTE_FUNCTION && native_file(route))
            add_route(table, &targets, route);
    }
    map_fini(&functions.targets);
    functions.targets = targets;
    function_table_put(functions.table);
    functions.table = table;
    stats_new_table();
    for (size_t i = 0; i < table->count; i++)
        stats_in_table(table->functions[i]->stats);
    atomic_fetch_add(&table->refs, (unsigned)functions.thread_count);
    for (size_t i = 0; i < functions.thread_count; i++) {
        struct notice *notice = notice_new(i, NULL, 0);

        notice->table = table;
        post(notice, on_table);
    }
}

/* ---- tables that are not published */

static void
ignore_clash(struct live_service *live, const char *message)
{
    (void)live, (void)message; /* is said when it is published */
}

void
control_prepare_table(struct unpublished *prepared, const struct live_service *live, struct version *const *versions,
                      size_t version_count)
{
    struct live_service silent = *live;

    silent.clash = ignore_clash;
    map_init(&prepared->targets);
    list_init(&prepared->link);
    list_add_tail(&functions.unpublished, &prepared->link);
    for (size_t i = 0; i < version_count; i++)
        if (versions[i] && !map_find(&prepared->targets, key_of(&versions[i])))
            target_of(&prepared->targets, versions[i]);
    prepared->table = function_table_new(functions.is_strict);
    add_service(prepared->table, &prepared->targets, &silent);
    for (size_t i = 0; i < prepared->table->count; i++)
        prepared->table->functions[i]->stats = NULL; /* it is not what callers see */
}

void
control_drop_table(struct unpublished *prepared)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    list_remove(&prepared->link);
    function_table_put(prepared->table);
    while ((entry = map_next(&prepared->targets, &cursor)))
        target_put(entry->value);
    map_fini(&prepared->targets);
}

static void
on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)events;
    ev_prepare_stop(loop, prepare);
    send_table();
}

static void
table_changed(void)
{
    ev_prepare_start(control_loop(), &functions.prepare);
}

void
functions_changed(void)
{
    table_changed();
}

void
functions_publish(void)
{
    if (ev_is_active(&functions.prepare))
        on_prepare(control_loop(), &functions.prepare, 0);
}

void
functions_serve(struct live_service *live)
{
    if (!list_is_linked(&live->link))
        list_add_tail(&functions.services, &live->link);
    table_changed();
}

void
functions_withdraw(struct live_service *live)
{
    list_remove(&live->link);
    table_changed();
}

struct list *
functions_services(void)
{
    return &functions.services;
}

void
functions_each(void (*visit)(void *arg, const struct function *function), void *arg)
{
    for (size_t i = 0; functions.table && i < functions.table->count; i++)
        visit(arg, functions.table->functions[i]);
}

void
function_endpoints(const struct function *function,
                   void (*visit)(void *arg, const struct endpoint *endpoint, const char *url), void *arg)
{
    struct buf url;

    buf_init(&url, 2 * SERVICE_MAX_PATH);
    for (size_t i = 0; i < function->own_count; i++) {
        buf_clear(&url);
        endpoint_url(function->own[i], &url);
        visit(arg, function->own[i], buf_text(&url));
    }
    buf_fini(&url);
}

int64_t
function_memory(const char *name)
{
    const struct function *function = function_find(functions.table, str_of(name));
    const struct runner *runner = function && function->target ? function->target->version->runner : NULL;

    return runner ? runner_memory(runner) : 0;
}

const struct function_table *
functions_table(void)
{
    return functions.table;
}

/* ---- runners */

static void
streams(struct runner *runner, const int *fds)
{
    struct target *target = target_find(runner->version);

    if (!target && functions.starting && functions.starting->version == runner->version)
        target = functions.starting;
    for (size_t i = 0; i < functions.thread_count; i++) {
        struct notice *notice;

        if (!target) { /* replaced while it started: nobody will call it */
            close(fds[i]);
            runner_stream_ended(runner);
            continue;
        }
        notice = notice_new(i, target, runner->serial);
        notice->fd = fds[i];
        post(notice, on_stream);
    }
}

static void
close_on_threads(struct runner *runner, bool is_gone)
{
    for (size_t i = 0; i < functions.thread_count; i++) {
        struct notice *notice = notice_new(i, NULL, runner->serial);

        notice->is_gone = is_gone;
        post(notice, on_close);
    }
}

static void
close_streams(struct runner *runner)
{
    /* Threads must know the new table first, or the next call would start the old version again. */
    functions_publish();
    close_on_threads(runner, false);
}

/* Crashes count for the functions that had calls in flight, or had until their thread saw the end of the stream. */
static void
blame(const struct runner *runner, struct target *target)
{
    struct version *version = runner->version;
    int64_t now = clock_mono_ms();

    for (size_t i = 0; i < target->state_count; i++) {
        struct function_state *state = &target->states[i];
        struct breaker *breaker = &version->routes[i].breaker;

        if (atomic_load(&state->in_flight) == 0 && atomic_load(&state->lost_runner) != runner->serial)
            continue;
        breaker_crashed(breaker, now);
        if (breaker->is_open)
            atomic_store(&state->closed_until, breaker->until);
    }
}

/* Which function of a module with many has printed it, nobody knows. */
static bool
note_line(const struct function_table *table, const struct version *version, struct str text)
{
    for (size_t i = 0; table && i < table->count; i++) {
        const struct function *function = table->functions[i];

        if (!function->target || function->target->version != version)
            continue;
        journal_line(function->journal, text);
        return true;
    }
    return false;
}

static void
line(const struct version *version, struct str text)
{
    bool is_noted = note_line(functions.table, version, text);

    LIST_EACH(&functions.unpublished, node)
    is_noted = is_noted || note_line(LIST_ENTRY(node, struct unpublished, link)->table, version, text);
}

static void
note_end(const struct version *version, const char *how)
{
    char text[256];

    snprintf(text, sizeof text, "the process %s", how);
    line(version, str_of(text));
}

static void
runner_ended(struct runner *runner, const struct host_loss *loss)
{
    struct target *target = runner->version ? target_find(runner->version) : NULL;

    if (target && atomic_load(&target->has_finished))
        runner->version->has_finished_run = true;
    if (target && loss->is_own_fault) {
        blame(runner, target);
        note_end(runner->version, loss->message);
    }
    close_on_threads(runner, true);
}

static int64_t
last_use(const struct version *version)
{
    struct target *target = target_find((struct version *)(uintptr_t)version);

    return target ? atomic_load_explicit(&target->last_use, memory_order_relaxed) : 0;
}

const struct native_functions function_native = {
    .table_changed = table_changed,
    .streams = streams,
    .close_streams = close_streams,
    .runner_ended = runner_ended,
    .last_use = last_use,
    .line = line,
};

/* ---- what the queue asks */

enum { GONE_WAIT_MS = 1000, FULL_WAIT_MS = 100 };

uint32_t
function_room(const char *fn, int64_t *wait_ms)
{
    const struct function *function = function_find(functions.table, str_of(fn));
    const struct function_state *state =
        function && function->target ? &function->target->states[function->slot] : NULL;
    int64_t until = state ? atomic_load(&state->closed_until) : 0, now = clock_mono_ms();
    uint32_t running, reserved;

    *wait_ms = until > now ? until - now : GONE_WAIT_MS;
    if (!state || until > now)
        return 0;
    running = atomic_load_explicit(&state->in_flight, memory_order_relaxed);
    if (until)
        return running == 0; /* one call tries whether a disabled function works again */
    if (function->reserved == SERVICE_UNSET)
        return UINT32_MAX;
    reserved = (uint32_t)function->reserved;
    *wait_ms = FULL_WAIT_MS;
    return running < reserved ? reserved - running : 0;
}

uint32_t
function_timeout_ms(const char *fn)
{
    const struct function *function = function_find(functions.table, str_of(fn));

    return function ? function->timeout_ms : FUNCTION_TIMEOUT_MS;
}

/* ---- what http threads ask */

struct request {
    struct message message;
    struct target *target; /* counted */
    uint64_t runner;
    uint32_t slot;
};

static void
request_post(struct target *target, uint64_t runner, uint32_t slot, void (*run)(struct message *))
{
    struct request *request = mem_alloc(sizeof *request);

    request->target = target ? target_get(target) : NULL;
    request->runner = runner;
    request->slot = slot;
    control_post(&request->message, run);
}

static void
request_free(struct request *request)
{
    if (request->target)
        target_put(request->target);
    free(request);
}

static void
start_runner(struct message *message)
{
    struct request *request = container_of(message, struct request, message);
    struct version *version = request->target->version;
    bool is_warm;
    struct err err;

    /* The thread has seen the end of its stream before we see the end of the process. */
    if (version->runner && version->runner->serial == request->runner)
        runner_drain(version->runner);
    /* A warm one has sent its streams already; they are on their way to the thread that asks. */
    is_warm = version->runner && !version->runner->is_draining;
    functions.starting = request->target;
    if (!is_warm && !runner_for(version, &err)) {
        log_error("function", "%s cannot be started: %s", version->file, err.text);
        for (size_t i = 0; i < functions.thread_count; i++)
            post(notice_new(i, request->target, 0), on_no_runner);
    }
    functions.starting = NULL;
    /* Asked for before the thread knew of a newer version: it serves those who wait, and leaves. */
    if (!is_warm && version->runner && !target_find(version))
        runner_drain(version->runner);
    request_free(request);
}

void
control_ask_runner(struct target *target, uint64_t last_runner)
{
    request_post(target, last_runner, 0, start_runner);
}

/* A call is past its limit: new calls get a fresh process at once, the old one finishes what else it has, slowly. */
static void
retire_stuck(struct message *message)
{
    struct request *request = container_of(message, struct request, message);
    struct runner *runner = runner_find(request->runner);

    if (runner && !runner->is_draining) {
        setpriority(PRIO_PROCESS, (id_t)runner->pid, STUCK_NICE);
        runner_drain(runner);
    }
    request_free(request);
}

void
control_tell_stuck(struct target *target, uint64_t runner)
{
    request_post(target, runner, 0, retire_stuck);
}

static void
trial_finished(struct message *message)
{
    struct request *request = container_of(message, struct request, message);
    struct function_state *state = &request->target->states[request->slot];

    breaker_finished(&request->target->version->routes[request->slot].breaker);
    atomic_store(&state->closed_until, 0);
    registry_notify(functions.scope, TOPIC_ROUTES);
    request_free(request);
}

void
control_tell_finished(struct target *target, uint32_t slot)
{
    request_post(target, 0, slot, trial_finished);
}

static void
stream_ended(struct message *message)
{
    struct request *request = container_of(message, struct request, message);
    struct runner *runner = runner_find(request->runner);

    if (runner)
        runner_stream_ended(runner);
    request_free(request);
}

void
function_stream_ended(uint64_t runner)
{
    request_post(NULL, runner, 0, stream_ended);
}
