/* SPDX-License-Identifier: MIT */
/*
 * Calls to the server: queued while there is no connection, sent below the server's rate limit, sent again when no ACK
 * comes (host-protocol.md 1.5) or when the connection was lost.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/control.h"
#include "rpc/uplink_internal.h"

/* Servers close hosts that send more than 256 messages a second for a while (host-protocol.md 1.6). */
static const double CALLS_PER_SECOND = 200, BURST = 200;

static struct str
id_key(const uint64_t *id)
{
    return (struct str){ (const char *)id, sizeof *id };
}

void
uplink_calls_init(void)
{
    list_init(&uplink.queued);
    list_init(&uplink.sent);
    map_init(&uplink.by_id);
    map_init(&uplink.by_message);
    uplink.tokens = BURST;
    uplink.tokens_at = clock_mono_ms();
}

/* Forgets the last attempt. */
static void
unsend(struct uplink_call *call)
{
    ev_timer_stop(control_loop(), &call->ack);
    if (call->id) {
        map_remove(&uplink.by_id, id_key(&call->id));
        map_remove(&uplink.by_message, str_of(call->message.s));
    }
    call->id = 0;
    list_remove(&call->link);
}

void
uplink_call_free(struct uplink_call *call)
{
    unsend(call);
    list_remove(&call->in_run);
    free((char *)(uintptr_t)call->inputs.p);
    free(call);
}

bool
uplink_calls_are_done(void)
{
    return list_is_empty(&uplink.queued) && list_is_empty(&uplink.sent);
}

/* ---- sending */

static void
fail(struct uplink_call *call, const char *why)
{
    unsend(call);
    call->answered(call, (struct json){ .token = -1 }, why);
    uplink_call_free(call);
}

static void
on_no_ack(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct uplink_call *call = container_of(timer, struct uplink_call, ack);

    (void)loop, (void)events;
    if (call->is_too_large || call->attempts >= uplink.spec.options.max_resend_attempts) {
        log_warn("uplink", "%s was given up: %s", call->method,
                 call->is_too_large ? "it is too large" : "the server does not acknowledge it");
        fail(call, call->is_too_large ? "This is more than fits into one message; show less at once."
                                      : "The server does not acknowledge what it is sent.");
        uplink_settle();
        return;
    }
    log_debug("uplink", "no ACK of %s; it is sent again", call->method);
    unsend(call);
    list_add_head(&uplink.queued, &call->link);
    uplink_calls_flush();
}

static void
send_call(struct uplink_call *call)
{
    double seconds = (double)(uplink.spec.options.send_timeout_ms * ++call->attempts) / 1000;

    call->id = ++uplink.last_id;
    buf_clear(&uplink.out);
    call->message = rpc_put_call(&uplink.out, &uplink.scratch, call->id, call->method, call->inputs);
    call->is_too_large = uplink.out.over;
    map_set(&uplink.by_id, id_key(&call->id), call);
    map_set(&uplink.by_message, str_of(call->message.s), call);
    list_remove(&call->link);
    list_add_tail(&uplink.sent, &call->link);
    ev_timer_set(&call->ack, call->is_too_large ? 0 : seconds, 0);
    ev_timer_start(control_loop(), &call->ack);
    uplink_put();
}

static bool
take_token(void)
{
    int64_t now = clock_mono_ms();

    uplink.tokens += (double)(now - uplink.tokens_at) / 1000 * CALLS_PER_SECOND;
    uplink.tokens = uplink.tokens < BURST ? uplink.tokens : BURST;
    uplink.tokens_at = now;
    if (uplink.tokens < 1)
        return false;
    uplink.tokens--;
    return true;
}

static void
on_refill(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    uplink_calls_flush();
}

/* INITIALIZE_HOST comes first on each connection, and nothing but it until it is answered. */
static bool
may_go(const struct uplink_call *call)
{
    return uplink.phase == PHASE_ONLINE ||
           (uplink.phase == PHASE_INITIALIZING && strcmp(call->method, "INITIALIZE_HOST") == 0);
}

void
uplink_calls_flush(void)
{
    LIST_EACH(&uplink.queued, node)
    {
        struct uplink_call *call = LIST_ENTRY(node, struct uplink_call, link);

        if (!may_go(call))
            continue;
        if (!take_token()) {
            ev_timer_stop(control_loop(), &uplink.refill);
            ev_timer_init(&uplink.refill, on_refill, 1 / CALLS_PER_SECOND, 0);
            ev_timer_start(control_loop(), &uplink.refill);
            break;
        }
        send_call(call);
    }
}

struct uplink_call *
uplink_call(const char *method, struct buf *inputs, uplink_answered *answered)
{
    struct uplink_call *call = mem_alloc(sizeof *call);

    call->method = method;
    call->answered = answered;
    call->inputs.p = buf_take(inputs, &call->inputs.len);
    list_init(&call->in_run);
    list_init(&call->link);
    list_add_tail(&uplink.queued, &call->link);
    ev_init(&call->ack, on_no_ack);
    return call;
}

static void
fail_largest(void)
{
    struct uplink_call *largest = NULL;

    LIST_EACH(&uplink.sent, node)
    {
        struct uplink_call *call = LIST_ENTRY(node, struct uplink_call, link);

        if (!largest || call->inputs.len > largest->inputs.len)
            largest = call;
    }
    if (largest)
        fail(largest, "The server does not take messages as large as this one; show less at once.");
}

void
uplink_calls_requeue(bool is_too_large)
{
    ev_timer_stop(control_loop(), &uplink.refill);
    if (is_too_large)
        fail_largest();
    LIST_EACH(&uplink.queued, node)
    list_add_tail(&uplink.sent, (list_remove(node), node)); /* behind what was sent already */
    while (!list_is_empty(&uplink.sent)) {
        struct uplink_call *call = LIST_ENTRY(uplink.sent.next, struct uplink_call, link);

        unsend(call);
        call->attempts = 0;
        if (call->is_of_connection)
            fail(call, "The connection was lost.");
        else
            list_add_tail(&uplink.queued, &call->link);
    }
}

/* ---- what comes back */

void
uplink_calls_ack(struct str message)
{
    struct uplink_call *call = map_find(&uplink.by_message, message);

    if (call)
        ev_timer_stop(control_loop(), &call->ack);
}

void
uplink_calls_response(const struct rpc_frame *frame)
{
    char text[24], *end;
    struct uplink_call *call;
    uint64_t id;

    if (frame->id.len >= sizeof text)
        return;
    memcpy(text, frame->id.p, frame->id.len);
    text[frame->id.len] = '\0';
    id = strtoull(text, &end, 10);
    call = *end ? NULL : map_find(&uplink.by_id, id_key(&id));
    if (!call) /* to an attempt that was repeated, or to what was closed meanwhile */
        return;
    unsend(call);
    call->answered(call, frame->data, NULL);
    uplink_call_free(call);
    uplink_settle();
}
