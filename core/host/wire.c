/* SPDX-License-Identifier: MIT */
/* The control stream of one runner, driven by libev (wire.h). */
#include "host/wire.h"

#include <ev.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "link/stream.h"
#include "loop/control.h"

enum { MAX_QUEUED = 64 << 20 };

struct wire {
    ev_io readable, writable;
    ev_prepare flush; /* what one loop turn sends leaves in one write */
    struct link_in in;
    struct link_out out;
    const struct wire_events *events;
    void *arg;
    bool is_closed, is_in_event;
};

static void
wire_free(struct wire *wire)
{
    link_in_fini(&wire->in);
    link_out_fini(&wire->out);
    free(wire);
}

static void
ended(struct wire *wire)
{
    if (wire->is_closed)
        return;
    ev_io_stop(control_loop(), &wire->readable);
    wire->events->ended(wire->arg);
}

static void
write_out(struct wire *wire)
{
    struct err err;

    switch (link_out_write(&wire->out, wire->readable.fd, LINK_DONTWAIT, &err)) {
    case LINK_READY:
        ev_io_stop(control_loop(), &wire->writable);
        break;
    case LINK_AGAIN:
        ev_io_start(control_loop(), &wire->writable);
        break;
    default: /* the reading side tells how it ended, after what it still says */
        ev_io_stop(control_loop(), &wire->writable);
        link_out_fini(&wire->out);
        link_out_init(&wire->out, MAX_QUEUED);
        break;
    }
}

static void
on_flush(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    struct wire *wire = prepare->data;

    (void)events;
    ev_prepare_stop(loop, prepare);
    if (!ev_is_active(&wire->writable))
        write_out(wire);
}

static void
on_writable(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop, (void)events;
    write_out(io->data);
}

/* true: go on reading */
static bool
deliver_frames(struct wire *wire)
{
    struct link_received received;
    struct err err = { "" };

    while (!wire->is_closed && link_in_next(&wire->in, &received, &err)) {
        if (received.fd >= 0)
            close(received.fd); /* no frame on the control stream carries one */
        wire->events->frame(wire->arg, &received.head, received.payload);
    }
    if (!wire->is_closed && err.text[0]) {
        log_warn("runner", "closing a stream: %s", err.text);
        return false;
    }
    return true;
}

static void
on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    enum { ROUNDS = 16 }; /* a chatty runner must not starve the others */
    struct wire *wire = io->data;
    enum link_event event = LINK_READY;
    struct err err;

    (void)loop, (void)events;
    wire->is_in_event = true;
    for (int i = 0; i < ROUNDS && event == LINK_READY && !wire->is_closed; i++) {
        event = link_in_fill(&wire->in, io->fd, LINK_DONTWAIT, &err);
        if (event == LINK_READY && !deliver_frames(wire))
            event = LINK_BROKEN;
    }
    if (event == LINK_ENDED || event == LINK_BROKEN)
        ended(wire);
    else if (!wire->is_closed)
        link_in_trim(&wire->in);
    wire->is_in_event = false;
    if (wire->is_closed)
        wire_free(wire);
}

void
wire_read_rest(struct wire *wire)
{
    enum { ROUNDS = 64 }; /* a process that it left behind may still write */
    struct err err;

    wire->is_in_event = true;
    for (int i = 0; i < ROUNDS && !wire->is_closed; i++)
        if (link_in_fill(&wire->in, wire->readable.fd, LINK_DONTWAIT, &err) != LINK_READY || !deliver_frames(wire))
            break;
    wire->is_in_event = false;
    if (wire->is_closed)
        wire_free(wire);
}

void
wire_end(struct wire *wire)
{
    shutdown(wire->readable.fd, SHUT_RDWR);
}

struct wire *
wire_open(int fd, const struct wire_events *events, void *arg)
{
    struct wire *wire = mem_alloc(sizeof *wire);

    wire->events = events;
    wire->arg = arg;
    link_in_init(&wire->in);
    link_out_init(&wire->out, MAX_QUEUED);
    ev_io_init(&wire->readable, on_readable, fd, EV_READ);
    ev_io_init(&wire->writable, on_writable, fd, EV_WRITE);
    ev_prepare_init(&wire->flush, on_flush);
    wire->readable.data = wire->writable.data = wire->flush.data = wire;
    ev_io_start(control_loop(), &wire->readable);
    return wire;
}

void
wire_close(struct wire *wire)
{
    if (wire->is_closed)
        return;
    wire->is_closed = true;
    ev_prepare_stop(control_loop(), &wire->flush);
    ev_io_stop(control_loop(), &wire->writable);
    ev_io_stop(control_loop(), &wire->readable);
    close(wire->readable.fd);
    if (!wire->is_in_event)
        wire_free(wire);
}

void
wire_send(struct wire *wire, const struct link_frame *head, struct str payload)
{
    if (wire->is_closed)
        return;
    if (!link_out_put(&wire->out, head, &payload, 1, -1)) {
        log_warn("runner", "a runner does not read: %s was not sent and its stream is closed",
                 link_method_name(head->method));
        wire_end(wire);
        return;
    }
    ev_prepare_start(control_loop(), &wire->flush);
}
