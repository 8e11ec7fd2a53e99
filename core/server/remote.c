/* SPDX-License-Identifier: MIT */
/* Start, run, stop of `interlude host` (remote.h). */
#include "server/remote.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "host/native.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "rpc/uplink.h"
#include "server/process.h"

enum { THREADS = 2 }; /* staging of files, and looking up the server's name */
/* Runners that were told to leave get this long before the process ends without them. */
static const double LEAVE_SECONDS = 3, CHECK_SECONDS = 0.02;

static struct {
    const struct config *config;
    struct scope *scope;
    char *instance_path, *files_dir;
    struct uuid_text instance;
    bool is_started;  /* the uplink is */
    bool is_survivor; /* the process before this one was killed, and this one goes on in its name */
    ev_signal interrupt, terminate;
    ev_timer leaving;
    double waited;
    int signals, exit_code;
} remote;

/* ---- functions: they need an address of their own, which an uplink is not */

static void
on_table_changed(void)
{
}

static void
on_streams(struct runner *runner, const int *fds)
{
    (void)runner, (void)fds; /* asked for none */
}

static void
on_close_streams(struct runner *runner)
{
    (void)runner;
}

static void
on_runner_ended(struct runner *runner, const struct host_loss *loss)
{
    (void)runner, (void)loss;
}

static int64_t
on_last_use(const struct version *version)
{
    (void)version;
    return 0;
}

static const struct native_functions no_functions = { .table_changed = on_table_changed,
                                                      .streams = on_streams,
                                                      .close_streams = on_close_streams,
                                                      .runner_ended = on_runner_ended,
                                                      .last_use = on_last_use };

/* ---- the instance id */

/*
 * A host that ended in order gets a new one at its next start. The one of a host that was killed is taken up again: its
 * runners are still there for ten seconds (architecture 3), and the server knows their runs by it.
 */
static bool
take_instance(struct err *err)
{
    char text[UUID_TEXT_LEN + 1] = "";
    struct uuid id;
    int fd;

    if (asprintf(&remote.instance_path, "%s/instance", remote.config->data) < 0)
        return err_set(err, "out of memory");
    fd = open(remote.instance_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, "cannot write to %s", remote.instance_path);
    remote.is_survivor =
        read(fd, text, UUID_TEXT_LEN) == UUID_TEXT_LEN && uuid_parse((struct str){ text, UUID_TEXT_LEN }, &id);
    remote.instance = uuid_format(remote.is_survivor ? id : uuid_v4());
    if (!remote.is_survivor && pwrite(fd, remote.instance.s, UUID_TEXT_LEN, 0) != UUID_TEXT_LEN) {
        err_set_errno(err, "cannot write to %s", remote.instance_path);
        close(fd);
        return false;
    }
    close(fd);
    return true;
}

/*
 * Beside a server's, which may use the same DATA at another time. Runs of the process before this one may need theirs.
 */
static bool
take_files_dir(struct err *err)
{
    char *uploads = NULL;
    bool is_made;

    if (asprintf(&uploads, "%s/uploads", remote.config->data) < 0 ||
        asprintf(&remote.files_dir, "%s/.host", uploads) < 0)
        return err_set(err, "out of memory");
    is_made = mkdir(uploads, 0700) == 0 || errno == EEXIST || err_set_errno(err, "cannot make %s", uploads);
    free(uploads);
    if (is_made && !remote.is_survivor)
        uplink_remove_files(remote.files_dir);
    return is_made;
}

static struct host_run *
adopt(struct uuid id, const char *module)
{
    return remote.is_survivor ? uplink_adopt(id, module) : NULL;
}

/* ---- routes */

static int
by_slug(const void *a, const void *b)
{
    return strcmp((*(struct route *const *)a)->slug, (*(struct route *const *)b)->slug);
}

static size_t
list_routes(struct arena *arena, struct route ***routes)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    size_t count = 0;

    *routes = arena_alloc(arena, (remote.scope->routes.count + 1) * sizeof **routes);
    while ((entry = map_next(&remote.scope->routes, &cursor)))
        (*routes)[count++] = entry->value;
    qsort(*routes, count, sizeof **routes, by_slug);
    return count;
}

static struct route *
find_route(const char *slug)
{
    return registry_find(remote.scope, slug);
}

static void
on_registry_changed(struct scope *scope, enum topic topic, void *arg)
{
    (void)scope, (void)arg;
    if (topic == TOPIC_ROUTES && remote.is_started)
        uplink_routes_changed();
}

static void
on_published(const struct scope *scope, const struct version *version)
{
    (void)scope;
    if (version_has_functions(version))
        log_warn("uplink", "%s has HTTP functions, which only a server can offer; its actions and pages are offered",
                 version->file);
}

static void
on_described(const char *hash, struct str descriptor)
{
    (void)hash, (void)descriptor; /* nothing is kept from start to start */
}

/* What lay there at the start is live or refused: time to say what there is. */
static void
on_settled(void)
{
    if (remote.is_started || remote.signals)
        return;
    if (remote.scope->routes.count == 0)
        log_warn("uplink",
                 "no module in %s offers anything yet; put a compiled action (.so) there, or choose another directory "
                 "with --routes",
                 remote.config->routes);
    remote.is_started = true;
    uplink_connect();
}

/* ---- stopping */

static void
on_leaving(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    remote.waited += CHECK_SECONDS;
    if (native_runners() == 0 || remote.waited > LEAVE_SECONDS)
        control_stop();
}

static void
stop(void)
{
    if (ev_is_active(&remote.leaving))
        return;
    native_stop();
    ev_timer_start(control_loop(), &remote.leaving);
}

static void
on_refused(const struct err *err)
{
    fprintf(stderr, "interlude: %s\n", err->text);
    remote.exit_code = 1;
    stop();
}

static void
on_welcome(const struct uplink_welcome *welcome)
{
    if (!welcome->is_first)
        return;
    printf("Connected to %s, environment %s\n", welcome->organization ? welcome->organization : "?",
           welcome->environment ? welcome->environment : "?");
    if (welcome->dashboard_url)
        printf("Dashboard: %s\n", welcome->dashboard_url);
    fflush(stdout);
}

static void
on_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop, (void)events;
    switch (++remote.signals) {
    case 1:
        if (!remote.is_started) {
            stop();
            break;
        }
        log_info("uplink", "leaving as soon as what runs has finished; another signal leaves at once");
        uplink_leave();
        break;
    case 2:
        log_warn("uplink", "second signal: leaving at once");
        remote.exit_code = 128 + watcher->signum;
        if (remote.is_started)
            uplink_drop();
        stop();
        break;
    default: /* not even for the runners, which find out by themselves */
        control_stop();
    }
}

static void
stop_on_signals(void)
{
    ev_timer_init(&remote.leaving, on_leaving, CHECK_SECONDS, CHECK_SECONDS);
    ev_signal_init(&remote.interrupt, on_signal, SIGINT);
    ev_signal_init(&remote.terminate, on_signal, SIGTERM);
    ev_signal_start(control_loop(), &remote.interrupt);
    ev_signal_start(control_loop(), &remote.terminate);
}

/* ---- starting */

static bool
prepare_uplink(const struct config *config, struct uplink_spec *spec, struct err *err)
{
    int64_t close_ms = config->close_unresponsive_timeout_ms ? config->close_unresponsive_timeout_ms
                                                             : config->close_unresponsive_connection_timeout_ms;

    *spec = (struct uplink_spec){ .api_key = config->api_key,
                                  .instance_id = remote.instance.s,
                                  .options = { .retry_interval_ms = config->retry_interval_ms,
                                               .ping_interval_ms = config->ping_interval_ms,
                                               .ping_timeout_ms = config->ping_timeout_ms,
                                               .close_unresponsive_ms = close_ms,
                                               .reinitialize_batch_ms = config->reinitialize_batch_timeout_ms,
                                               .connect_timeout_ms = config->connect_timeout_ms,
                                               .send_timeout_ms = config->send_timeout_ms,
                                               .max_resend_attempts = config->max_resend_attempts },
                                  .files_allow = config->upload_allow,
                                  .files_max_bytes = config->upload_max_bytes,
                                  .routes = list_routes,
                                  .find = find_route,
                                  .welcome = on_welcome,
                                  .refused = on_refused,
                                  .left = stop };
    for (const char *c = config->api_key; *c; c++)
        if (*c <= ' ' || *c > '~')
            return err_set(err, "the API key contains a character that no key has (a blank, a line end, or a letter "
                                "outside ASCII); copy it again");
    return uplink_address_parse(config->endpoint, &spec->address, err);
}

static bool
check_routes(const struct config *config, struct err *err)
{
    return access(config->routes, R_OK | X_OK) == 0 ||
           err_set_errno(err, "cannot read the directory of route modules %s; make it, or choose another with --routes",
                         config->routes);
}

static bool
start(const struct config *config, struct err *err)
{
    struct uplink_spec uplink;

    remote.config = config;
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0); /* the key is in this process */
    process_raise_limits();
    if (!prepare_uplink(config, &uplink, err) || !check_routes(config, err) || !process_take_data(config->data, err) ||
        !take_instance(err) || !take_files_dir(err))
        return false;
    uplink.files_dir = remote.files_dir;
    control_init();
    uplink_init(&uplink);
    registry_init(on_registry_changed, NULL);
    remote.scope = registry_scope_add("remote", "", "remote", "");
    stop_on_signals();
    return worker_start(THREADS, err) &&
           native_start(&(struct native_spec){ .scope = remote.scope,
                                               .routes_dir = config->routes,
                                               .data_dir = config->data,
                                               .memory_limit_bytes = config->runner_memory_bytes,
                                               .idle_limit_ms = config->runner_idle_ms,
                                               .functions = no_functions,
                                               .published = on_published,
                                               .settled = on_settled,
                                               .described = on_described,
                                               .adopt = adopt },
                        err) &&
           native_watch(err);
}

int
remote_run(const struct config *config)
{
    struct err err;

    log_init(config->log_level);
    if (!start(config, &err)) {
        fprintf(stderr, "interlude: %s\n", err.text);
        return 1;
    }
    control_run();
    unlink(remote.instance_path);
    uplink_remove_files(remote.files_dir);
    if (remote.signals < 2) /* a name lookup may take its time */
        worker_stop();
    return remote.exit_code;
}
