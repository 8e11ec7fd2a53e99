/* SPDX-License-Identifier: MIT */
/*
 * The functions of interlude/host.h: a thread with the control loop, and calls from the program's threads that are
 * carried out on it. What runs is serve.c, the connection rpc/uplink.h.
 */
#include "interlude.h"
#include "interlude/host.h"

#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "embed/serve.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "rpc/uplink.h"

#define USUAL_FILES_BYTES ((int64_t)1 << 30) /* as `interlude host` */

enum host_phase { HOST_NEW, HOST_CONNECTING, HOST_LISTENING, HOST_REFUSED, HOST_CLOSED };

struct interlude_host {
    struct uplink_spec spec;
    const char *endpoint;
    const il_api **api;
    char *api_key;
    char *files_dir;
    struct uuid_text instance;
    enum log_level log_level;
    pthread_t thread;
    bool has_thread, is_uplinked; /* is_uplinked: control thread */
    pthread_mutex_t lock;         /* of what follows */
    pthread_cond_t changed;
    enum host_phase phase;
    struct err err;
};

static struct interlude_host *only; /* what the events of the uplink are about */

static void
set_phase(enum host_phase phase, const struct err *err)
{
    pthread_mutex_lock(&only->lock);
    only->phase = phase;
    if (err)
        only->err = *err;
    pthread_cond_broadcast(&only->changed);
    pthread_mutex_unlock(&only->lock);
}

/* ---- calls into the control thread */

struct request {
    struct message message;
    bool (*run)(struct request *request, struct err *err);
    const il_route *routes;
    size_t count;
    const char *slug;
    bool is_done, is_ok;
};

static void
on_request(struct message *message)
{
    struct request *request = container_of(message, struct request, message);
    struct err err = { "" };
    bool is_ok = request->run(request, &err);

    pthread_mutex_lock(&only->lock);
    request->is_done = true;
    request->is_ok = is_ok;
    if (!is_ok)
        only->err = err;
    pthread_cond_broadcast(&only->changed);
    pthread_mutex_unlock(&only->lock);
}

static void *
loop_thread(void *arg)
{
    control_run();
    return arg;
}

/* Threads begin with the signals of who makes them: ours get none, they are the program's. */
static bool
start_thread(struct interlude_host *host, struct err *err)
{
    sigset_t all, before;
    int error;

    if (host->has_thread)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    log_init(host->log_level);
    control_init_embedded();
    host->has_thread = worker_start(1, err) && serve_start(err);
    if (host->has_thread && (error = pthread_create(&host->thread, NULL, loop_thread, NULL)) != 0)
        host->has_thread = err_set(err, "cannot start a thread: %s", strerror(error));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return host->has_thread;
}

/* Has it carried out, and waits. */
static bool
ask(struct interlude_host *host, struct request *request)
{
    struct err err;

    if (!start_thread(host, &err)) {
        host->err = err;
        return false;
    }
    control_post(&request->message, on_request);
    pthread_mutex_lock(&host->lock);
    while (!request->is_done)
        pthread_cond_wait(&host->changed, &host->lock);
    pthread_mutex_unlock(&host->lock);
    return request->is_ok;
}

/* ---- making */

static int64_t
or_default(uint32_t given, int64_t usual)
{
    return given ? given : usual;
}

/* Made when the first file comes; nobody else knows the name before. */
static char *
place_for_files(struct uuid_text instance)
{
    const char *parent = getenv("TMPDIR");
    char *path;

    ASSERT(asprintf(&path, "%s/interlude-%s", parent && *parent ? parent : "/tmp", instance.s) >= 0);
    return path;
}

interlude_host *
interlude_host_make(const interlude_host_options *options, const il_api **api)
{
    static const enum log_level levels[] = { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_DEBUG };
    const struct uplink_options *usual = &uplink_defaults;
    struct interlude_host *host = mem_alloc(sizeof *host);

    pthread_mutex_init(&host->lock, NULL);
    pthread_cond_init(&host->changed, NULL);
    host->api = api;
    host->endpoint = mem_strdup(options->endpoint ? options->endpoint : "");
    host->api_key = mem_strdup(options->api_key ? options->api_key : "");
    host->instance = uuid_format(uuid_v4());
    host->files_dir = place_for_files(host->instance);
    host->spec.files_allow = mem_strdup(options->upload_allow ? options->upload_allow : "");
    host->spec.files_max_bytes = options->upload_max_bytes ? (int64_t)options->upload_max_bytes : USUAL_FILES_BYTES;
    host->log_level =
        levels[options->log_level >= 0 && options->log_level < (int)COUNT_OF(levels) ? options->log_level : 0];
    host->spec.options = (struct uplink_options){
        .retry_interval_ms = or_default(options->retry_interval_ms, usual->retry_interval_ms),
        .ping_interval_ms = or_default(options->ping_interval_ms, usual->ping_interval_ms),
        .ping_timeout_ms = or_default(options->ping_timeout_ms, usual->ping_timeout_ms),
        .close_unresponsive_ms =
            or_default(options->close_unresponsive_connection_timeout_ms, usual->close_unresponsive_ms),
        .reinitialize_batch_ms = or_default(options->reinitialize_batch_timeout_ms, usual->reinitialize_batch_ms),
        .connect_timeout_ms = or_default(options->connect_timeout_ms, usual->connect_timeout_ms),
        .send_timeout_ms = or_default(options->send_timeout_ms, usual->send_timeout_ms),
        .max_resend_attempts = or_default(options->max_resend_attempts, usual->max_resend_attempts),
    };
    if (only)
        err_set(&host->err, "this process is a host already; there can be one");
    else
        only = host;
    return host;
}

static bool
is_usable(const struct interlude_host *host)
{
    return host == only && host->phase != HOST_CLOSED;
}

const char *
interlude_host_error(const interlude_host *host)
{
    return host->err.text;
}

/* ---- routes */

static bool
add(struct request *request, struct err *err)
{
    if (!serve_add(request->routes, request->count, only->api, err))
        return false;
    if (only->is_uplinked)
        uplink_routes_changed();
    return true;
}

bool
interlude_host_add(interlude_host *host, const il_route *routes, size_t count)
{
    return is_usable(host) && ask(host, &(struct request){ .run = add, .routes = routes, .count = count });
}

static bool
remove_route(struct request *request, struct err *err)
{
    if (!serve_remove(request->slug))
        return err_set(err, "there is no route \"%s\"", request->slug);
    if (only->is_uplinked)
        uplink_routes_changed();
    return true;
}

bool
interlude_host_remove(interlude_host *host, const char *slug)
{
    return is_usable(host) && ask(host, &(struct request){ .run = remove_route, .slug = slug });
}

/* ---- connecting */

static void
on_welcome(const struct uplink_welcome *welcome)
{
    if (welcome->is_first && welcome->dashboard_url)
        log_info("uplink", "connected, dashboard: %s", welcome->dashboard_url);
    if (welcome->is_first)
        set_phase(HOST_LISTENING, NULL);
}

static void
on_refused(const struct err *err)
{
    only->is_uplinked = false;
    set_phase(HOST_REFUSED, err);
}

static void
on_left(void)
{
    only->is_uplinked = false;
    serve_cancel();
    uplink_remove_files(only->files_dir);
    set_phase(HOST_CLOSED, NULL);
}

static bool
connect_now(struct request *request, struct err *err)
{
    struct uplink_spec *spec = &only->spec;

    (void)request;
    if (only->phase != HOST_NEW)
        return err_set(err, "this host was told to listen before");
    if (!*only->api_key)
        return err_set(err, "there is no API key: set .api_key to one of the server's");
    if (!uplink_address_parse(only->endpoint, &spec->address, err))
        return false;
    spec->api_key = only->api_key;
    spec->instance_id = only->instance.s;
    spec->routes = serve_list;
    spec->find = serve_find;
    spec->welcome = on_welcome;
    spec->refused = on_refused;
    spec->left = on_left;
    spec->files_dir = only->files_dir;
    only->is_uplinked = true;
    set_phase(HOST_CONNECTING, NULL);
    uplink_init(spec);
    uplink_connect();
    return true;
}

bool
interlude_host_listen(interlude_host *host)
{
    bool is_listening;

    if (!is_usable(host) || !ask(host, &(struct request){ .run = connect_now }))
        return false;
    pthread_mutex_lock(&host->lock);
    while (host->phase == HOST_CONNECTING)
        pthread_cond_wait(&host->changed, &host->lock);
    is_listening = host->phase == HOST_LISTENING;
    pthread_mutex_unlock(&host->lock);
    return is_listening;
}

/* ---- closing */

static bool
leave(struct request *request, struct err *err)
{
    (void)request, (void)err;
    if (only->is_uplinked)
        uplink_leave();
    else
        set_phase(HOST_CLOSED, NULL);
    return true;
}

static bool
drop(struct request *request, struct err *err)
{
    (void)request, (void)err;
    if (only->is_uplinked)
        uplink_drop();
    else
        set_phase(HOST_CLOSED, NULL);
    return true;
}

static void
close_host(struct interlude_host *host, bool (*how)(struct request *request, struct err *err))
{
    if (!is_usable(host) || !host->has_thread)
        return;
    (void)ask(host, &(struct request){ .run = how });
    pthread_mutex_lock(&host->lock);
    while (host->phase != HOST_CLOSED)
        pthread_cond_wait(&host->changed, &host->lock);
    pthread_mutex_unlock(&host->lock);
}

void
interlude_host_safely_close(interlude_host *host)
{
    close_host(host, leave);
}

void
interlude_host_immediately_close(interlude_host *host)
{
    close_host(host, drop);
}

static bool
end_loop(struct request *request, struct err *err)
{
    (void)request, (void)err;
    control_stop();
    return true;
}

void
interlude_host_free(interlude_host *host)
{
    if (!host)
        return;
    close_host(host, drop);
    if (host->has_thread) {
        (void)ask(host, &(struct request){ .run = end_loop });
        pthread_join(host->thread, NULL);
        worker_stop();
    }
    /* `only` stays: handlers of this process may still be on their way out, and there is no second host */
    free((char *)(uintptr_t)host->endpoint);
    free(host->api_key);
    free(host->files_dir);
    free((char *)(uintptr_t)host->spec.files_allow);
    if (host != only)
        free(host);
}
