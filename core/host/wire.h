/* SPDX-License-Identifier: MIT */
/* The control stream of one runner on the control loop: framed link (link/stream.h) driven by libev. */
#ifndef HOST_WIRE_H
#define HOST_WIRE_H

#include "base/str.h"
#include "link/frame.h"

struct wire;

struct wire_events {
    void (*frame)(void *arg, const struct link_frame *head, struct str payload);
    void (*ended)(void *arg); /* end of stream or a malformed frame; call wire_close */
};

/* Takes over the descriptor. */
struct wire *wire_open(int fd, const struct wire_events *events, void *arg);
void wire_close(struct wire *wire); /* also from within its own events */
/* The same from our side as if the peer had gone: `ended` follows from the loop. */
void wire_end(struct wire *wire);
/* Frames that a peer which is gone left in the stream; `ended` is not called. */
void wire_read_rest(struct wire *wire);
/* Queued and sent with the loop turn; a peer that does not read until 64 MiB wait is ended. */
void wire_send(struct wire *wire, const struct link_frame *head, struct str payload);

#endif
