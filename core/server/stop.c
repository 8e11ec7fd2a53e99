/* SPDX-License-Identifier: MIT */
/* Graceful stop (stop.h). */
#include "server/stop.h"

#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "function/admit.h"
#include "function/journal.h"
#include "function/journal_wait.h"
#include "function/schedule.h"
#include "host/native.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "rpc/browser.h"
#include "rpc/host.h"
#include "server/develop.h"
#include "server/health.h"
#include "server/queues.h"
#include "server/services.h"

/* Runners that were told to leave get this long before the process ends without them. */
static const double LEAVE_SECONDS = 3, CHECK_SECONDS = 0.02;

static struct {
    struct server *server;
    ev_signal interrupt, terminate;
    ev_timer leaving, finishing;
    double waited;
    bool is_stopping;
    struct message http_done;
} stop;

static void
on_leaving(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    stop.waited += CHECK_SECONDS;
    if (native_runners() == 0 || stop.waited > LEAVE_SECONDS)
        control_stop();
}

/* No request and no socket is left. */
static void
on_http_done_here(struct message *message)
{
    (void)message;
    admit_stop();
    if (stop.server->config->is_dev) {
        develop_stop();
        services_stop();
    }
    native_stop();
    journals_stop();
    ev_timer_init(&stop.leaving, on_leaving, CHECK_SECONDS, CHECK_SECONDS);
    ev_timer_start(control_loop(), &stop.leaving);
}

static void
on_http_done(void *arg)
{
    (void)arg;
    control_post(&stop.http_done, on_http_done_here);
}

static void
stop_http(void)
{
    http_server_stop(stop.server->http, stop.server->config->drain_limit_ms, on_http_done, NULL);
}

/* Durable calls answer through the http threads. What does not end in time runs again after the next start. */
static void
on_finishing(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    stop.waited += CHECK_SECONDS;
    if (!queues_are_idle() && stop.waited * 1000 < (double)stop.server->config->drain_limit_ms)
        return;
    ev_timer_stop(loop, timer);
    stop.waited = 0;
    stop_http();
}

/* What hosts waited for has been answered (host-protocol.md 8 P4). */
static void
on_hosts_stopped(void *arg)
{
    (void)arg;
    browsers_close_all();
    schedules_stop();
    journal_waits_stop();
    queues_stop();
    if (queues_are_idle()) {
        stop_http();
        return;
    }
    ev_timer_init(&stop.finishing, on_finishing, CHECK_SECONDS, CHECK_SECONDS);
    ev_timer_start(control_loop(), &stop.finishing);
}

static void
on_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop, (void)events;
    if (stop.is_stopping) {
        log_warn("server", "second signal: ending at once");
        _exit(128 + watcher->signum);
    }
    stop.is_stopping = true;
    log_info("server", "stopping: running requests get up to %lld s; another signal ends at once",
             (long long)(stop.server->config->drain_limit_ms / 1000));
    health_set_ready(false, "stopping");
    hosts_stop(on_hosts_stopped, NULL);
}

void
stop_on_signals(struct server *server)
{
    stop.server = server;
    ev_signal_init(&stop.interrupt, on_signal, SIGINT);
    ev_signal_init(&stop.terminate, on_signal, SIGTERM);
    ev_signal_start(control_loop(), &stop.interrupt);
    ev_signal_start(control_loop(), &stop.terminate);
}

int
stop_finish(struct server *server)
{
    http_server_free(server->http);
    worker_stop();
    queues_close();
    store_close(server->store);
    log_info("server", "stopped");
    return 0;
}
