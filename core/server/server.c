/* SPDX-License-Identifier: MIT */
/* Start, run, stop (server.h). Each step is one function; the order is the architecture. */
#include "server/server.h"

#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "api/api.h"
#include "auth/login.h"
#include "auth/session.h"
#include "base/clock.h"
#include "base/mem.h"
#include "config/value.h"
#include "deploy/deployment.h"
#include "deploy/machine.h"
#include "function/admit.h"
#include "function/call.h"
#include "function/invoke.h"
#include "function/journal.h"
#include "function/schedule.h"
#include "host/module.h"
#include "host/native.h"
#include "http/server.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "rpc/browser.h"
#include "rpc/host.h"
#include "rpc/past.h"
#include "rpc/take.h"
#include "server/develop.h"
#include "server/health.h"
#include "server/metrics.h"
#include "server/pages.h"
#include "server/process.h"
#include "server/queues.h"
#include "server/services.h"
#include "server/state.h"
#include "server/stop.h"
#include "server/survivors.h"
#include "transaction/adopt.h"
#include "transaction/page.h"
#include "transaction/record.h"
#include "transaction/transaction.h"
#include "upload/local.h"
#include "upload/serve.h"

enum { API_THREADS = 4 };
/* Names this server in rows; several servers on one database come with the Postgres plugin. */
static const char NODE_ID[] = "main";
static const double SWEEP_SECONDS = 5, HOUSEKEEPING_SECONDS = 600;

static struct server server;

static bool
listen_on(const struct config *config, struct err *err)
{
    struct http_listen listen = { .address = config->is_dev ? "127.0.0.1" : NULL,
                                  .port = (uint16_t)config->port,
                                  .certificate_file = config->tls_cert[0] ? config->tls_cert : NULL,
                                  .key_file = config->tls_key[0] ? config->tls_key : NULL };
    struct address address;

    server.http = http_server_new(&(struct http_config){ .thread_count = (unsigned)config->http_threads,
                                                         .spool_dir = config->data,
                                                         .limits = http_limits_default,
                                                         .refusal = functions_refusal });
    if (!http_server_listen(server.http, &listen, err))
        return false;
    for (const char *rest = config->listen; address_next(&rest, &address);) {
        listen.address = address.host[0] ? address.host : NULL;
        listen.port = address.port;
        if (!http_server_listen(server.http, &listen, err))
            return false;
    }
    return metrics_listen(server.http, config->metrics, err);
}

/* What changed during one turn of the loop is told once. */
static void
on_registry_changed(struct scope *scope, enum topic topic, void *arg)
{
    (void)arg;
    browsers_invalidate(scope, topic);
}

/* Load balancers may send people here once the routes and services that were there at the start are. */
static bool are_routes_settled;

static void
tell_ready(void)
{
    if (are_routes_settled && deployments_are_settled())
        health_set_ready(true, NULL);
}

static void
on_settled(void)
{
    are_routes_settled = true;
    tell_ready();
}

/* What was deployed has its slugs again: now the files of routes/ may have theirs. */
static void
on_deployed(void)
{
    native_hold(false);
    tell_ready();
}

static bool
fall_back(struct version *bad, const char *why)
{
    return services_fall_back(bad, why) || deployments_fall_back(bad, why);
}

static bool
start_native(const struct config *config, struct err *err)
{
    if (!native_start(&(struct native_spec){ .scope = server.scope,
                                             .routes_dir = config->routes,
                                             .data_dir = config->data,
                                             .http_thread_count = (unsigned)http_thread_count(server.http),
                                             .memory_limit_bytes = config->runner_memory_bytes,
                                             .idle_limit_ms = config->runner_idle_ms,
                                             .functions = function_native,
                                             .fall_back = fall_back,
                                             .published = state_keep_routes,
                                             .settled = on_settled,
                                             .described = state_keep_descriptor,
                                             .adopt = survivors_adopt },
                      err))
        return false;
    native_hold(true);
    return state_know_descriptors(err) && native_watch(err);
}

static void
init_deployments(const struct config *config)
{
    struct machine machine = machine_own(config->deploy_libraries);

    machine.name = "the server";
    machine_set(&machine);
    deployments_init(&(struct deployments_spec){ .root = arena_printf(&server.texts, "%s/functions", config->data),
                                                 .store = server.store,
                                                 .environment = { .store = server.store,
                                                                  .secrets = &server.secrets,
                                                                  .organization_id = server.scope->organization_id,
                                                                  .with_routes = true },
                                                 .with_stage = config->aws_urls,
                                                 .settled = on_deployed });
}

static void
on_sweep(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    transactions_sweep();
}

/* On an api thread: rows that have lost their meaning. */
static void
forget_old_rows(struct message *message)
{
    int64_t now = clock_wall_ms();

    upload_local.sweep(now - UPLOAD_KEPT_MS);
    session_sweep(server.store, now);
    login_sweep(server.store, now);
    free(message);
}

static void
on_housekeeping(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct message *message = mem_alloc(sizeof *message);

    (void)loop, (void)timer, (void)events;
    if (!worker_post(message, forget_old_rows))
        free(message);
}

static bool
start_uploads(const struct config *config, struct err *err)
{
    const char *dir = arena_printf(&server.texts, "%s/uploads", config->data);

    transactions_init(config->app_url, dir);
    return upload_local_init(&(struct upload_local_spec){ .store = server.store,
                                                          .secrets = &server.secrets,
                                                          .dir = dir,
                                                          .app_url = config->app_url,
                                                          .max_bytes = config->upload_max_bytes },
                             err);
}

static void
start_timers(void)
{
    static ev_timer sweep, housekeeping;

    ev_timer_init(&sweep, on_sweep, SWEEP_SECONDS, SWEEP_SECONDS);
    ev_timer_start(control_loop(), &sweep);
    ev_timer_init(&housekeeping, on_housekeeping, 0, HOUSEKEEPING_SECONDS); /* and at once */
    ev_timer_start(control_loop(), &housekeeping);
}

/* Which port --port 0 has led to is known only once it is bound. */
static const struct config *
with_own_port(const struct config *given)
{
    static struct config config;
    char *colon = strrchr(given->app_url, ':');

    if (given->port != 0 || !colon || strcmp(colon, ":0") != 0)
        return given;
    config = *given;
    config.app_url = arena_printf(&server.texts, "%.*s:%u", (int)(colon - given->app_url), given->app_url,
                                  http_server_port(server.http, 0));
    return &config;
}

static bool
start(const struct config *config, struct err *err)
{
    server.started_at = clock_mono_ms();
    signal(SIGPIPE, SIG_IGN);
    if (!config->is_dev)
        prctl(PR_SET_DUMPABLE, 0); /* keys are in this process; a developer wants to debug it */
    process_raise_limits();
    if (!process_take_data(config->data, err) || !listen_on(config, err))
        return false;
    server.config = config = with_own_port(config);
    control_init();
    registry_init(on_registry_changed, NULL);
    pages_init();
    browsers_init();
    if (!state_open(&server, err) || !worker_start(API_THREADS, err))
        return false;
    if (!start_uploads(config, err) || !survivors_load(server.store, NODE_ID, err))
        return false;
    records_init(server.store, NODE_ID);
    adopt_init(server.store);
    hosts_init(&(struct hosts_spec){ .store = server.store,
                                     .app_url = config->app_url,
                                     .rate_limit = (unsigned)config->host_rate_limit,
                                     .published = state_keep_host_routes,
                                     .adopt = transactions_adopt_from_store });
    past_init(server.store);
    take_init(server.store);
    health_init(server.http, config->git_commit);
    metrics_init(server.http);
    if (!queues_open(config, server.scope->organization_id, err) || !schedules_init(server.store, err))
        return false;
    journals_init(arena_printf(&server.texts, "%s/logs", config->data), function_memory);
    functions_init(server.http, &(struct functions_spec){ .scope = server.scope,
                                                          .is_strict = config->aws_strict,
                                                          .cancel_call = api_cancel_call });
    invoke_init(server.http, &(struct invoke_spec){ .store = server.store,
                                                    .organization_id = server.scope->organization_id,
                                                    .is_operator = config->is_dev ? api_is_local : NULL });
    init_deployments(config);
    api_init(server.http, &(struct api_spec){ .store = server.store,
                                              .secrets = &server.secrets,
                                              .local = config->is_dev ? &server.local : NULL,
                                              .uploads = &upload_local,
                                              .app_url = config->app_url,
                                              .wants_server_name = config->deploy_bound,
                                              .version = INTERLUDE_VERSION });
    upload_routes(server.http);
    pages_routes(server.http, config->is_dev ? "/dashboard/local/develop/actions" : NULL);
    start_timers();
    stop_on_signals(&server);
    if (!http_server_start(server.http, err))
        return false;
    functions_start(server.http);
    admit_start(&(struct keys_spec){ .http = server.http,
                                     .store = server.store,
                                     .secrets = &server.secrets,
                                     .organization_id = server.scope->organization_id,
                                     .is_dev = config->is_dev });
    queues_start();
    if (!start_native(config, err))
        return false;
    deployments_start();
    return !config->is_dev || (develop_start(config, err) && services_start(&server, err));
}

static void
print_banner(const struct config *config)
{
    printf("Interlude %s\n", INTERLUDE_VERSION);
    printf("Dashboard: %s://localhost:%u%s\n", config->tls_cert[0] ? "https" : "http", http_server_port(server.http, 0),
           config->is_dev ? "/dashboard/local/develop/actions" : "/dashboard");
    if (server.development_key)
        printf("API key: %s\n", server.development_key);
    fflush(stdout);
}

int
server_run(const struct config *config, const struct service_options *service)
{
    struct err err;

    log_init(config->log_level);
    server.service = service;
    if (!start(config, &err)) {
        fprintf(stderr, "interlude: %s\n", err.text);
        return 1;
    }
    print_banner(config);
    control_run();
    return stop_finish(&server);
}
