/* SPDX-License-Identifier: MIT */
/*
 * The two text layers on /websocket: ISocket frames (host-protocol.md 1.3) around RPC frames (1.5). Owns their shape,
 * reading and writing; knows no connection. Any thread.
 */
#ifndef RPC_FRAME_H
#define RPC_FRAME_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "json/read.h"

enum rpc_kind {
    RPC_ACK,      /* of one of our messages; `message_id` */
    RPC_PING,     /* application-level ping: wants nothing but its ACK */
    RPC_WELCOME,  /* "authenticated", the first message of a server */
    RPC_CALL,     /* `id`, `method`, `data` */
    RPC_RESPONSE, /* `id`, `method`, `data` */
    RPC_UNKNOWN   /* a well-formed message whose content is no RPC frame: ACKed, logged, ignored */
};

struct rpc_frame {
    enum rpc_kind kind;
    struct str message_id; /* ISocket id, any text */
    struct str id;         /* RPC id */
    const char *method;
    struct json data; /* missing when there is none */
};

/*
 * Reads one text frame. Everything lives in the arena, which must outlive the frame's use; so must the text. false: not
 * an ISocket frame; such a peer is closed.
 */
bool rpc_frame_read(struct arena *arena, struct str text, struct rpc_frame *frame, struct err *err) MUST_CHECK;

void rpc_put_ack(struct buf *out, struct str message_id);

/* Messages; what is returned is the id that the other side acknowledges. */
struct uuid_text rpc_put_literal(struct buf *out, const char *data); /* bare text: "authenticated" */
/* `data` is valid JSON; empty: the key is left out. `scratch` is cleared and used. */
struct uuid_text rpc_put_call(struct buf *out, struct buf *scratch, uint64_t id, const char *method, struct str data);
struct uuid_text rpc_put_response(struct buf *out, struct buf *scratch, struct str id, const char *method,
                                  struct str data);

#endif
