/* SPDX-License-Identifier: MIT */
/*
 * What a handler says without waiting for anybody: logs, loading states, redirects, notifications, and that it is busy.
 */
#include "transaction/transaction.h"

#include "json/read.h"
#include "json/write.h"
#include "transaction/internal.h"
#include "transaction/notice.h"
#include "transaction/record.h"

void
on_loading(struct host_run *run, struct str state)
{
    struct transaction *t = transaction_of(run);

    if (transaction_is_over(t)) /* completions overtake them */
        return;
    transaction_revive(t);
    transaction_trust(t);
    buf_set(&t->loading, state);
    if (t->viewer)
        t->viewer->ops->loading(t->viewer, run->id, state);
}

bool
transaction_log_is_new(struct transaction *t, int64_t index)
{
    size_t byte = (size_t)index / 8;
    uint8_t bit = (uint8_t)(1u << (index % 8));

    if (index < 0 || index > MAX_LOGS)
        return true; /* no host counts so far; the rows know */
    if (byte >= t->logs_seen_size) {
        size_t size = byte * 2 + 16;

        t->logs_seen = mem_realloc(t->logs_seen, size);
        memset(t->logs_seen + t->logs_seen_size, 0, size - t->logs_seen_size);
        t->logs_seen_size = size;
    }
    if (t->logs_seen[byte] & bit)
        return false;
    t->logs_seen[byte] |= bit;
    return true;
}

void
transaction_log_keep(struct transaction *t, struct str entry)
{
    if (memchr(entry.p, '\n', entry.len) || !buf_reserve(&t->logs, entry.len + 1))
        return;
    buf_put(&t->logs, entry.p, entry.len);
    buf_char(&t->logs, '\n');
}

void
on_log(struct host_run *run, struct host_call call, struct str entry)
{
    struct transaction *t = transaction_of(run);
    struct late_reply *late = NULL;
    struct arena arena;
    struct json root;
    struct err err;

    if (t->log_count == MAX_LOGS) {
        host_reply(call, false, STR("This run has logged too much."));
        return;
    }
    transaction_revive(t);
    transaction_trust(t);
    arena_init(&arena, MAX_RENDER);
    if (json_parse(&arena, entry, &root, &err)) {
        int64_t index = json_int(json_get(root, "index"), (int64_t)t->log_count);

        if (transaction_log_is_new(t, index)) { /* what was not confirmed is sent again */
            t->log_count++;
            late = late_reply(t, call);
            record_log(t, index, json_int(json_get(root, "timestamp"), 0), json_str(&arena, json_get(root, "data")),
                       late ? on_written : NULL, late);
            transaction_log_keep(t, entry);
            if (t->viewer)
                t->viewer->ops->log(t->viewer, run->id, entry);
        }
    }
    if (!late)
        host_reply(call, true, STR(""));
    arena_fini(&arena);
}

void
on_redirect(struct host_run *run, struct host_call call, struct str target)
{
    struct transaction *t = transaction_of(run);

    host_reply(call, true, STR(""));
    if (transaction_is_over(t))
        return;
    transaction_revive(t);
    transaction_trust(t);
    t->result = RESULT_REDIRECTED;
    if (t->viewer)
        t->viewer->ops->redirect(t->viewer, run->id, target);
    else
        buf_set(&t->redirect, target);
}

void
on_notify(struct host_run *run, struct host_call call, struct str notification)
{
    struct transaction *t = transaction_of(run);
    struct err err = { "A notification must be a JSON object." };
    struct notice notice;
    struct arena arena;
    struct json root;
    bool is_ok;

    arena_init(&arena, MAX_RENDER);
    is_ok = json_parse(&arena, notification, &root, &err) && notice_read(&arena, root, t->owner.email, &notice, &err);
    host_reply(call, is_ok, is_ok ? STR("") : str_of(err.text));
    if (is_ok) {
        record_notice(t, &notice);
        notice_show(run->id, &notice);
    }
    arena_fini(&arena);
}

void
transaction_tell_owner(struct transaction *t, const char *event, const char *message)
{
    struct arena arena;
    struct notice notice;
    struct notice_target runner = { t->owner.email, NULL };

    arena_init(&arena, MAX_STATE);
    notice = (struct notice){ .message = message,
                              .title = t->name,
                              .idempotency_key = arena_printf(&arena, "%s_%s", uuid_format(t->run.id).s, event),
                              .targets = &runner,
                              .target_count = 1 };
    record_notice(t, &notice);
    arena_fini(&arena);
}

void
on_busy(struct host_run *run, int cpu_seconds, struct list *others)
{
    struct transaction *t = transaction_of(run);
    struct json_out json;
    struct buf text;
    size_t count = 0;

    if (!t->viewer)
        return;
    buf_init(&text, MAX_STATE);
    json_out_init(&json, &text);
    json_array(&json);
    LIST_EACH(others, node)
    {
        struct host_run *other = LIST_ENTRY(node, struct host_run, in_host);

        if (other == run)
            continue;
        if (count++ == MAX_OTHERS)
            break;
        json_object(&json);
        json_pair_text(&json, "name", other->label);
        json_object_end(&json);
    }
    json_array_end(&json);
    t->viewer->ops->busy(t->viewer, run->id, cpu_seconds, buf_view(&text));
    buf_fini(&text);
}
