/* SPDX-License-Identifier: MIT */
/* From an address to an open stream (uplink_stream.h): looking up, connecting, TLS; one address after the other. */
#include "rpc/uplink_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "loop/control.h"
#include "loop/worker.h"

/* A name lookup outlives a stream that was closed meanwhile. */
struct lookup {
    struct message message;
    struct uplink_stream *stream; /* control only; NULL: closed */
    char host[256], port[6];
    struct addrinfo *found;
    int error; /* of getaddrinfo */
};

/* An address that does not answer must not keep us from the next one. */
static const double ADDRESS_SECONDS = 3;

struct uplink_stream {
    struct uplink_address address;
    const struct uplink_stream_events *events;
    void *arg;
    struct lookup *lookup; /* while it runs */
    struct addrinfo *found, *next;
    char tried[INET6_ADDRSTRLEN]; /* the address in use */
    int fd;                       /* -1: none */
    SSL *tls;                     /* NULL: plain, or not connected yet */
    ev_io io;
    ev_timer patience; /* with this address, while there is another */
    enum { STREAM_CONNECTING, STREAM_HANDSHAKING, STREAM_OPEN } phase;
};

static void connect_next(struct uplink_stream *stream, int error);

static void
fail(struct uplink_stream *stream, bool is_hopeless, struct err *err)
{
    stream->events->failed(stream->arg, is_hopeless, err);
}

static void
watch(struct uplink_stream *stream, int events)
{
    if (ev_is_active(&stream->io) && (stream->io.events & (EV_READ | EV_WRITE)) == events)
        return;
    ev_io_stop(control_loop(), &stream->io);
    ev_io_set(&stream->io, stream->fd, events);
    ev_io_start(control_loop(), &stream->io);
}

/* ---- TLS */

static SSL_CTX *
tls_context(void)
{
    static SSL_CTX *context;

    if (context)
        return context;
    context = SSL_CTX_new(TLS_client_method());
    ASSERT(context && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
    SSL_CTX_set_default_verify_paths(context); /* SSL_CERT_FILE and SSL_CERT_DIR override it */
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

static bool
is_ip(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static void
start_tls(struct uplink_stream *stream)
{
    const char *host = stream->address.host;

    stream->tls = SSL_new(tls_context());
    ASSERT(stream->tls && SSL_set_fd(stream->tls, stream->fd) == 1);
    if (is_ip(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(stream->tls), host);
    } else {
        SSL_set_tlsext_host_name(stream->tls, host);
        SSL_set1_host(stream->tls, host);
    }
    SSL_set_connect_state(stream->tls);
    stream->phase = STREAM_HANDSHAKING;
}

static void
explain_tls(struct uplink_stream *stream)
{
    long verdict = SSL_get_verify_result(stream->tls);
    unsigned long code = ERR_get_error();
    struct err err;

    if (verdict != X509_V_OK) {
        err_set(&err,
                "the certificate of %s was not accepted: %s. Use the name the certificate was made for; if your own "
                "authority issued it, name its certificate in SSL_CERT_FILE",
                stream->address.host, X509_verify_cert_error_string(verdict));
        fail(stream, true, &err);
    } else if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
        err_set(&err, "%s port %s answers, but does not speak TLS; if it is meant to be so, write ws:// for wss://",
                stream->address.host, stream->address.port);
        fail(stream, true, &err);
    } else {
        err_set(&err, "%s port %s ended the TLS handshake%s%s", stream->address.host, stream->address.port,
                code ? ": " : "", code ? ERR_reason_error_string(code) : "");
        fail(stream, false, &err);
    }
}

/* What to wait for after a TLS call that did not get through; 0: it failed for good. */
static int
tls_events(const struct uplink_stream *stream, int result)
{
    switch (SSL_get_error(stream->tls, result)) {
    case SSL_ERROR_WANT_READ:
        return EV_READ;
    case SSL_ERROR_WANT_WRITE:
        return EV_READ | EV_WRITE;
    default:
        return 0;
    }
}

static void
shake_hands(struct uplink_stream *stream)
{
    int result, events;

    ERR_clear_error();
    result = SSL_do_handshake(stream->tls);
    if (result != 1) {
        events = tls_events(stream, result);
        if (events)
            watch(stream, events);
        else
            explain_tls(stream);
        return;
    }
    stream->phase = STREAM_OPEN;
    watch(stream, EV_READ);
    stream->events->open(stream->arg);
}

/* ---- TCP */

static void
on_connected(struct uplink_stream *stream)
{
    int error = 0, on = 1;
    socklen_t len = sizeof error;

    ev_timer_stop(control_loop(), &stream->patience);
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        error = errno;
    if (error) {
        connect_next(stream, error);
        return;
    }
    setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(stream->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (stream->address.is_tls) {
        start_tls(stream);
        shake_hands(stream);
        return;
    }
    stream->phase = STREAM_OPEN;
    watch(stream, EV_READ);
    stream->events->open(stream->arg);
}

static void
on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct uplink_stream *stream = container_of(io, struct uplink_stream, io);

    (void)loop, (void)events;
    switch (stream->phase) {
    case STREAM_CONNECTING:
        on_connected(stream);
        break;
    case STREAM_HANDSHAKING:
        shake_hands(stream);
        break;
    case STREAM_OPEN:
        watch(stream, EV_READ);
        stream->events->ready(stream->arg);
        break;
    }
}

static void
on_impatient(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    connect_next(container_of(timer, struct uplink_stream, patience), ETIMEDOUT);
}

static void
explain_connect(struct uplink_stream *stream, int error)
{
    struct err err;

    errno = error;
    err_set_errno(&err, "cannot connect to %s port %s%s%s%s", stream->address.host, stream->address.port,
                  strcmp(stream->tried, stream->address.host) != 0 ? " (" : "",
                  strcmp(stream->tried, stream->address.host) != 0 ? stream->tried : "",
                  strcmp(stream->tried, stream->address.host) != 0 ? ")" : "");
    if (error == ECONNREFUSED)
        err_set(&err, "nothing listens at %s port %s (%s); is the server running, and is the port right?",
                stream->address.host, stream->address.port, stream->tried);
    if (error == EACCES)
        err_set(&err, "%s (%s) is no public address", stream->address.host, stream->tried);
    fail(stream, false, &err);
}

static bool
may_connect(const struct uplink_stream *stream, const struct sockaddr *address)
{
    return !stream->events->may_connect || stream->events->may_connect(stream->arg, address);
}

/* `error` is why the address before was not it. */
static void
connect_next(struct uplink_stream *stream, int error)
{
    while (stream->next) {
        const struct addrinfo *to = stream->next;

        stream->next = to->ai_next;
        if (stream->fd >= 0) {
            ev_io_stop(control_loop(), &stream->io);
            close(stream->fd);
        }
        getnameinfo(to->ai_addr, to->ai_addrlen, stream->tried, sizeof stream->tried, NULL, 0, NI_NUMERICHOST);
        stream->fd = -1;
        if (!may_connect(stream, to->ai_addr)) {
            error = EACCES;
            continue;
        }
        stream->fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
        if (stream->fd < 0) {
            error = errno;
            continue;
        }
        if (connect(stream->fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS) {
            watch(stream, EV_WRITE);
            ev_timer_stop(control_loop(), &stream->patience);
            ev_timer_set(&stream->patience, ADDRESS_SECONDS, 0);
            if (stream->next)
                ev_timer_start(control_loop(), &stream->patience);
            return;
        }
        error = errno;
    }
    explain_connect(stream, error);
}

/* ---- the name */

static void
explain_lookup(struct uplink_stream *stream, int error)
{
    struct err err;

    err_set(&err, "the host name %s cannot be looked up: %s; is it spelled right, and is the network up?",
            stream->address.host, gai_strerror(error));
    fail(stream, false, &err);
}

static void
lookup_free(struct lookup *lookup)
{
    if (lookup->found)
        freeaddrinfo(lookup->found);
    free(lookup);
}

static void
on_found(struct message *message)
{
    struct lookup *lookup = container_of(message, struct lookup, message);
    struct uplink_stream *stream = lookup->stream;

    if (!stream) {
        lookup_free(lookup);
        return;
    }
    stream->lookup = NULL;
    stream->found = stream->next = lookup->found;
    lookup->found = NULL;
    if (lookup->error)
        explain_lookup(stream, lookup->error);
    else
        connect_next(stream, 0);
    lookup_free(lookup);
}

static void
look_up(struct message *message)
{
    struct lookup *lookup = container_of(message, struct lookup, message);
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };

    lookup->error = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->found);
    control_post(&lookup->message, on_found);
}

static void
on_overloaded(struct message *message)
{
    container_of(message, struct lookup, message)->error = EAI_AGAIN;
    on_found(message);
}

struct uplink_stream *
uplink_stream_open(const struct uplink_address *address, const struct uplink_stream_events *events, void *arg)
{
    struct uplink_stream *stream = mem_alloc(sizeof *stream);
    struct lookup *lookup = mem_alloc(sizeof *lookup);

    stream->address = *address;
    stream->events = events;
    stream->arg = arg;
    stream->fd = -1;
    ev_init(&stream->io, on_io);
    ev_init(&stream->patience, on_impatient);
    stream->lookup = lookup;
    lookup->stream = stream;
    memcpy(lookup->host, address->host, sizeof lookup->host);
    memcpy(lookup->port, address->port, sizeof lookup->port);
    if (!worker_post(&lookup->message, look_up))
        control_post(&lookup->message, on_overloaded);
    return stream;
}

void
uplink_stream_close(struct uplink_stream *stream)
{
    if (stream->lookup)
        stream->lookup->stream = NULL;
    ev_io_stop(control_loop(), &stream->io);
    ev_timer_stop(control_loop(), &stream->patience);
    if (stream->tls) {
        if (stream->phase == STREAM_OPEN)
            SSL_shutdown(stream->tls);
        SSL_free(stream->tls);
    }
    if (stream->fd >= 0)
        close(stream->fd);
    if (stream->found)
        freeaddrinfo(stream->found);
    free(stream);
}

/* ---- bytes */

static ssize_t
tls_result(struct uplink_stream *stream, int result)
{
    int events;

    if (result > 0)
        return result;
    events = tls_events(stream, result);
    if (!events)
        return UPLINK_ENDED;
    if (events & EV_WRITE)
        watch(stream, events);
    return UPLINK_WAIT;
}

static bool
would_block(ssize_t result)
{
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

ssize_t
uplink_stream_read(struct uplink_stream *stream, void *p, size_t len)
{
    ssize_t got;

    if (stream->tls) {
        ERR_clear_error();
        return tls_result(stream, SSL_read(stream->tls, p, len > INT32_MAX ? INT32_MAX : (int)len));
    }
    got = recv(stream->fd, p, len, 0);
    if (would_block(got))
        return UPLINK_WAIT;
    return got > 0 ? got : UPLINK_ENDED;
}

ssize_t
uplink_stream_write(struct uplink_stream *stream, const void *p, size_t len)
{
    ssize_t sent;

    if (stream->tls) {
        ERR_clear_error();
        return tls_result(stream, SSL_write(stream->tls, p, len > INT32_MAX ? INT32_MAX : (int)len));
    }
    sent = send(stream->fd, p, len, MSG_NOSIGNAL);
    if (would_block(sent)) {
        watch(stream, EV_READ | EV_WRITE);
        return UPLINK_WAIT;
    }
    return sent >= 0 ? sent : UPLINK_ENDED;
}
