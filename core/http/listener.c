/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets: bound once, shared by all http threads (never SO_REUSEPORT: a second server must fail, not steal
 * connections), and taking connections from them.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/holder.h"
#include "http/internal.h"

enum { BACKLOG = 4096, ACCEPTS_PER_TURN = 32, RETRY_MS = 100 };

static bool
bind_error(const struct http_listen *listen_at, struct err *err)
{
    const char *address = listen_at->address ? listen_at->address : "all addresses";

    if (errno == EADDRINUSE)
        return err_set(err, "port %u is already in use (%s); stop the other server or choose another with --port",
                       listen_at->port, address);
    if (errno == EACCES)
        return err_set(err, "port %u may not be used by this user (%s); choose one above 1023 with --port",
                       listen_at->port, address);
    return err_set_errno(err, "cannot listen on port %u (%s)", listen_at->port, address);
}

static int
open_socket(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, off = 0, failed;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    failed = errno;
    close(fd);
    errno = failed;
    return -1;
}

/* A port that is in use may become free in a moment (holder.h). */
static int
open_soon(const struct addrinfo *address)
{
    struct holder holder;
    int fd = open_socket(address), failed = errno;

    holder_init(&holder, address->ai_addr, address->ai_addrlen);
    while (fd < 0 && failed == EADDRINUSE && holder_may_go(&holder)) {
        fd = open_socket(address);
        failed = errno;
    }
    holder_fini(&holder);
    errno = failed;
    return fd;
}

/* NULL means everywhere: IPv6 with IPv4 in it, or IPv4 alone where the kernel has no IPv6. */
static int
open_address(const struct http_listen *listen_at, struct err *err)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC,
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    struct addrinfo *found;
    char port[8];
    int fd, failed;

    snprintf(port, sizeof port, "%u", listen_at->port);
    failed = getaddrinfo(listen_at->address ? listen_at->address : "::", port, &hints, &found);
    if (failed) {
        err_set(err, "cannot listen on \"%s\": %s",
                listen_at->address ? listen_at->address : "::", gai_strerror(failed));
        return -1;
    }
    fd = open_soon(found);
    failed = errno;
    freeaddrinfo(found);
    errno = failed;
    if (fd < 0 && !listen_at->address && errno == EAFNOSUPPORT) {
        struct http_listen ipv4 = *listen_at;

        ipv4.address = "0.0.0.0";
        return open_address(&ipv4, err);
    }
    if (fd < 0)
        bind_error(listen_at, err);
    return fd;
}

static uint16_t
port_of(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof address;

    getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

bool
listener_open(struct http_listener *listener, const struct http_listen *listen_at, struct err *err)
{
    *listener = (struct http_listener){ .fd = -1, .tag = listen_at->tag };
    if (listen_at->certificate_file || listen_at->key_file) {
        listener->tls = tls_new(listen_at->certificate_file, listen_at->key_file, err);
        if (!listener->tls)
            return false;
    }
    listener->fd = listen_at->inherited_fd ? listen_at->inherited_fd : open_address(listen_at, err);
    if (listener->fd < 0)
        return false;
    listener->port = port_of(listener->fd);
    return true;
}

/* Out of descriptors: waiting on the listener would spin, so it is left alone for a moment. */
static void
pause_accepting(struct http_acceptor *acceptor)
{
    h2o_socket_read_stop(acceptor->sock);
    acceptor->is_paused = true;
    sweep_at(acceptor->thread, now_ms() + RETRY_MS);
}

/* true: there may be more */
static bool
accept_some(struct http_acceptor *acceptor)
{
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        h2o_socket_t *sock = h2o_evloop_socket_accept(acceptor->sock);

        if (sock) {
            conn_open(acceptor, sock);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause_accepting(acceptor);
            return false;
        } else if (errno == EAGAIN) {
            return false;
        }
    }
    return true;
}

static void
on_connection(h2o_socket_t *sock, const char *error)
{
    if (!error)
        accept_some(sock->data);
}

bool
acceptor_start(struct http_acceptor *acceptor, struct err *err)
{
    int fd = fcntl(acceptor->listener->fd, F_DUPFD_CLOEXEC, 0); /* h2o closes what it is given */

    if (fd < 0)
        return err_set_errno(err, "cannot share the listening socket");
    acceptor->sock = h2o_evloop_socket_create(acceptor->thread->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    acceptor->sock->data = acceptor;
    h2o_socket_read_start(acceptor->sock, on_connection);
    return true;
}

void
acceptor_retry(struct http_acceptor *acceptor)
{
    if (!acceptor->is_paused || !acceptor->sock)
        return;
    acceptor->is_paused = false;
    h2o_socket_read_start(acceptor->sock, on_connection);
}

void
acceptor_stop(struct http_acceptor *acceptor)
{
    while (accept_some(acceptor)) /* who is in the queue has connected, as far as the client can see */
        ;
    h2o_socket_close(acceptor->sock);
    acceptor->sock = NULL;
}
