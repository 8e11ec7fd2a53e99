/* SPDX-License-Identifier: MIT */
/* Descriptors of others on the loop of an http thread (thread.h). */
#include <stdlib.h>

#include "base/mem.h"
#include "http/internal.h"

struct http_watch {
    h2o_socket_t *sock;
    void (*on_readable)(void *arg);
    void (*on_writable)(void *arg);
    void *arg;
};

static void
on_read(h2o_socket_t *sock, const char *error)
{
    struct http_watch *watch = sock->data;

    (void)error;
    watch->on_readable(watch->arg);
}

static void
on_write(h2o_socket_t *sock, const char *error)
{
    struct http_watch *watch = sock->data;

    (void)error;
    watch->on_writable(watch->arg);
}

struct http_watch *
http_watch_new(struct http_thread *thread, int fd, void (*on_readable)(void *arg), void *arg)
{
    struct http_watch *watch = mem_alloc(sizeof *watch);

    watch->sock = h2o_evloop_socket_create(thread->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    watch->sock->data = watch;
    watch->on_readable = on_readable;
    watch->arg = arg;
    http_watch_resume(watch);
    return watch;
}

void
http_watch_resume(struct http_watch *watch)
{
    h2o_socket_read_start(watch->sock, on_read);
}

void
http_watch_when_writable(struct http_watch *watch, void (*on_writable)(void *arg))
{
    watch->on_writable = on_writable;
    if (!h2o_socket_is_writing(watch->sock))
        h2o_socket_notify_write(watch->sock, on_write);
}

int
http_watch_fd(const struct http_watch *watch)
{
    return h2o_socket_get_fd(watch->sock);
}

void
http_watch_free(struct http_watch *watch)
{
    h2o_socket_close(watch->sock);
    free(watch);
}
