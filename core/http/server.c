/* SPDX-License-Identifier: MIT */
/* The HTTP server as a whole (server.h): configuration of h2o, threads, start and stop. */
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "http/internal.h"
#include "http/response.h"

/*
 * h2o must never end a connection by its own timers (wall clock; ours are in sweep.c). They compare "now - timeout",
 * which must not go below zero, so "never" is 400 days.
 */
static const uint64_t NEVER_MS = 400ull * 24 * 3600 * 1000;

static int
on_request(h2o_handler_t *handler, h2o_req_t *h2o)
{
    struct http_thread *thread = thread_of(h2o);
    struct http_conn *conn = conn_of(h2o->conn->callbacks->get_socket(h2o->conn));

    (void)handler;
    if (!request_init(conn, h2o))
        return 0;
    http_route_dispatch(&thread->server->routes, &conn->request);
    if (!conn->request.is_answered && !conn->request.is_held)
        http_problem(&conn->request, 500, "The request was not answered.");
    return 0;
}

static void
configure_h2o(struct http_server *server)
{
    h2o_globalconf_t *h2o = &server->h2o;
    h2o_hostconf_t *host;

    h2o_config_init(h2o);
    h2o->server_name = h2o_iovec_init(NULL, 0);
    h2o->http1.upgrade_to_http2 = 0;
    h2o->http1.req_timeout = h2o->handshake_timeout = NEVER_MS;
    h2o->max_request_entity_size = SIZE_MAX / 2; /* the guard's to decide */
    host = h2o_config_register_host(h2o, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_create_handler(&host->fallback_path, sizeof(h2o_handler_t))->on_req = on_request;
    conn_create_logger(&host->fallback_path);
}

/* Process-wide in h2o: input buffers that grow past the threshold become mapped, unlinked files. */
static void
configure_spool(struct http_server *server)
{
    h2o_buffer_mmap_settings_t *settings = &h2o_socket_buffer_mmap_settings;

    settings->threshold = server->config.limits.spool_bytes;
    snprintf(settings->fn_template, sizeof settings->fn_template, "%s/body.XXXXXX",
             server->config.spool_dir ? server->config.spool_dir : "/tmp");
}

static size_t
default_thread_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    return cores < 4 ? 1 : (size_t)cores / 2;
}

struct http_server *
http_server_new(const struct http_config *config)
{
    struct http_server *server = mem_alloc(sizeof *server);

    server->config = *config;
    server->thread_count = config->thread_count ? config->thread_count : default_thread_count();
    configure_h2o(server);
    configure_spool(server);
    return server;
}

bool
http_server_listen(struct http_server *server, const struct http_listen *listen, struct err *err)
{
    if (server->listener_count == HTTP_MAX_LISTENERS)
        return err_set(err, "cannot listen on more than %d addresses", HTTP_MAX_LISTENERS);
    if (!listener_open(&server->listeners[server->listener_count], listen, err)) {
        SSL_CTX_free(server->listeners[server->listener_count].tls);
        return false;
    }
    server->listener_count++;
    return true;
}

uint16_t
http_server_port(const struct http_server *server, size_t index)
{
    ASSERT(index < server->listener_count);
    return server->listeners[index].port;
}

void
http_server_route(struct http_server *server, const struct http_route *route)
{
    http_route_add(&server->routes, route);
}

void
http_server_fallback(struct http_server *server, http_handler *handler, void *arg)
{
    server->routes.fallback = handler;
    server->routes.fallback_arg = arg;
}

size_t
http_thread_count(const struct http_server *server)
{
    return server->thread_count;
}

struct http_thread *
http_thread_at(struct http_server *server, size_t index)
{
    ASSERT(index < server->thread_count);
    return &server->threads[index];
}

bool
http_server_start(struct http_server *server, struct err *err)
{
    server->threads = mem_alloc(server->thread_count * sizeof *server->threads);
    for (size_t i = 0; i < server->thread_count; i++) {
        server->threads[i].server = server;
        server->threads[i].index = i;
        if (!thread_start(&server->threads[i], err))
            return false;
        atomic_fetch_add(&server->running, 1);
    }
    return true;
}

void
http_server_stop(struct http_server *server, int64_t grace_ms, void (*done)(void *arg), void *arg)
{
    server->grace_ms = grace_ms;
    server->on_stopped = done;
    server->on_stopped_arg = arg;
    for (size_t i = 0; i < server->thread_count; i++)
        thread_stop(&server->threads[i]);
}

void
http_server_free(struct http_server *server)
{
    if (server->threads)
        for (size_t i = 0; i < server->thread_count; i++)
            thread_fini(&server->threads[i]);
    free(server->threads);
    for (size_t i = 0; i < server->listener_count; i++) {
        close(server->listeners[i].fd);
        SSL_CTX_free(server->listeners[i].tls);
    }
    http_route_fini(&server->routes);
    h2o_config_dispose(&server->h2o);
    free(server);
}
