/* SPDX-License-Identifier: MIT */
/* The writing side of a shared stream (port.h). */
#include "runtime/port.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FULL = 1 << 20 };

void
port_init(struct port *port, int fd)
{
    pthread_mutex_init(&port->lock, NULL);
    pthread_cond_init(&port->written, NULL);
    /* bounded by port_wait and one frame for each thread that was past it */
    link_out_init(&port->queue, SIZE_MAX / 2);
    link_out_init(&port->batch, SIZE_MAX / 2);
    port->fd = fd;
    port->is_writing = false;
}

bool
port_put(struct port *port, const struct link_frame *head, const struct str *parts, size_t part_count, int fd)
{
    bool fits = true;

    pthread_mutex_lock(&port->lock);
    if (port->fd >= 0)
        fits = link_out_put(&port->queue, head, parts, part_count, fd);
    else if (fd >= 0)
        close(fd);
    pthread_mutex_unlock(&port->lock);
    return fits;
}

static void
clear(struct link_out *out)
{
    size_t max = out->bytes.max;

    link_out_fini(out);
    link_out_init(out, max);
}

/* A handler that closes descriptors which are not its own leaves nothing to go on with: threads would wait for ever. */
static void
die_if_closed(void)
{
    if (errno == EBADF || errno == ENOTSOCK) {
        fputs("interlude-runner: the module has closed the connection to the server\n", stderr);
        _exit(EXIT_FAILURE);
    }
}

void
port_flush(struct port *port)
{
    struct link_out taken;
    enum link_event event;
    int fd;

    pthread_mutex_lock(&port->lock);
    while (!port->is_writing && !link_out_is_empty(&port->queue)) {
        taken = port->queue;
        port->queue = port->batch;
        port->batch = taken;
        port->is_writing = true;
        fd = port->fd;
        pthread_mutex_unlock(&port->lock);
        event = link_out_write(&port->batch, fd, LINK_WAIT, NULL);
        if (event != LINK_READY)
            die_if_closed();
        pthread_mutex_lock(&port->lock);
        if (event != LINK_READY) { /* the reading side notices too */
            clear(&port->batch);
            if (port->fd == fd)
                port->fd = -1;
            clear(&port->queue);
        }
        port->is_writing = false;
        pthread_cond_broadcast(&port->written);
    }
    pthread_mutex_unlock(&port->lock);
}

void
port_wait(struct port *port)
{
    pthread_mutex_lock(&port->lock);
    while (port->is_writing && link_out_pending(&port->queue) >= FULL)
        pthread_cond_wait(&port->written, &port->lock);
    pthread_mutex_unlock(&port->lock);
}

void
port_switch(struct port *port, int fd)
{
    pthread_mutex_lock(&port->lock);
    port->fd = -1;
    while (port->is_writing)
        pthread_cond_wait(&port->written, &port->lock);
    clear(&port->queue);
    port->fd = fd;
    pthread_mutex_unlock(&port->lock);
}
