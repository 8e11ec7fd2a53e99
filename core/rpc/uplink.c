/* SPDX-License-Identifier: MIT */
/* The connection to a server, made again and again (uplink.h). */
#include "rpc/uplink.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/control.h"
#include "rpc/uplink_internal.h"

const struct uplink_options uplink_defaults = {
    .retry_interval_ms = 3000,
    .ping_interval_ms = 30000,
    .ping_timeout_ms = 5000,
    .close_unresponsive_ms = 180000,
    .reinitialize_batch_ms = 200,
    .connect_timeout_ms = 15000,
    .send_timeout_ms = 5000,
    .max_resend_attempts = 10,
};

struct uplink uplink;

static void
start_timer(ev_timer *timer, int64_t ms)
{
    ev_timer_stop(control_loop(), timer);
    ev_timer_set(timer, (double)ms / 1000, 0);
    ev_timer_start(control_loop(), timer);
}

/* Buffers that served one large message are not kept for the small ones. */
static void
shrink(struct buf *buf)
{
    enum { KEEP = 64 << 10 };

    if (buf->cap > KEEP)
        buf_fini(buf);
    buf_clear(buf);
}

void
uplink_put(void)
{
    if (uplink.socket && !uplink.out.over)
        (void)uplink_socket_send(uplink.socket, buf_view(&uplink.out)); /* lost with it, and sent again */
    shrink(&uplink.out);
    shrink(&uplink.scratch);
}

/* ---- ends */

static void
have_left(void)
{
    ev_timer_stop(control_loop(), &uplink.retry);
    ev_timer_stop(control_loop(), &uplink.connecting);
    ev_timer_stop(control_loop(), &uplink.reinitialize);
    uplink.spec.left();
}

void
uplink_settle(void)
{
    if (!uplink.is_leaving || uplink.is_dropped || uplink.running || !uplink_calls_are_done())
        return;
    uplink.is_dropped = true;
    if (uplink.socket)
        uplink_socket_close(uplink.socket, 1000, "The host is leaving.");
    else
        have_left();
}

/* Before the first welcome somebody is looking; later a service has to go on, and says the same thing only once. */
static void
complain(const struct err *err)
{
    if (strcmp(uplink.complaint, err->text) == 0) {
        log_debug("uplink", "%s", err->text);
        return;
    }
    snprintf(uplink.complaint, sizeof uplink.complaint, "%s", err->text);
    log_warn("uplink", "%s. Trying again every %lld ms", err->text, (long long)uplink.spec.options.retry_interval_ms);
}

/* The server closed before it said "authenticated" (host-protocol.md 1.2). */
static void
explain_unauthenticated(struct uplink_end *end)
{
    if (end->code != 1008)
        return;
    end->is_hopeless = true;
    err_set(&end->explanation,
            "the server %s did not accept the API key: %s. Check --api-key; keys are made in the dashboard, or with "
            "interlude keys create",
            uplink.spec.address.text, end->reason[0] ? end->reason : "it gave no reason");
}

static void
on_ended(void *arg, const struct uplink_end *given)
{
    const int64_t retry_ms = uplink.spec.options.retry_interval_ms;
    bool was_online = uplink.phase == PHASE_ONLINE, was_connecting = uplink.phase == PHASE_CONNECTING;
    struct uplink_end end = *given;

    (void)arg;
    uplink.socket = NULL;
    uplink.phase = PHASE_IDLE;
    ev_timer_stop(control_loop(), &uplink.connecting);
    uplink_calls_requeue(end.code == 1009);
    if (uplink.is_dropped) {
        have_left();
        return;
    }
    if (was_connecting)
        explain_unauthenticated(&end);
    if (end.is_hopeless && !uplink.has_been_online) {
        uplink.spec.refused(&end.explanation);
        return;
    }
    complain(&end.explanation);
    /* At once, unless it is lost as soon as it is there: two hosts of one name would chase each other for ever. */
    start_timer(&uplink.retry, was_online && clock_mono_ms() - uplink.online_at > retry_ms ? 0 : retry_ms);
    uplink_settle();
}

/* Ends a connection that is of no use, as if the server had. */
static void
end_connection(const struct err *err, bool is_hopeless)
{
    struct uplink_end end = { .is_hopeless = is_hopeless, .code = 1006, .explanation = *err };

    uplink_socket_drop(uplink.socket);
    on_ended(NULL, &end);
}

void
uplink_not_taken(const struct err *err)
{
    if (uplink.phase == PHASE_ONLINE) /* announced again, and refused: what was announced before is still there */
        log_warn("uplink", "%s", err->text);
    else
        end_connection(err, true);
}

static void
on_connect_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct err err;

    (void)loop, (void)timer, (void)events;
    err_set(&err, "no %s from %s within %lld ms; is it an Interval server, and not overloaded?",
            uplink.phase == PHASE_INITIALIZING ? "answer to INITIALIZE_HOST" : "welcome", uplink.spec.address.text,
            (long long)uplink.spec.options.connect_timeout_ms);
    end_connection(&err, false);
}

/* ---- what arrives */

static void
on_welcome(void)
{
    if (uplink.phase != PHASE_CONNECTING)
        return; /* some say it twice */
    uplink.phase = PHASE_INITIALIZING;
    start_timer(&uplink.connecting, uplink.spec.options.connect_timeout_ms);
    uplink_initialize();
}

static void
on_leave_announced(struct uplink_call *call, struct json data, const char *failure)
{
    (void)call;
    uplink.has_left = true;
    if (failure || !json_is(json_get(data, "type"), "success"))
        log_warn("uplink", "the server did not note that this host is leaving; it may still be offered new runs");
}

static void
announce_leave(void)
{
    struct buf inputs;

    buf_init(&inputs, UPLINK_MAX_TEXT);
    buf_str(&inputs, "{}");
    uplink_call("BEGIN_HOST_SHUTDOWN", &inputs, on_leave_announced)->is_of_connection = true;
}

void
uplink_online(void)
{
    ev_timer_stop(control_loop(), &uplink.connecting);
    uplink.phase = PHASE_ONLINE;
    uplink.online_at = clock_mono_ms();
    if (uplink.has_been_online)
        log_info("uplink", "connected again to %s", uplink.spec.address.text);
    uplink.has_been_online = true;
    uplink.complaint[0] = '\0';
    if (uplink.is_leaving)
        announce_leave();
    uplink_runs_resend();
    uplink_calls_flush();
    uplink_settle();
}

static void
take(const struct rpc_frame *frame)
{
    switch (frame->kind) {
    case RPC_WELCOME:
        on_welcome();
        break;
    case RPC_RESPONSE:
        uplink_calls_response(frame);
        break;
    case RPC_CALL:
        if (!uplink_runs_take(frame)) /* no RESPONSE, as SDKs */
            log_debug("uplink", "the server called the unknown method %s", frame->method);
        break;
    case RPC_UNKNOWN:
        log_debug("uplink", "the server sent a message that is no RPC frame");
        break;
    case RPC_PING:
    case RPC_ACK:
        break;
    }
}

static void
on_text(void *arg, struct str text)
{
    struct rpc_frame frame;
    struct err err;

    (void)arg;
    arena_reset(&uplink.arena);
    if (!rpc_frame_read(&uplink.arena, text, &frame, &err)) {
        log_warn("uplink", "closing the connection, the server broke the protocol: %s", err.text);
        uplink_socket_close(uplink.socket, 1008, "The frame is not an ISocket message.");
        return;
    }
    if (frame.kind == RPC_ACK) {
        uplink_calls_ack(frame.message_id);
        return;
    }
    buf_clear(&uplink.out);
    rpc_put_ack(&uplink.out, frame.message_id);
    uplink_put();
    take(&frame);
}

static void
on_open(void *arg)
{
    (void)arg; /* now the server looks at the key */
}

/* ---- attempts */

static const struct uplink_socket_events socket_events = { .open = on_open, .text = on_text, .ended = on_ended };

void
uplink_connect(void)
{
    const struct uplink_options *options = &uplink.spec.options;

    uplink.phase = PHASE_CONNECTING;
    start_timer(&uplink.connecting, options->connect_timeout_ms);
    uplink.socket = uplink_socket_open(&(struct uplink_socket_spec){
        .address = &uplink.spec.address,
        .api_key = uplink.spec.api_key,
        .instance_id = uplink.spec.instance_id,
        .ping_interval_ms = options->ping_interval_ms,
        .ping_timeout_ms = options->ping_timeout_ms,
        .close_unresponsive_ms = options->close_unresponsive_ms,
        .events = &socket_events,
    });
}

static void
on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    uplink_connect();
}

static void
on_reinitialize(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    if (uplink.phase == PHASE_ONLINE && !uplink.is_leaving)
        uplink_initialize();
}

void
uplink_routes_changed(void)
{
    if (uplink.phase == PHASE_ONLINE && !ev_is_active(&uplink.reinitialize))
        start_timer(&uplink.reinitialize, uplink.spec.options.reinitialize_batch_ms);
}

void
uplink_init(const struct uplink_spec *spec)
{
    uplink.spec = *spec;
    arena_init(&uplink.arena, UPLINK_MAX_TEXT);
    buf_init(&uplink.out, UPLINK_MAX_TEXT);
    buf_init(&uplink.scratch, UPLINK_MAX_TEXT);
    map_init(&uplink.runs);
    uplink_calls_init();
    ev_init(&uplink.retry, on_retry);
    ev_init(&uplink.connecting, on_connect_timeout);
    ev_init(&uplink.reinitialize, on_reinitialize);
}

/* ---- leaving */

void
uplink_leave(void)
{
    if (uplink.is_leaving)
        return;
    uplink.is_leaving = true;
    if (uplink.phase == PHASE_ONLINE) {
        announce_leave();
        uplink_calls_flush();
    }
    uplink_settle();
}

void
uplink_drop(void)
{
    uplink.is_leaving = uplink.is_dropped = true;
    if (uplink.socket)
        uplink_socket_close(uplink.socket, 1000, "The host is leaving.");
    else
        have_left();
}
