/* SPDX-License-Identifier: MIT */
/*
 * One end of /websocket on the control thread: reads frames, acknowledges, dispatches calls, writes calls and
 * responses. Owns the conversation, not the socket (http/) and not the meaning of methods (browser.c). Counted, because
 * answers may wait for a commit.
 */
#ifndef RPC_PEER_H
#define RPC_PEER_H

#include "base/buf.h"
#include "base/list.h"
#include "json/read.h"
#include "rpc/frame.h"

struct peer;
struct ws;

/* A call that waits for its response. */
struct peer_call {
    struct peer *peer;
    char id[132];
    const char *method; /* the static name from the table of methods */
};

struct peer_method {
    const char *name;
    /* `call` is valid during the call; peer_call_keep() makes one that lasts. */
    void (*run)(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data);
};

struct peer_ops {
    const struct peer_method *methods; /* ends with a NULL name */
    /* Every frame, once acknowledged and before it is dispatched; false: the peer has been closed. May be NULL. */
    bool (*heard)(struct peer *peer, const struct rpc_frame *frame);
    /* The id of every message that is sent, for those who wait for its ACK. May be NULL. */
    void (*sent)(struct peer *peer, struct uuid message);
    void (*gone)(struct peer *peer); /* the socket is closed; nothing can be sent any more */
    void (*free)(struct peer *peer); /* the last reference is gone */
};

struct peer {
    unsigned refs;
    const struct peer_ops *ops;
    struct ws *ws;       /* NULL: gone */
    unsigned close_code; /* how, then */
    uint64_t last_call;
    struct list in_waiting; /* acknowledgements wait for company */
    struct buf out, scratch;
    struct arena arena;
};

/* Takes over a reference to the socket and sends "authenticated"; refs is 1, dropped when the socket closes. */
void peer_init(struct peer *peer, const struct peer_ops *ops, struct ws *ws);
struct peer *peer_get(struct peer *peer);
void peer_put(struct peer *peer);

void peer_received(struct peer *peer, struct str text);
void peer_gone(struct peer *peer, unsigned close_code);

/* Returns the id of the RPC call; 0: nothing was sent. */
uint64_t peer_send_call(struct peer *peer, const char *method, struct str data);
/* Not at all if the frame would be longer than that. */
uint64_t peer_send_call_within(struct peer *peer, const char *method, struct str data, size_t max_frame_bytes);
void peer_respond(const struct peer_call *call, struct str data); /* data: JSON; empty: no "data" */
void peer_respond_bool(const struct peer_call *call, bool value);

struct peer_call *peer_call_keep(const struct peer_call *call); /* holds a reference to the peer */
void peer_call_free(struct peer_call *call);

#endif
