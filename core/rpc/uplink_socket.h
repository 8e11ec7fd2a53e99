/* SPDX-License-Identifier: MIT */
/*
 * The client side of one WebSocket connection: the upgrade with the host's headers (host-protocol.md 1.1), text
 * messages, pings with a UUID as payload (1.4), the close. What the texts mean is uplink.h. Control thread.
 */
#ifndef RPC_UPLINK_SOCKET_H
#define RPC_UPLINK_SOCKET_H

#include <stdint.h>

#include "base/str.h"
#include "rpc/uplink_address.h"

struct uplink_socket;

/* Why a connection is over, or never was. */
struct uplink_end {
    bool is_hopeless;       /* another attempt would end the same way */
    unsigned code;          /* of the server's close frame; 1005: without one; 1006: no close frame; 0: never open */
    char reason[124];       /* of the server's close frame */
    struct err explanation; /* in words */
};

struct uplink_socket_events {
    void (*open)(void *arg); /* the server took the upgrade */
    void (*text)(void *arg, struct str text);
    /* Last event; the socket is gone behind it. */
    void (*ended)(void *arg, const struct uplink_end *end);
};

struct uplink_socket_spec {
    const struct uplink_address *address;
    const char *api_key, *instance_id;
    int64_t ping_interval_ms, ping_timeout_ms, close_unresponsive_ms;
    const struct uplink_socket_events *events;
    void *arg;
};

struct uplink_socket *uplink_socket_open(const struct uplink_socket_spec *spec); /* copies what it needs */

bool uplink_socket_send(struct uplink_socket *socket, struct str text); /* false: not open, or on its way out */
/* Says goodbye; `ended` follows within two seconds. */
void uplink_socket_close(struct uplink_socket *socket, unsigned code, const char *reason);
/* Ends it without goodbye and without `ended`. */
void uplink_socket_drop(struct uplink_socket *socket);

#endif
