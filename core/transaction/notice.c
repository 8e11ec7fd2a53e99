/* SPDX-License-Identifier: MIT */
/* Notifications (notice.h). */
#include "transaction/notice.h"

#include "transaction/internal.h"

enum { MAX_TARGETS = 100, MAX_MESSAGE = 10000, MAX_NOTICE = 256 << 10 };

static bool
read_target(struct arena *arena, struct json node, struct notice_target *target, struct err *err)
{
    struct json method = json_get(node, "method");

    target->to = json_text(arena, json_get(node, "to"));
    if (!target->to || !target->to[0])
        return err_set(err, "A delivery instruction needs \"to\": an e-mail address, a channel or a person.");
    if (json_type(method) == JSON_MISSING || json_type(method) == JSON_NULL)
        return true;
    if (!json_is(method, "EMAIL") && !json_is(method, "SLACK"))
        return err_set(err, "The method of a delivery instruction is EMAIL or SLACK.");
    target->method = json_text(arena, method);
    return true;
}

static bool
read_targets(struct arena *arena, struct json list, const char *runner, struct notice *notice, struct err *err)
{
    size_t count = json_count(list);
    struct json node = json_first(list);

    if (count > MAX_TARGETS)
        return err_set(err, "A notification goes to at most %d recipients.", MAX_TARGETS);
    notice->targets = arena_alloc(arena, (count + 1) * sizeof *notice->targets);
    for (size_t i = 0; i < count; i++, node = json_next(node))
        if (!read_target(arena, node, &notice->targets[notice->target_count++], err))
            return false;
    if (count == 0)
        notice->targets[notice->target_count++] = (struct notice_target){ runner, NULL };
    return true;
}

bool
notice_read(struct arena *arena, struct json body, const char *runner, struct notice *notice, struct err *err)
{
    *notice = (struct notice){ .message = json_text(arena, json_get(body, "message")),
                               .title = json_text(arena, json_get(body, "title")),
                               .idempotency_key = json_text(arena, json_get(body, "idempotencyKey")) };
    if (!notice->message)
        return err_set(err, "A notification needs a \"message\".");
    if (strlen(notice->message) > MAX_MESSAGE)
        return err_set(err, "The message of a notification has at most %d bytes.", MAX_MESSAGE);
    return read_targets(arena, json_get(body, "deliveryInstructions"), runner, notice, err);
}

/* As rows keep it, with what became of each; or as browsers get it. */
static void
put_deliveries(const struct notice *notice, bool is_row, struct json_out *out)
{
    json_array(out);
    for (size_t i = 0; i < notice->target_count; i++) {
        const struct notice_target *target = &notice->targets[i];

        json_object(out);
        json_pair_text(out, "to", target->to);
        if (target->method || is_row)
            json_pair_text(out, "method", target->method);
        if (is_row)
            json_pair_text(out, "status", "LOGGED");
        json_object_end(out);
    }
    json_array_end(out);
}

void
notice_store(const struct notice *notice, struct store_write *write, const struct notification *place)
{
    struct notification row = *place;
    struct json_out out;
    struct buf buf;

    buf_init(&buf, MAX_NOTICE);
    json_out_init(&out, &buf);
    put_deliveries(notice, true, &out);
    row.title = notice->title;
    row.message = notice->message;
    row.idempotency_key = notice->idempotency_key;
    row.deliveries = buf.over ? STR("[]") : buf_view(&buf);
    store_notification_insert(write, &row);
    buf_fini(&buf);
}

void
notice_show(struct uuid id, const struct notice *notice)
{
    struct transaction *t = transaction_find(id);
    struct json_out out;
    struct buf buf;

    if (!t || !t->viewer)
        return;
    buf_init(&buf, MAX_NOTICE);
    json_out_init(&out, &buf);
    json_object(&out);
    json_pair_text(&out, "message", notice->message);
    if (notice->title)
        json_pair_text(&out, "title", notice->title);
    json_name(&out, "deliveries");
    put_deliveries(notice, false, &out);
    json_object_end(&out);
    if (!buf.over)
        t->viewer->ops->notify(t->viewer, id, buf_view(&buf));
    buf_fini(&buf);
}
