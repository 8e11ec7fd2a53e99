/* SPDX-License-Identifier: MIT */
/* Health of the server (health.h). */
#include "server/health.h"

#include <stdatomic.h>
#include <stdio.h>

#include "http/response.h"

static const char starting[] = "starting";
static _Atomic(const char *) not_ready = starting; /* NULL: ready */
static const char *revision;

void
health_set_ready(bool is_ready, const char *why_not)
{
    const char *expected = starting;

    if (is_ready) /* files that settle while the server stops do not make it ready again */
        atomic_compare_exchange_strong(&not_ready, &expected, NULL);
    else
        atomic_store(&not_ready, why_not);
}

const char *
health_not_ready(void)
{
    return atomic_load(&not_ready);
}

static void
respond(struct http_request *request, unsigned status, const char *type, const char *body)
{
    static const struct http_field no_store = { { "cache-control", 13 }, { "no-store", 8 } };

    http_respond(request, &(struct http_response){ .status = status,
                                                   .content_type = str_of(type),
                                                   .body = str_of(body),
                                                   .fields = &no_store,
                                                   .field_count = 1,
                                                   .is_own = true });
}

/* The process is alive and its http threads answer. */
static void
on_healthz(struct http_request *request, void *arg)
{
    (void)arg;
    respond(request, 200, "text/plain", "OK");
}

static void
on_readyz(struct http_request *request, void *arg)
{
    const char *why_not = atomic_load(&not_ready);

    (void)arg;
    respond(request, why_not ? 503 : 200, "text/plain", why_not ? why_not : "OK");
}

static void
on_revision(struct http_request *request, void *arg)
{
    (void)arg;
    respond(request, 200, "text/plain", revision);
}

static void
on_check(struct http_request *request, void *arg)
{
    const char *why_not = atomic_load(&not_ready);
    char body[256];

    (void)arg;
    snprintf(body, sizeof body,
             "{\"status\":\"%s\",\"info\":{\"db\":{\"status\":\"%s\"},\"app\":{\"status\":\"%s\"},\"internalWss\":{"
             "\"status\":\"up\"}},"
             "\"error\":{\"app\":null,\"db\":null,\"internalWss\":null}}",
             why_not ? "error" : "ok", why_not ? "down" : "up", why_not ? "down" : "up");
    respond(request, why_not ? 503 : 200, "application/json", body);
}

void
health_init(struct http_server *server, const char *rev)
{
    static const struct {
        const char *path;
        http_handler *handler;
    } rows[] = {
        { "/healthz", on_healthz },           { "/readyz", on_readyz },
        { "/health-check", on_check },        { "/health-check/app", on_healthz },
        { "/health-check/rev", on_revision },
    };

    revision = rev;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        http_server_route(
            server, &(struct http_route){ .path = rows[i].path, .methods = HTTP_GET, .handler = rows[i].handler });
}
