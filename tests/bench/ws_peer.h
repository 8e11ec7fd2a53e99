/* SPDX-License-Identifier: MIT */
/*
 * One browser's socket for measurements: WebSocket frames (client side), ISocket and RPC frames on top. Reads whole
 * messages, answers what every browser answers, and hands the rest to its user. What a run is: ws_client.c.
 */
#ifndef BENCH_WS_PEER_H
#define BENCH_WS_PEER_H

#include "base/arena.h"
#include "base/buf.h"
#include "rpc/frame.h"

struct ws_peer {
    int fd;
    struct buf in, out; /* bytes of the stream */
    struct buf text, scratch;
    struct arena arena; /* of the message at hand */
    /* CALL or RESPONSE of the server's; a CALL is answered with true afterwards. */
    void (*on_frame)(struct ws_peer *peer, const struct rpc_frame *frame);
};

/* Connects to the loopback port and waits for the upgrade. Ends the process if that fails: nothing can be measured. */
void ws_peer_open(struct ws_peer *peer, unsigned port);

/* Queues a call; ws_peer_flush sends. */
void ws_peer_call(struct ws_peer *peer, uint64_t id, const char *method, const char *data);

/* Reads what is there and hands out whole messages. false: the server closed. */
bool ws_peer_read(struct ws_peer *peer);

/* false: not everything went out, wait until the socket is writable. */
bool ws_peer_flush(struct ws_peer *peer);

#endif
