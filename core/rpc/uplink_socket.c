/* SPDX-License-Identifier: MIT */
/* Client WebSocket on a stream (uplink_socket.h): frames by wslay in client mode. The upgrade is uplink_upgrade.c. */
#include "rpc/uplink_socket.h"

#include <ev.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/control.h"
#include "rpc/uplink_stream.h"
#include "rpc/uplink_upgrade.h"

enum { MAX_MESSAGE = 100 << 20, MAX_QUEUED = 160 << 20, MAX_REASON = 123 };
static const double CLOSE_SECONDS = 2;

struct uplink_socket {
    struct uplink_stream *stream; /* NULL: over */
    const struct uplink_socket_events *events;
    void *arg;
    struct uplink_address address;
    struct upgrade upgrade;
    wslay_event_context_ptr wslay;
    bool is_upgraded, is_closing, has_broken;
    unsigned entered; /* how many of our functions below look at it */
    struct uplink_end end;
    bool is_goodbye; /* the frame that is being received */
    size_t goodbye_len;
    unsigned char goodbye[128];
    ev_timer ping, pong, closing;
    ev_prepare turn; /* what was sent during this turn of the loop leaves together, and ends come from here */
    int64_t ping_timeout_ms, close_unresponsive_ms, heard_at;
    struct uuid_text pinged; /* payload of the ping that is on its way */
};

static void
free_socket(struct uplink_socket *socket)
{
    wslay_event_context_free(socket->wslay);
    upgrade_fini(&socket->upgrade);
    free(socket);
}

static void
stop(struct uplink_socket *socket)
{
    if (!socket->stream)
        return;
    ev_timer_stop(control_loop(), &socket->ping);
    ev_timer_stop(control_loop(), &socket->pong);
    ev_timer_stop(control_loop(), &socket->closing);
    ev_prepare_stop(control_loop(), &socket->turn);
    uplink_stream_close(socket->stream);
    socket->stream = NULL;
}

void
uplink_socket_drop(struct uplink_socket *socket)
{
    stop(socket);
    if (!socket->entered)
        free_socket(socket);
}

/* The functions that call out are between enter and leave: the socket may be dropped meanwhile. */
static void
leave(struct uplink_socket *socket)
{
    if (--socket->entered == 0 && !socket->stream)
        free_socket(socket);
}

static void
end(struct uplink_socket *socket)
{
    if (!socket->stream)
        return;
    socket->entered++;
    stop(socket);
    socket->events->ended(socket->arg, &socket->end);
    leave(socket);
}

/* The connection is gone without a close frame. */
static void
end_lost(struct uplink_socket *socket, const char *why)
{
    if (!socket->end.code) {
        socket->end.code = 1006;
        err_set(&socket->end.explanation, "%s", why);
    }
    end(socket);
}

/* ---- wslay's callbacks */

static ssize_t
on_wants(wslay_event_context_ptr wslay, uint8_t *p, size_t len, int flags, void *arg)
{
    struct uplink_socket *socket = arg;
    struct str early = upgrade_rest(&socket->upgrade, len);
    ssize_t got;

    (void)flags;
    if (early.len) {
        memcpy(p, early.p, early.len);
        return (ssize_t)early.len;
    }
    got = socket->stream ? uplink_stream_read(socket->stream, p, len) : UPLINK_ENDED;
    if (got > 0)
        return got;
    socket->has_broken |= got == UPLINK_ENDED;
    wslay_event_set_error(wslay, got == UPLINK_WAIT ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t
on_sends(wslay_event_context_ptr wslay, const uint8_t *p, size_t len, int flags, void *arg)
{
    struct uplink_socket *socket = arg;
    ssize_t sent = socket->stream ? uplink_stream_write(socket->stream, p, len) : UPLINK_ENDED;

    (void)flags;
    if (sent > 0)
        return sent;
    socket->has_broken |= sent != UPLINK_WAIT;
    wslay_event_set_error(wslay, sent == UPLINK_WAIT ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static int
on_mask(wslay_event_context_ptr wslay, uint8_t *p, size_t len, void *arg)
{
    (void)wslay, (void)arg;
    return RAND_bytes(p, (int)len) == 1 ? 0 : -1;
}

/* ---- the server's goodbye: wslay 1.1 takes 1012 (restart) for a fault, so it is read before wslay sees it */

static void
on_frame(wslay_event_context_ptr wslay, const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
    struct uplink_socket *socket = arg;

    (void)wslay;
    socket->is_goodbye = frame->opcode == WSLAY_CONNECTION_CLOSE;
    socket->goodbye_len = 0;
}

static void
on_chunk(wslay_event_context_ptr wslay, const struct wslay_event_on_frame_recv_chunk_arg *chunk, void *arg)
{
    struct uplink_socket *socket = arg;

    (void)wslay;
    if (!socket->is_goodbye || chunk->data_length > sizeof socket->goodbye - socket->goodbye_len)
        return;
    memcpy(socket->goodbye + socket->goodbye_len, chunk->data, chunk->data_length);
    socket->goodbye_len += chunk->data_length;
}

static void
on_frame_end(wslay_event_context_ptr wslay, void *arg)
{
    struct uplink_socket *socket = arg;
    const unsigned char *p = socket->goodbye;
    struct uplink_end *end = &socket->end;

    if (!socket->is_goodbye || end->code)
        return;
    end->code = socket->goodbye_len < 2 ? 1005 : (unsigned)(p[0] << 8 | p[1]);
    if (socket->goodbye_len > 2)
        snprintf(end->reason, sizeof end->reason, "%.*s", (int)socket->goodbye_len - 2, (const char *)p + 2);
    err_set(&end->explanation, "the server closed the connection with code %u%s%s", end->code,
            end->reason[0] ? ": " : "", end->reason);
    if (end->code >= 1012 && end->code < 1015)
        wslay_event_queue_close(wslay, (uint16_t)end->code, NULL, 0);
}

static void
take_pong(struct uplink_socket *socket, struct str payload)
{
    if (!str_is(payload, socket->pinged.s))
        return;
    socket->heard_at = clock_mono_ms();
    ev_timer_stop(control_loop(), &socket->pong);
}

static void
on_message(wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
    struct uplink_socket *socket = arg;
    struct str payload = { (const char *)message->msg, message->msg_length };

    (void)wslay;
    if (!socket->stream)
        return;
    switch (message->opcode) {
    case WSLAY_TEXT_FRAME:
    case WSLAY_BINARY_FRAME: /* with the same JSON in it: as the SDKs do (host-protocol.md 1.3) */
        if (!socket->is_closing)
            socket->events->text(socket->arg, payload);
        break;
    case WSLAY_PONG:
        take_pong(socket, payload);
        break;
    default: /* pings are answered by wslay, and so is a goodbye */
        break;
    }
}

static const struct wslay_event_callbacks callbacks = {
    .recv_callback = on_wants,
    .send_callback = on_sends,
    .genmask_callback = on_mask,
    .on_frame_recv_start_callback = on_frame,
    .on_frame_recv_chunk_callback = on_chunk,
    .on_frame_recv_end_callback = on_frame_end,
    .on_msg_recv_callback = on_message,
};

/* ---- moving frames */

static void
flush(struct uplink_socket *socket)
{
    if (socket->stream && socket->is_upgraded && wslay_event_want_write(socket->wslay) &&
        wslay_event_send(socket->wslay) != 0)
        socket->has_broken = true;
}

/* Both have said goodbye, or nothing can be said any more. */
static void
end_if_over(struct uplink_socket *socket)
{
    if (!socket->stream)
        return;
    if (socket->has_broken)
        end_lost(socket, "the connection to the server was lost");
    else if (wslay_event_get_close_received(socket->wslay) && !wslay_event_want_write(socket->wslay))
        end(socket);
    else if (!wslay_event_want_read(socket->wslay) && !wslay_event_want_write(socket->wslay))
        end_lost(socket, "the server sent what is no WebSocket frame, and the connection was closed");
}

static void
exchange(struct uplink_socket *socket)
{
    socket->entered++;
    if (wslay_event_recv(socket->wslay) != 0)
        socket->has_broken = true;
    flush(socket);
    end_if_over(socket);
    leave(socket);
}

static void
on_turn(struct ev_loop *loop, ev_prepare *turn, int events)
{
    struct uplink_socket *socket = container_of(turn, struct uplink_socket, turn);

    (void)events;
    ev_prepare_stop(loop, turn);
    if (socket->is_upgraded)
        exchange(socket);
    else
        end_if_over(socket);
}

bool
uplink_socket_send(struct uplink_socket *socket, struct str text)
{
    struct wslay_event_msg message = { WSLAY_TEXT_FRAME, (const uint8_t *)text.p, text.len };

    if (!socket->stream || !socket->is_upgraded || socket->is_closing || socket->has_broken)
        return false;
    if (wslay_event_get_queued_msg_length(socket->wslay) + text.len > MAX_QUEUED ||
        wslay_event_queue_msg(socket->wslay, &message) != 0) {
        log_warn("uplink", "the server does not read what is sent to it; the connection is made anew");
        socket->has_broken = true;
    }
    ev_prepare_start(control_loop(), &socket->turn);
    return true;
}

void
uplink_socket_close(struct uplink_socket *socket, unsigned code, const char *reason)
{
    if (!socket->stream || socket->is_closing)
        return;
    socket->is_closing = true;
    if (socket->is_upgraded)
        wslay_event_queue_close(socket->wslay, (uint16_t)code, (const uint8_t *)reason, strlen(reason));
    else
        socket->has_broken = true;
    ev_timer_set(&socket->closing, CLOSE_SECONDS, 0);
    ev_timer_start(control_loop(), &socket->closing);
    ev_prepare_start(control_loop(), &socket->turn);
}

static void
on_close_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    end_lost(container_of(timer, struct uplink_socket, closing), "the server did not answer our goodbye");
}

/* ---- pings */

static void
on_ping(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct uplink_socket *socket = container_of(timer, struct uplink_socket, ping);
    struct wslay_event_msg message = { WSLAY_PING, (const uint8_t *)socket->pinged.s, UUID_TEXT_LEN };

    (void)events;
    if (clock_mono_ms() - socket->heard_at > socket->close_unresponsive_ms) {
        log_warn("uplink", "the server has not answered a ping for %lld s; the connection is made anew",
                 (long long)(clock_mono_ms() - socket->heard_at) / 1000);
        end_lost(socket, "the server did not answer our pings");
        return;
    }
    socket->pinged = uuid_format(uuid_v4());
    wslay_event_queue_msg(socket->wslay, &message);
    ev_timer_stop(loop, &socket->pong);
    ev_timer_set(&socket->pong, (double)socket->ping_timeout_ms / 1000, 0);
    ev_timer_start(loop, &socket->pong);
    ev_prepare_start(loop, &socket->turn);
}

static void
on_no_pong(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct uplink_socket *socket = container_of(timer, struct uplink_socket, pong);

    (void)loop, (void)events;
    log_warn("uplink", "the server did not answer a ping within %lld ms", (long long)socket->ping_timeout_ms);
}

/* ---- opening */

static void
on_stream_open(void *arg)
{
    struct uplink_socket *socket = arg;

    if (!upgrade_write(&socket->upgrade, socket->stream))
        end_lost(socket, "the connection was lost before the WebSocket was open");
}

static void
upgrade_on(struct uplink_socket *socket)
{
    switch (upgrade_read(&socket->upgrade, socket->stream, &socket->end)) {
    case UPGRADE_WAITS:
        return;
    case UPGRADE_REFUSED:
        end(socket);
        return;
    case UPGRADE_DONE:
        break;
    }
    socket->is_upgraded = true;
    socket->heard_at = clock_mono_ms();
    ev_timer_start(control_loop(), &socket->ping);
    socket->entered++;
    socket->events->open(socket->arg);
    if (socket->stream)
        exchange(socket);
    leave(socket);
}

static void
on_stream_ready(void *arg)
{
    struct uplink_socket *socket = arg;

    if (socket->is_upgraded)
        exchange(socket);
    else
        upgrade_on(socket);
}

static void
on_stream_failed(void *arg, bool is_hopeless, const struct err *err)
{
    struct uplink_socket *socket = arg;

    socket->end.is_hopeless = is_hopeless;
    socket->end.explanation = *err;
    end(socket);
}

static const struct uplink_stream_events stream_events = {
    .open = on_stream_open,
    .ready = on_stream_ready,
    .failed = on_stream_failed,
};

struct uplink_socket *
uplink_socket_open(const struct uplink_socket_spec *spec)
{
    struct uplink_socket *socket = mem_alloc(sizeof *socket);
    double interval = (double)spec->ping_interval_ms / 1000;

    socket->address = *spec->address;
    socket->events = spec->events;
    socket->arg = spec->arg;
    socket->ping_timeout_ms = spec->ping_timeout_ms;
    socket->close_unresponsive_ms = spec->close_unresponsive_ms;
    ev_timer_init(&socket->ping, on_ping, interval, interval);
    ev_init(&socket->pong, on_no_pong);
    ev_prepare_init(&socket->turn, on_turn);
    ev_init(&socket->closing, on_close_timeout);
    ASSERT(wslay_event_context_client_init(&socket->wslay, &callbacks, socket) == 0);
    wslay_event_config_set_max_recv_msg_length(socket->wslay, MAX_MESSAGE);
    upgrade_init(&socket->upgrade, &socket->address, spec->api_key, spec->instance_id);
    socket->stream = uplink_stream_open(&socket->address, &stream_events, socket);
    return socket;
}
