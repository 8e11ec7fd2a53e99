/* SPDX-License-Identifier: MIT */
/* Notifications (interlude/context.h, il_notify; host-protocol.md 2.1, io-methods.md 16.3). */
#include "base/clock.h"
#include "base/mem.h"
#include "runtime/calendar.h"
#include "runtime/io.h"
#include "runtime/rich.h"

enum { MAX_TARGETS = 1000 };

static void
put_targets(struct rich *rich, const il_delivery *to)
{
    static const char *const methods[] = { NULL, "EMAIL", "SLACK" };
    size_t count = 0;

    json_name(&rich->out, "deliveryInstructions");
    json_array(&rich->out);
    for (; to->to && count < MAX_TARGETS; to++, count++) {
        json_object(&rich->out);
        json_pair_text(&rich->out, "to", to->to);
        if ((unsigned)to->method < COUNT_OF(methods))
            rich_text(rich, "method", methods[to->method]);
        else
            rich_refuse(rich, "unknown method %d for \"%s\"", (int)to->method, to->to);
        json_object_end(&rich->out);
    }
    if (count == MAX_TARGETS)
        rich_refuse(rich, "at most %d people at once", MAX_TARGETS - 1);
    json_array_end(&rich->out);
}

static void
put_notification(struct run_io *io, struct rich *rich, const il_notification *n)
{
    char now[CALENDAR_TEXT_MAX];

    json_object(&rich->out);
    json_pair_str(&rich->out, "transactionId", json_str(&io->run->arena, json_get(io_inputs(io), "transactionId")));
    json_pair_text(&rich->out, "message", n->message);
    rich_text(rich, "title", n->title);
    if (n->to)
        put_targets(rich, n->to);
    rich_text(rich, "idempotencyKey", n->idempotency_key);
    if (calendar_iso(clock_wall_ms(), now))
        json_pair_text(&rich->out, "createdAt", now);
    json_object_end(&rich->out);
}

il_status
notify_send(il_ctx *ctx, const il_notification *given)
{
    struct run_io *io = io_of_ctx(ctx);
    il_status status = io_gate(io, "notify");
    il_notification n;
    struct rich rich;
    struct buf text;
    struct err err;

    if (status == IL_OK)
        status = io_take_struct(io, &n, sizeof n, given, given->size, "il_notify");
    if (status != IL_OK)
        return status;
    if (!n.message || io->run->is_page)
        return io_refuse(io, IL_INVALID,
                         n.message ? "a page cannot notify people; an action can" : "il_notify needs a .message");
    buf_init(&text, IO_MAX_MESSAGE);
    rich_init(&rich, &text);
    put_notification(io, &rich, &n);
    if (rich.err.text[0] || text.over)
        status = io_refuse(io, IL_INVALID, "il_notify: %s", text.over ? "the message is too long" : rich.err.text);
    else if (!run_call(io->run, LINK_NOTIFY, (struct link_subject){ { 0 } }, 0, 0, buf_view(&text), &err))
        status = run_is_canceled(io->run) ? io_gate(io, "notify") : io_refuse(io, IL_RENDER_ERROR, "%s", err.text);
    rich_fini(&rich);
    buf_fini(&text);
    return status;
}
