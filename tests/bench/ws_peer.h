/* SPDX-License-Identifier: MIT */
/*
 * One socket of a scripted browser or SDK host: WebSocket frames (client side), ISocket and RPC frames on top. Reads
 * whole messages, answers what everybody answers, and hands the rest to its user. What a run is: ws_client.c.
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

/*
 * Connects to the loopback port and waits for the upgrade: a host with this key, or a browser (NULL). Ends the process
 * if that fails: nothing can be measured.
 */
void ws_peer_open(struct ws_peer *peer, unsigned port, const char *api_key);

/* Queues a call; ws_peer_flush sends. */
void ws_peer_call(struct ws_peer *peer, uint64_t id, const char *method, const char *data);

/* Queues a sign of life: hosts send ping frames, browsers, which cannot, a message. */
void ws_peer_ping(struct ws_peer *peer, bool is_frame);

/* Reads what is there and hands out whole messages. false: the server closed. */
bool ws_peer_read(struct ws_peer *peer);

/* false: not everything went out, wait until the socket is writable. */
bool ws_peer_flush(struct ws_peer *peer);

#endif
