/* SPDX-License-Identifier: MIT */
/*
 * A byte stream to a server: name lookup on an api thread, TCP, and TLS with verification. Owns everything below the
 * first byte of HTTP; the WebSocket on top is uplink_socket.h. Control thread.
 */
#ifndef RPC_UPLINK_STREAM_H
#define RPC_UPLINK_STREAM_H

#include <sys/types.h>

#include "rpc/uplink_address.h"

struct sockaddr;
struct uplink_stream;

struct uplink_stream_events {
    void (*open)(void *arg); /* bytes can be read and written */
    /* Something can be read, or written after UPLINK_WAIT. */
    void (*ready)(void *arg);
    /* It never opened. `is_hopeless`: another attempt would end the same way. The stream is still to be closed. */
    void (*failed)(void *arg, bool is_hopeless, const struct err *err);
    /* Of the addresses of the name, these only; NULL: all. */
    bool (*may_connect)(void *arg, const struct sockaddr *address);
};

struct uplink_stream *uplink_stream_open(const struct uplink_address *address,
                                         const struct uplink_stream_events *events, void *arg);
void uplink_stream_close(struct uplink_stream *stream); /* also from within its events */

enum { UPLINK_WAIT = -1, UPLINK_ENDED = -2 };

/* Bytes moved; UPLINK_WAIT: `ready` tells when to try again; UPLINK_ENDED: the connection is gone. */
ssize_t uplink_stream_read(struct uplink_stream *stream, void *p, size_t len);
ssize_t uplink_stream_write(struct uplink_stream *stream, const void *p, size_t len);

#endif
