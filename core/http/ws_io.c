/* SPDX-License-Identifier: MIT */
/* A WebSocket's reading side, its closing and its deadlines. Frames are parsed by wslay; ws_out.c writes. */
#include <sys/socket.h>

#include "http/ws_internal.h"

enum { STOP_CLOSE_MS = 1000 }; /* a peer's time to answer our close frame when the server stops */

static ssize_t
on_wslay_wants(wslay_event_context_ptr wslay, uint8_t *p, size_t len, int flags, void *arg)
{
    struct ws *ws = arg;
    h2o_buffer_t *input = ws->sock ? ws->sock->input : NULL;

    (void)flags;
    if (!input || input->size == 0 || ws->pauses > 0 || ws->is_over) {
        wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (len > input->size)
        len = input->size;
    memcpy(p, input->bytes, len);
    h2o_buffer_consume(&ws->sock->input, len);
    return (ssize_t)len;
}

static ssize_t
on_wslay_sends(wslay_event_context_ptr wslay, const uint8_t *p, size_t len, int flags, void *arg)
{
    struct ws *ws = arg;

    (void)wslay, (void)flags;
    if (!ws->has_sent_close) /* it may have been sent for a queue that overflowed, in the middle of a pong */
        ws_put_raw(ws, (struct str){ (const char *)p, len });
    return (ssize_t)len;
}

/* What wslay wants to say; its close frame is the last thing on the wire, as ours is. */
static void
take_from_wslay(struct ws *ws)
{
    if (ws->has_sent_close || !wslay_event_want_write(ws->wslay))
        return;
    if (wslay_event_send(ws->wslay) != 0) {
        ws_fail(ws, 1011);
        return;
    }
    if (!wslay_event_get_close_sent(ws->wslay) || ws->has_sent_close)
        return;
    ws->has_sent_close = true;
    atomic_store_explicit(&ws->is_closing, true, memory_order_relaxed);
    ws->close_at = now_ms() + ws_limits(ws)->ws_close_ms;
    if (!ws->has_got_close) {
        ws->has_failed = true;
        ws->close_code = wslay_event_get_status_code_sent(ws->wslay);
    }
}

static void
on_wslay_message(wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
    struct ws *ws = arg;

    (void)wslay;
    if (ws->is_over)
        return;
    switch (message->opcode) {
    case WS_TEXT:
        if (!ws->has_sent_close)
            ws->handler->on_text(ws, (struct str){ (const char *)message->msg, message->msg_length }, ws->arg);
        break;
    case WS_BINARY:
        ws_fail(ws, 1003);
        break;
    case WS_CLOSE:
        if (message->msg_length == 1) { /* RFC 6455 5.5.1: no body, or a code; wslay lets half a code pass */
            ws_fail(ws, 1002);
            break;
        }
        ws->has_got_close = true;
        if (!ws->has_sent_close)
            ws->close_code = message->status_code ? message->status_code : 1005;
        break;
    case WS_PING:
        take_from_wslay(ws); /* the pong, before what is sent next; wslay would let a close overtake it */
        break;
    default: /* pong: that we heard it is enough */
        break;
    }
}

const struct wslay_event_callbacks ws_wslay_callbacks = {
    .recv_callback = on_wslay_wants,
    .send_callback = on_wslay_sends,
    .on_msg_recv_callback = on_wslay_message,
};

void
ws_read(struct ws *ws)
{
    if (ws->has_failed) {
        h2o_buffer_consume(&ws->sock->input, ws->sock->input->size);
        return;
    }
    if (wslay_event_recv(ws->wslay) != 0 && !ws->is_over)
        ws_fail(ws, 1002); /* broken framing */
    if (!ws->is_over)
        take_from_wslay(ws);
}

void
ws_start_close(struct ws *ws, unsigned code, struct str reason)
{
    char payload[2 + WS_MAX_REASON] = { (char)(code >> 8), (char)code };

    if (ws->has_sent_close || ws->is_over)
        return;
    if (reason.len)
        memcpy(payload + 2, reason.p, reason.len);
    ws_put_frame(ws, WS_CLOSE, (struct str){ payload, 2 + reason.len });
    ws->has_sent_close = true;
    ws->pauses = 0; /* the peer's answer has to be seen */
    ws->close_code = code;
    ws->close_at = now_ms() + ws_limits(ws)->ws_close_ms;
    atomic_store_explicit(&ws->is_closing, true, memory_order_relaxed);
}

void
ws_fail(struct ws *ws, unsigned code)
{
    ws_start_close(ws, code, STR(""));
    ws->has_failed = true;
    http_turn_add(ws->thread, &ws->turn);
}

static void
release(struct http_turn *turn)
{
    ws_put(container_of(turn, struct ws, turn));
}

void
ws_end(struct ws *ws, unsigned code)
{
    if (ws->is_over)
        return;
    ws->is_over = true;
    atomic_store_explicit(&ws->is_closing, true, memory_order_relaxed);
    if (ws->sock) {
        ws->conn->ws = NULL;
        conn_enter(ws->conn, PHASE_LINGER, ws_limits(ws)->linger_ms); /* TLS says goodbye */
        h2o_socket_close(ws->sock);
        ws->sock = NULL;
        ws->conn = NULL;
    }
    ws->handler->on_close(ws, code, ws->arg);
    ws->turn.run = release; /* not at once: callers up the stack still look at it */
    http_turn_add(ws->thread, &ws->turn);
}

static void
on_readable(h2o_socket_t *sock, const char *error)
{
    struct ws *ws = sock->data;

    if (error) {
        ws_end(ws, ws->has_got_close || ws->has_sent_close ? ws->close_code : 1006);
        return;
    }
    ws->heard_at = now_ms();
    ws->has_pinged = false;
    ws_read(ws);
    if (!ws->is_over)
        http_turn_add(ws->thread, &ws->turn);
}

/* After our close frame has left: both have closed, or we do not want to hear more. */
static void
finish_close(struct ws *ws)
{
    if (ws->has_got_close || (ws->has_failed && ws->sock->ssl)) {
        ws_end(ws, ws->close_code);
        return;
    }
    if (ws->has_failed) /* closing with unread bytes would reset the connection and take the close frame with it */
        shutdown(h2o_socket_get_fd(ws->sock), SHUT_WR);
}

static void
settle_reading(struct ws *ws)
{
    bool wants = ws->has_sent_close || (ws->pauses <= 0 && ws_queued_bytes(ws) <= ws_limits(ws)->ws_soft_bytes);

    if (wants == (bool)h2o_socket_is_reading(ws->sock))
        return;
    if (wants)
        h2o_socket_read_start(ws->sock, on_readable);
    else
        h2o_socket_read_stop(ws->sock);
}

static void
settle_deadline(struct ws *ws)
{
    int64_t at = ws->ping_at;

    if (ws->drain_at < at)
        at = ws->drain_at;
    if (ws->close_at < at)
        at = ws->close_at;
    ws->conn->deadline_ms = at;
    sweep_at(ws->thread, at);
}

void
ws_settle(struct ws *ws)
{
    if (ws->has_sent_close && ws_is_flushed(ws))
        finish_close(ws);
    if (ws->is_over)
        return;
    settle_reading(ws);
    settle_deadline(ws);
}

static void
on_turn(struct http_turn *turn)
{
    struct ws *ws = container_of(turn, struct ws, turn);

    if (!ws->sock || ws->is_over)
        return;
    if (ws->pauses <= 0 && !ws->has_failed)
        ws_read(ws); /* what was left when reading was paused */
    if (ws->is_over)
        return;
    ws_flush(ws);
    ws_settle(ws);
}

void
ws_open(struct ws *ws, h2o_socket_t *sock)
{
    int64_t now = now_ms();

    ws->sock = sock;
    sock->data = ws;
    ws->conn->ws = ws;
    ws->conn->phase = PHASE_WS;
    ws->turn.run = on_turn;
    ws->heard_at = now;
    ws->ping_at = now + ws_limits(ws)->ws_ping_ms;
    h2o_socket_read_start(sock, on_readable);
    if (ws->handler->on_open)
        ws->handler->on_open(ws, ws->arg);
    http_turn_add(ws->thread, &ws->turn);
}

static void
ping(struct ws *ws, int64_t next_ms)
{
    ws_put_frame(ws, WS_PING, STR(""));
    ws->ping_at = now_ms() + next_ms;
    http_turn_add(ws->thread, &ws->turn);
}

/* A peer that is not being read from cannot be heard; the ping then finds out by itself whether it is still there. */
static void
check_alive(struct ws *ws, int64_t now)
{
    const struct http_limits *limits = ws_limits(ws);

    if (!h2o_socket_is_reading(ws->sock)) {
        ping(ws, limits->ws_ping_ms);
    } else if (ws->heard_at + limits->ws_ping_ms > now) {
        ws->ping_at = ws->heard_at + limits->ws_ping_ms;
    } else if (ws->has_pinged) {
        ws_end(ws, 1006);
    } else {
        ws->has_pinged = true;
        ping(ws, limits->ws_pong_ms);
    }
}

void
ws_expire(struct ws *ws)
{
    int64_t now = now_ms();

    if (now >= ws->drain_at)
        ws_end(ws, 1013);
    else if (now >= ws->close_at)
        ws_end(ws, ws->close_code);
    else if (now >= ws->ping_at)
        check_alive(ws, now);
    if (!ws->is_over)
        settle_deadline(ws);
}

/* The server stops: 1012, service restart (IANA registry; Interval servers do the same). */
void
ws_stop(struct ws *ws)
{
    int64_t latest = now_ms() + STOP_CLOSE_MS;

    ws_start_close(ws, 1012, STR("the server is stopping"));
    if (ws->close_at > latest)
        ws->close_at = latest;
    http_turn_add(ws->thread, &ws->turn);
}
