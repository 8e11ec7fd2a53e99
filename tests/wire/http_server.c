/* SPDX-License-Identifier: MIT */
/*
 * A server that is only core/http, for the tests on bare sockets (http_test.py, ws_test.py): prints its port, serves
 * until SIGTERM. Limits are set by NAME=VALUE arguments, so that tests about time do not take any.
 */
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/asset.h"
#include "http/server.h"
#include "http/ws.h"
#include "loop/worker.h"

static _Atomic size_t executed; /* requests that reached a handler: refused ones must not */

static unsigned
number_of(struct str digits)
{
    unsigned number = 0;

    for (size_t i = 0; i < digits.len && digits.p[i] >= '0' && digits.p[i] <= '9'; i++)
        number = number * 10 + (unsigned)(digits.p[i] - '0');
    return number;
}

/* The number behind a word. */
static unsigned
argument_of(struct str text, size_t word_len)
{
    return number_of((struct str){ text.p + word_len, text.len - word_len });
}

static void
respond(struct http_request *request, unsigned status, struct str body)
{
    http_respond(request, &(struct http_response){ .status = status, .content_type = STR("text/plain"), .body = body });
}

static void
on_hello(struct http_request *request, void *arg)
{
    (void)arg;
    atomic_fetch_add(&executed, 1);
    http_respond(request, &(struct http_response){ .status = 200,
                                                   .content_type = STR("text/plain"),
                                                   .body = STR("hello world\n"),
                                                   .is_static = true });
}

/* What the request looked like from here, one line each. */
static void
on_echo(struct http_request *request, void *arg)
{
    const struct http_peer *peer = http_request_peer(request);
    struct buf out;

    (void)arg;
    atomic_fetch_add(&executed, 1);
    buf_init(&out, 1 << 25);
    buf_printf(&out, "method=%.*s\npath=%.*s\nraw=%.*s\nquery=%.*s\nhost=%.*s\nlen=%zu\n",
               STR_ARG(request->method_name), STR_ARG(request->path), STR_ARG(request->raw_path),
               STR_ARG(request->query), STR_ARG(request->host), request->body.len);
    buf_printf(&out, "peer=%s loopback=%d tls=%d\n", peer->address, peer->is_loopback, request->is_tls);
    for (size_t i = 0; i < http_header_count(request); i++) {
        struct str name, value;

        http_header_at(request, i, &name, &value);
        buf_printf(&out, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(value));
    }
    buf_str(&out, "\n");
    buf_put(&out, request->body.p, request->body.len);
    http_request_id(request);
    respond(request, 200, buf_view(&out));
    buf_fini(&out);
}

/* /block?MS keeps the http thread itself busy, so that connections wait in the accept queue */
static void
on_block(struct http_request *request, void *arg)
{
    (void)arg;
    poll(NULL, 0, (int)strtol(request->query.p ? request->query.p : "0", NULL, 10));
    http_respond(request, &(struct http_response){ .status = 200, .body = STR("awake\n") });
}

static void
on_count(struct http_request *request, void *arg)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%zu", atomic_load(&executed));

    (void)arg;
    respond(request, 200, (struct str){ text, (size_t)len });
}

static void
on_page(struct http_request *request, void *arg)
{
    (void)arg;
    http_respond(request, &(struct http_response){ .status = 200,
                                                   .content_type = STR("text/html; charset=utf-8"),
                                                   .body = STR("<!doctype html><title>x</title>"),
                                                   .is_own = true });
}

/* Answers that try to break out of their headers. */
static void
on_inject(struct http_request *request, void *arg)
{
    const struct http_field fields[] = { HTTP_FIELD("x-a", "b\r\nset-cookie: c=d"), HTTP_FIELD("content-length", "3") };

    (void)arg;
    http_respond(request, &(struct http_response){ .status = 200,
                                                   .fields = str_is(request->query, "length") ? fields + 1 : fields,
                                                   .field_count = 1,
                                                   .body = STR("injected") });
}

static void
on_large(struct http_request *request, void *arg)
{
    static const size_t size = 8 << 20;
    char *body = mem_alloc(size);

    (void)arg;
    respond(request, 200, (struct str){ body, size });
    free(body);
}

struct job {
    struct message message;
    struct http_call *call;
    unsigned wait_ms;
};

static void
answer_job(struct message *message)
{
    struct job *job = container_of(message, struct job, message);

    if (job->wait_ms)
        poll(NULL, 0, (int)job->wait_ms);
    http_call_respond(job->call, &(struct http_response){ .status = 200,
                                                          .content_type = STR("text/plain"),
                                                          .fields = &(struct http_field)HTTP_FIELD("x-held", "yes"),
                                                          .field_count = 1,
                                                          .body = STR("held\n") });
    free(job);
}

/* /held?MS answers from another thread after that time; /held?never keeps the handle until the deadline of 200 ms */
static void
on_held(struct http_request *request, void *arg)
{
    struct job *job = mem_alloc(sizeof *job);

    (void)arg;
    atomic_fetch_add(&executed, 1);
    job->wait_ms = number_of(request->query);
    job->call = http_hold(request, job->wait_ms ? 5000 : 200, NULL, NULL);
    if (str_is(request->query, "never"))
        job->wait_ms = 600;
    if (!worker_post(&job->message, answer_job))
        abort();
}

static void
on_dropped(struct http_request *request, void *arg)
{
    (void)arg;
    http_call_drop(http_hold(request, 1000, NULL, NULL));
}

static _Atomic int sockets_open;

static void
ws_on_open(struct ws *ws, void *arg)
{
    (void)ws, (void)arg;
    atomic_fetch_add(&sockets_open, 1);
}

struct late_send {
    struct message message;
    struct ws *ws;
    unsigned count;
};

static void
send_late(struct message *message)
{
    struct late_send *late = container_of(message, struct late_send, message);

    for (unsigned i = 0; i < late->count; i++)
        ws_send_text(late->ws, STR("from another thread"));
    ws_put(late->ws);
    free(late);
}

/* Echo, and a few words that ask for something else. */
static void
ws_on_text(struct ws *ws, struct str text, void *arg)
{
    static char blob[1 << 20];

    (void)arg;
    if (str_is(text, "close 4001")) {
        ws_close(ws, 4001, "as asked");
    } else if (str_starts(text, STR("flood "))) {
        memset(blob, 'x', sizeof blob);
        for (unsigned mib = argument_of(text, 6); mib > 0; mib--)
            ws_send_text(ws, (struct str){ blob, sizeof blob });
    } else if (str_is(text, "pause")) {
        ws_pause(ws);
        ws_send_text(ws, STR("paused"));
    } else if (str_starts(text, STR("late "))) {
        struct late_send *late = mem_alloc(sizeof *late);

        late->ws = ws_get(ws);
        late->count = argument_of(text, 5);
        if (!worker_post(&late->message, send_late))
            abort();
    } else {
        ws_send_text(ws, text);
    }
}

static void
ws_on_close(struct ws *ws, unsigned code, void *arg)
{
    (void)ws, (void)arg;
    atomic_fetch_sub(&sockets_open, 1);
    printf("closed %u\n", code);
    fflush(stdout);
}

static const struct ws_handler echo = { ws_on_open, ws_on_text, ws_on_close };
enum { MAX_MESSAGE = 16 << 20 };

static void
on_ws(struct http_request *request, void *arg)
{
    (void)arg;
    atomic_fetch_add(&executed, 1);
    if (ws_check(request))
        ws_put(ws_accept(request, &echo, NULL, str_is(request->query, "small") ? 1024 : MAX_MESSAGE));
}

static void
accept_job(struct message *message)
{
    struct job *job = container_of(message, struct job, message);
    struct ws *ws = http_call_accept(job->call, &echo, NULL, MAX_MESSAGE);

    ws_send_text(ws, STR("welcome"));
    ws_put(ws);
    free(job);
}

static void
on_ws_held(struct http_request *request, void *arg)
{
    struct job *job;

    (void)arg;
    if (!ws_check(request))
        return;
    job = mem_alloc(sizeof *job);
    job->call = http_hold(request, 5000, NULL, NULL);
    if (!worker_post(&job->message, accept_job))
        abort();
}

static const struct http_asset assets[] = {
    { .path = "/assets/app-0a1b2c3d.js",
      .type = "text/javascript; charset=utf-8",
      .etag = "\"abc\"",
      .raw = { "let raw = 1", sizeof("let raw = 1") - 1 },
      .gzip = { "gzipped", sizeof("gzipped") - 1 },
      .brotli = { "brotlied", sizeof("brotlied") - 1 },
      .is_hashed = true },
    { .path = "/index.html",
      .type = "text/html; charset=utf-8",
      .etag = "\"def\"",
      .raw = { "<!doctype html>", sizeof("<!doctype html>") - 1 } },
};

static void
on_asset(struct http_request *request, void *arg)
{
    (void)arg;
    if (!http_asset_respond(assets, COUNT_OF(assets), request))
        http_problem(request, 404, "There is no such file.");
}

static const struct http_route routes[] = {
    { .path = "/hello", .methods = HTTP_GET, .handler = on_hello },
    { .path = "/echo", .handler = on_echo },
    { .path = "/echo/", .handler = on_echo },
    { .path = "/count", .methods = HTTP_GET, .handler = on_count },
    { .path = "/block", .methods = HTTP_GET, .handler = on_block },
    { .path = "/page", .methods = HTTP_GET, .handler = on_page },
    { .path = "/inject", .methods = HTTP_GET, .handler = on_inject },
    { .path = "/large", .methods = HTTP_GET, .handler = on_large },
    { .path = "/post", .methods = HTTP_POST | HTTP_PUT, .handler = on_hello },
    { .path = "/held", .methods = HTTP_GET | HTTP_POST, .handler = on_held },
    { .path = "/dropped", .methods = HTTP_GET, .handler = on_dropped },
    { .path = "/ws", .handler = on_ws },
    { .path = "/ws-held", .handler = on_ws_held },
    { .path = "/assets/", .methods = HTTP_GET, .handler = on_asset },
    { .path = "/index.html", .methods = HTTP_GET, .handler = on_asset },
    { .path = "/only-two", .methods = HTTP_GET, .listener = 2, .handler = on_hello },
};

static void
set_limit(struct http_limits *limits, const char *name, int64_t value)
{
    static const struct {
        const char *name;
        size_t offset;
    } times[] = {
        { "head_ms", offsetof(struct http_limits, head_ms) },
        { "body_ms", offsetof(struct http_limits, body_ms) },
        { "idle_ms", offsetof(struct http_limits, idle_ms) },
        { "write_ms", offsetof(struct http_limits, write_ms) },
        { "linger_ms", offsetof(struct http_limits, linger_ms) },
        { "ping_ms", offsetof(struct http_limits, ws_ping_ms) },
        { "pong_ms", offsetof(struct http_limits, ws_pong_ms) },
        { "drain_ms", offsetof(struct http_limits, ws_drain_ms) },
        { "close_ms", offsetof(struct http_limits, ws_close_ms) },
        { "handshake_ms", offsetof(struct http_limits, handshake_ms) },
    };

    for (size_t i = 0; i < COUNT_OF(times); i++)
        if (strcmp(name, times[i].name) == 0)
            *(int64_t *)(void *)((char *)limits + times[i].offset) = value;
}

static void
on_stopped(void *arg)
{
    sem_post(arg);
}

static void
fail(const struct err *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

int
main(int argc, char **argv)
{
    sem_t stopped;
    struct http_config config = { .thread_count = 1, .limits = http_limits_default };
    struct http_listen at = { .address = "127.0.0.1" };
    struct http_server *server;
    struct err err = { "" };
    sigset_t term;
    int signal_number;

    log_init(LOG_LEVEL_INFO);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');

        if (!value)
            return 2;
        *value++ = '\0';
        if (strcmp(argv[i], "port") == 0)
            at.port = (uint16_t)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "cert") == 0)
            at.certificate_file = value;
        else if (strcmp(argv[i], "key") == 0)
            at.key_file = value;
        else if (strcmp(argv[i], "spool") == 0)
            config.spool_dir = value;
        else if (strcmp(argv[i], "threads") == 0)
            config.thread_count = (unsigned)strtoul(value, NULL, 10);
        else
            set_limit(&config.limits, argv[i], strtoll(value, NULL, 10));
    }
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    server = http_server_new(&config);
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        http_server_route(server, &routes[i]);
    if (!http_server_listen(server, &at, &err))
        fail(&err);
    at = (struct http_listen){ .address = "127.0.0.1", .tag = 2 };
    if (!http_server_listen(server, &at, &err) || !worker_start(2, &err) || !http_server_start(server, &err))
        fail(&err);
    printf("port %u %u\n", http_server_port(server, 0), http_server_port(server, 1));
    fflush(stdout);
    sigwait(&term, &signal_number);
    sem_init(&stopped, 0, 0);
    http_server_stop(server, 1000, on_stopped, &stopped);
    while (sem_wait(&stopped) != 0)
        ;
    worker_stop();
    http_server_free(server);
    printf("stopped, %d sockets open\n", atomic_load(&sockets_open));
    return 0;
}
