/* SPDX-License-Identifier: MIT */
/* The conversation on one /websocket connection (peer.h). */
#include "rpc/peer.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/ws.h"
#include "loop/control.h"

enum {
    MAX_OUT = 80 << 20, /* a render of 32 MiB, escaped twice */
    MAX_ARENA = 96 << 20,
};

/* Nobody waits for an acknowledgement alone (host-protocol.md 1.3: seconds), and mostly more is sent soon. */
static const double ACK_SECONDS = 0.005;

static struct list waiting = { &waiting, &waiting };
static ev_timer ack_timer;

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
send_text(struct peer *peer)
{
    if (peer->out.over)
        log_error("rpc", "a message for a peer is larger than %d bytes and was not sent", MAX_OUT);
    else
        ws_send_text(peer->ws, buf_view(&peer->out));
    shrink(peer);
}

static void
on_ack_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    LIST_EACH(&waiting, node)
    {
        list_remove(node);
        ws_nudge(LIST_ENTRY(node, struct peer, in_waiting)->ws);
    }
}

/* Acknowledges: together with the next message, but soon. */
static void
acknowledge(struct peer *peer, struct str message_id)
{
    buf_clear(&peer->out);
    rpc_put_ack(&peer->out, message_id);
    ws_send_text_quietly(peer->ws, buf_view(&peer->out));
    if (list_is_linked(&peer->in_waiting))
        return;
    list_add_tail(&waiting, &peer->in_waiting);
    if (ev_is_active(&ack_timer))
        return;
    ev_timer_init(&ack_timer, on_ack_timer, ACK_SECONDS, 0);
    ev_timer_start(control_loop(), &ack_timer);
}

/* Sends the message in `out`. */
static void
flush(struct peer *peer, struct uuid_text message)
{
    struct uuid id;

    if (peer->ops->sent && !peer->out.over && uuid_parse(str_of(message.s), &id))
        peer->ops->sent(peer, id);
    send_text(peer);
}

void
peer_init(struct peer *peer, const struct peer_ops *ops, struct ws *ws)
{
    peer->refs = 1;
    peer->ops = ops;
    peer->ws = ws;
    buf_init(&peer->out, MAX_OUT);
    buf_init(&peer->scratch, MAX_OUT);
    arena_init(&peer->arena, MAX_ARENA);
    list_init(&peer->in_waiting);
    flush(peer, rpc_put_literal(&peer->out, "authenticated"));
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
peer_gone(struct peer *peer, unsigned close_code)
{
    if (!peer->ws)
        return;
    peer->close_code = close_code;
    peer->ops->gone(peer);
    list_remove(&peer->in_waiting);
    ws_put(peer->ws);
    peer->ws = NULL;
    peer_put(peer);
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
    if (frame.kind != RPC_ACK)
        acknowledge(peer, frame.message_id);
    peer_get(peer);
    if (peer->ops->heard && !peer->ops->heard(peer, &frame))
        frame.kind = RPC_ACK; /* nothing to do */
    if (frame.kind == RPC_CALL)
        dispatch(peer, &frame);
    else if (frame.kind == RPC_UNKNOWN)
        log_debug("rpc", "a peer sent a message that is no RPC frame");
    peer_put(peer);
}

uint64_t
peer_send_call_within(struct peer *peer, const char *method, struct str data, size_t max_frame_bytes)
{
    struct uuid_text message;

    if (!peer->ws)
        return 0;
    buf_clear(&peer->out);
    message = rpc_put_call(&peer->out, &peer->scratch, ++peer->last_call, method, data);
    if (peer->out.over || peer->out.len > max_frame_bytes) {
        shrink(peer);
        return 0;
    }
    flush(peer, message);
    return peer->last_call;
}

uint64_t
peer_send_call(struct peer *peer, const char *method, struct str data)
{
    return peer_send_call_within(peer, method, data, MAX_OUT);
}

void
peer_respond(const struct peer_call *call, struct str data)
{
    struct peer *peer = call->peer;

    if (!peer->ws)
        return;
    buf_clear(&peer->out);
    flush(peer, rpc_put_response(&peer->out, &peer->scratch, str_of(call->id), call->method, data));
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
