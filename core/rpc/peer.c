/* SPDX-License-Identifier: MIT */
/* The conversation on one /websocket connection (peer.h). */
#include "rpc/peer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/ws.h"

enum {
    MAX_OUT = 80 << 20, /* a render of 32 MiB, escaped twice */
    MAX_ARENA = 96 << 20,
};

void
peer_init(struct peer *peer, const struct peer_ops *ops, struct ws *ws)
{
    peer->refs = 1;
    peer->ops = ops;
    peer->ws = ws;
    buf_init(&peer->out, MAX_OUT);
    buf_init(&peer->scratch, MAX_OUT);
    arena_init(&peer->arena, MAX_ARENA);
    rpc_put_literal(&peer->out, "authenticated");
    ws_send_text(ws, buf_view(&peer->out));
}

struct peer *
peer_get(struct peer *peer)
{
    peer->refs++;
    return peer;
}

void
peer_put(struct peer *peer)
{
    ASSERT(peer->refs > 0);
    if (--peer->refs > 0)
        return;
    buf_fini(&peer->out);
    buf_fini(&peer->scratch);
    arena_fini(&peer->arena);
    peer->ops->free(peer);
}

void
peer_gone(struct peer *peer)
{
    if (!peer->ws)
        return;
    peer->ops->gone(peer);
    ws_put(peer->ws);
    peer->ws = NULL;
    peer_put(peer);
}

/* Buffers that served one large message are not kept for the small ones. */
static void
shrink(struct peer *peer)
{
    enum { KEEP = 64 << 10 };

    if (peer->out.cap > KEEP)
        buf_fini(&peer->out);
    if (peer->scratch.cap > KEEP)
        buf_fini(&peer->scratch);
}

static void
flush(struct peer *peer)
{
    if (peer->out.over)
        log_error("rpc", "a message for a peer is larger than %d bytes and was not sent", MAX_OUT);
    else
        ws_send_text(peer->ws, buf_view(&peer->out));
    shrink(peer);
}

static void
dispatch(struct peer *peer, const struct rpc_frame *frame)
{
    struct peer_call call = { .peer = peer };

    for (const struct peer_method *method = peer->ops->methods; method->name; method++)
        if (strcmp(method->name, frame->method) == 0) {
            snprintf(call.id, sizeof call.id, "%.*s", STR_ARG(frame->id));
            call.method = method->name;
            method->run(peer, &call, &peer->arena, frame->data);
            return;
        }
    log_debug("rpc", "a peer called the unknown method %s", frame->method);
}

void
peer_received(struct peer *peer, struct str text)
{
    struct rpc_frame frame;
    struct err err;

    if (!peer->ws)
        return;
    arena_reset(&peer->arena);
    if (!rpc_frame_read(&peer->arena, text, &frame, &err)) {
        log_warn("rpc", "closing a peer: %s", err.text);
        ws_close(peer->ws, 1008, "The frame is not an ISocket message.");
        return;
    }
    if (frame.kind == RPC_ACK)
        return;
    buf_clear(&peer->out);
    rpc_put_ack(&peer->out, frame.message_id);
    flush(peer);
    peer_get(peer);
    if (frame.kind == RPC_CALL)
        dispatch(peer, &frame);
    else if (frame.kind == RPC_UNKNOWN)
        log_debug("rpc", "a peer sent a message that is no RPC frame");
    peer_put(peer);
}

void
peer_send_call(struct peer *peer, const char *method, struct str data)
{
    if (!peer->ws)
        return;
    buf_clear(&peer->out);
    rpc_put_call(&peer->out, &peer->scratch, ++peer->last_call, method, data);
    flush(peer);
}

void
peer_respond(const struct peer_call *call, struct str data)
{
    struct peer *peer = call->peer;

    if (!peer->ws)
        return;
    buf_clear(&peer->out);
    rpc_put_response(&peer->out, &peer->scratch, str_of(call->id), call->method, data);
    flush(peer);
}

void
peer_respond_bool(const struct peer_call *call, bool value)
{
    peer_respond(call, value ? STR("true") : STR("false"));
}

struct peer_call *
peer_call_keep(const struct peer_call *call)
{
    struct peer_call *kept = mem_alloc(sizeof *kept);

    *kept = *call;
    peer_get(kept->peer);
    return kept;
}

void
peer_call_free(struct peer_call *call)
{
    peer_put(call->peer);
    free(call);
}
