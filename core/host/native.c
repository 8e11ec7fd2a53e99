/* SPDX-License-Identifier: MIT */
/* The native host (native.h). Re-attachment is attach.c. */
#include "host/native.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/attach.h"
#include "host/module.h"
#include "host/program.h"
#include "loop/control.h"
#include "loop/watch.h"

/* A version that crashes within this time of going live, and never finished a run, is taken back (architecture 3). */
enum { TRUST_MS = 60 * 1000 };
static const double SAMPLE_SECONDS = 0.5;

static const struct host_ops native_ops;

static struct {
    struct native_spec spec;
    struct host host;
    struct watch *watch;
    ev_timer sample;
    char *staged_dir, *modules_data_dir, *attach_path;
} native;

static struct version *
version_of(const struct route *route)
{
    return route->owner;
}

const char *
native_file(const struct route *route)
{
    return route->host == &native.host ? version_of(route)->file : NULL;
}

const struct scope *
native_scope(void)
{
    return native.spec.scope;
}

struct problems *
native_problems(void)
{
    return modules_problems();
}

size_t
native_runners(void)
{
    return runners_count();
}

/* ---- runs */

static bool
on_start(struct host *host, struct host_run *run, struct route *route, struct str inputs, int64_t *retry_after_ms,
         struct err *err)
{
    struct version *version = version_of(route);
    struct runner *runner;
    int64_t now = clock_mono_ms();

    *retry_after_ms = breaker_wait_ms(&route->breaker, now);
    if (!breaker_allow(&route->breaker, now))
        return err_set(err, "'%s' crashed repeatedly and is paused for a moment; it will be tried again.", route->slug);
    runner = runner_for(version, err);
    if (!runner) {
        breaker_trial_void(&route->breaker);
        return false;
    }
    run->host = host;
    run->is_parked = false;
    run->is_trial = route->breaker.is_open;
    run->slot = route->slot;
    runner_run_add(runner, run);
    runner_send(runner, run->is_page ? LINK_OPEN_PAGE : LINK_START_TRANSACTION, route->slot, run->id,
                (struct uuid){ 0 }, inputs);
    return true;
}

static struct runner *
runner_of(const struct host_run *run)
{
    return run->place;
}

static struct route *
route_of(const struct host_run *run)
{
    struct version *version = runner_of(run)->version;

    return version && run->slot < version->route_count ? &version->routes[run->slot] : NULL;
}

static bool
on_io_response(struct host_run *run, struct uuid group, struct str response)
{
    struct runner *runner = runner_of(run);

    if (!runner || !runner->wire)
        return false;
    run->is_parked = false;
    run->cpu_base_ms = runner->cpu_ms;
    runner_send(runner, LINK_IO_RESPONSE, run->slot, run->id, group, response);
    return true;
}

static void
on_close(struct host_run *run)
{
    runner_send(runner_of(run), run->is_page ? LINK_CLOSE_PAGE : LINK_CLOSE_TRANSACTION, run->slot, run->id,
                (struct uuid){ 0 }, STR(""));
    runner_run_remove(run);
}

static void
on_stop(struct host_run *run)
{
    runner_kill(runner_of(run), "was stopped by a person");
}

static void
on_reply(struct host_call call, bool accepted, struct str reason)
{
    struct runner *runner = runner_of(call.run);
    struct route *route = route_of(call.run);

    if (call.method == LINK_COMPLETE && route) {
        runner->version->has_finished_run = true;
        if (call.run->is_trial) /* not one that began before the crashes */
            breaker_finished(&route->breaker);
    }
    runner_respond(runner, call.method, call.id, call.run->id, accepted, reason);
}

static const struct host_ops native_ops = {
    .start = on_start,
    .io_response = on_io_response,
    .close = on_close,
    .stop = on_stop,
    .reply = on_reply,
};

/* ---- crashes */

/* Counts a crash, once each, for the routes that were computing, or for all that had runs when nobody was. */
static void
blame(struct runner *runner, int64_t now)
{
    bool is_blamed[VERSION_MAX_ROUTES] = { false }, was_computing = false;

    LIST_EACH(&runner->runs, node)
    was_computing |= !LIST_ENTRY(node, struct host_run, in_host)->is_parked;
    LIST_EACH(&runner->runs, node)
    {
        struct host_run *run = LIST_ENTRY(node, struct host_run, in_host);
        struct route *route = route_of(run);

        if (!route || is_blamed[run->slot] || (was_computing && run->is_parked))
            continue;
        is_blamed[run->slot] = true;
        breaker_crashed(&route->breaker, now);
    }
}

static void
on_runner_ended(struct runner *runner, const struct host_loss *loss)
{
    struct version *version = runner->version;
    int64_t now = clock_mono_ms();
    char why[512];

    native.spec.functions.runner_ended(runner, loss);
    if (!loss->is_own_fault || !version)
        return;
    blame(runner, now);
    registry_notify(native.spec.scope, TOPIC_ROUTES);
    if (!version->has_finished_run && version->published_at && now - version->published_at < TRUST_MS) {
        snprintf(why, sizeof why, "it %s", loss->message);
        if (!module_fall_back(version, why) && native.spec.fall_back)
            native.spec.fall_back(version, why);
    }
}

/* ---- versions */

static void
on_switched(struct version *old, struct version *new)
{
    native.spec.functions.table_changed();
    if (new)
        native.spec.published(native.spec.scope, new);
    if (old && old->runner)
        runner_drain(old->runner);
}

void
native_publish(struct version *version)
{
    version->published_at = clock_mono_ms();
}

void
native_exchange(struct version *old, struct version *new)
{
    if (old)
        problem_clear(native_problems(), PROBLEM_CLASH, old->file);
    modules_exchange(old, new);
    native.spec.functions.table_changed();
    if (new)
        native.spec.published(native.spec.scope, new);
}

void
native_hold(bool is_held)
{
    modules_hold(is_held);
}

void
native_retire(struct version *version)
{
    if (version->runner)
        runner_drain(version->runner);
}

/* Only .so files are modules; whatever else lies in the folder is somebody's notes. */
static void
on_watch(void *arg, enum watch_event event, const char *path)
{
    char *full = NULL;

    (void)arg;
    if (event == WATCH_RESCAN || !str_ends(str_of(path), STR(".so")))
        return;
    if (event == WATCH_GONE) {
        module_gone(path);
        return;
    }
    if (asprintf(&full, "%s/%s", native.spec.routes_dir, path) >= 0)
        module_changed(path, full);
    free(full);
}

void
native_compiled(const char *file, const char *object)
{
    module_changed(file, object);
}

void
native_source_gone(const char *file)
{
    module_gone(file);
}

bool
native_is_live(const char *file)
{
    return module_is_live(file);
}

/* ---- start and stop */

static void
on_sample(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    runners_sample();
    attach_retry();
}

static char *
directory(const char *parent, const char *name, struct err *err)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", parent, name) < 0)
        return NULL;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        err_set_errno(err, "cannot make the directory %s", path);
        free(path);
        return NULL;
    }
    return path;
}

bool
native_start(const struct native_spec *spec, struct err *err)
{
    native.spec = *spec;
    native.host =
        (struct host){ .ops = &native_ops, .profile = &profile_native, .status = "ONLINE", .is_online = true };
    native.staged_dir = directory(spec->data_dir, "modules", err);
    native.modules_data_dir = native.staged_dir ? directory(spec->data_dir, "modules-data", err) : NULL;
    if (!native.modules_data_dir || !program_open(err))
        return false;
    if (asprintf(&native.attach_path, "%s/attach.sock", spec->data_dir) < 0)
        return err_set(err, "out of memory");
    modules_init(&(struct modules_spec){ .scope = spec->scope,
                                         .host = &native.host,
                                         .staged_dir = native.staged_dir,
                                         .switched = on_switched,
                                         .settled = spec->settled,
                                         .described = spec->described });
    runners_init(&(struct runner_spec){ .stream_count = spec->http_thread_count,
                                        .attach_path = native.attach_path,
                                        .modules_data_dir = native.modules_data_dir,
                                        .server_data_dir = spec->data_dir,
                                        .memory_limit_bytes = spec->memory_limit_bytes,
                                        .idle_limit_ms = spec->idle_limit_ms,
                                        .streams = spec->functions.streams,
                                        .close_streams = spec->functions.close_streams,
                                        .last_use = spec->functions.last_use,
                                        .line = spec->functions.line,
                                        .ended = on_runner_ended });
    if (!attach_listen(native.attach_path, &native.host, spec->adopt, err))
        return false;
    ev_timer_init(&native.sample, on_sample, SAMPLE_SECONDS, SAMPLE_SECONDS);
    ev_timer_start(control_loop(), &native.sample);
    ev_unref(control_loop());
    return true;
}

bool
native_watch(struct err *err)
{
    if (!watch_start(&native.watch, native.spec.routes_dir, on_watch, NULL, err))
        return false;
    if (modules_pending() == 0 && !modules_are_held())
        native.spec.settled();
    return true;
}

void
native_stop(void)
{
    watch_stop(native.watch);
    native.watch = NULL;
    attach_close();
    runners_dismiss();
}
