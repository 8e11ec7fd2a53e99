/* SPDX-License-Identifier: MIT */
/* The rows of a transaction (record.h). */
#include "transaction/record.h"

#include <ev.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "loop/control.h"
#include "store/queued.h"
#include "store/txn.h"
#include "transaction/internal.h"
#include "transaction/notice.h"

static const double STATUS_SECONDS = 0.02;

static struct store *store;
static const char *node_id;
static struct list stale = { &stale, &stale }; /* runs whose rows do not have their status yet */
static ev_timer stale_timer;

enum { MAX_UNCOMMITTED = 256, MAX_UNCOMMITTED_BYTES = 1 << 20 };

struct pending {
    struct transaction *transaction;
    size_t bytes;
    record_done *done;
    void *arg;
};

static void
on_done(struct store_write *write, void *arg)
{
    struct pending *pending = arg;
    struct transaction *t = pending->transaction;

    if (write->verdict == STORE_FAILED)
        log_error("store", "a write of run %s failed: %s", uuid_format(t->run.id).s, write->problem);
    t->writes--;
    t->unwritten_bytes -= pending->bytes;
    if (pending->done)
        pending->done(t, write->verdict == STORE_DONE, pending->arg);
    else
        transaction_release(t);
    free(pending);
}

static struct pending *
pending_new(struct transaction *t, size_t bytes, record_done *done, void *arg)
{
    struct pending *pending = mem_alloc(sizeof *pending);

    *pending = (struct pending){ t, bytes, done, arg };
    t->writes++;
    t->unwritten_bytes += bytes;
    return pending;
}

static void
submit(struct transaction *t, struct store_write *write, size_t bytes, record_done *done, void *arg)
{
    store_submit(store, write, NULL, on_done, pending_new(t, bytes, done, arg));
}

static void
write_status(struct transaction *t)
{
    struct store_write *write = store_write_new();

    list_remove(&t->in_stale);
    store_txn_set_status(write, uuid_format(t->run.id).s, transaction_status_name(t->status));
    submit(t, write, 0, NULL, NULL);
}

static void
on_stale(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    while (!list_is_empty(&stale))
        write_status(LIST_ENTRY(stale.next, struct transaction, in_stale));
}

void
records_init(struct store *state, const char *node)
{
    store = state;
    node_id = node;
    ev_init(&stale_timer, on_stale);
}

void
record_status(struct transaction *t)
{
    if (list_is_linked(&t->in_stale))
        return;
    list_add_tail(&stale, &t->in_stale);
    if (ev_is_active(&stale_timer))
        return;
    ev_timer_set(&stale_timer, STATUS_SECONDS, 0);
    ev_timer_start(control_loop(), &stale_timer);
}

bool
record_is_behind(const struct transaction *t)
{
    return t->writes > MAX_UNCOMMITTED || t->unwritten_bytes > MAX_UNCOMMITTED_BYTES;
}

void
record_created(struct transaction *t, record_done *done, void *arg)
{
    struct store_write *write = store_write_new();
    struct uuid_text id = uuid_format(t->run.id);

    store_txn_insert(write,
                     &(struct txn){ .id = id.s,
                                    .org_id = t->owner.organization_id,
                                    .env_id = t->scope->environment_id,
                                    .route_slug = t->slug,
                                    .route_name = t->name,
                                    .owner_id = t->owner.user_id,
                                    .backgroundable = t->backgroundable,
                                    .params = str_of(t->params),
                                    .params_meta = str_of(t->params_meta),
                                    .is_paged = t->is_paged,
                                    .host_instance = t->host_instance },
                     node_id);
    if (t->queued_id)
        store_queued_bind(write, t->queued_id, id.s);
    submit(t, write, 0, done, arg);
}

void
record_moved(struct transaction *t)
{
    struct store_write *write = store_write_new();

    store_txn_start(write, uuid_format(t->run.id).s, t->host_instance, t->is_paged);
    submit(t, write, 0, NULL, NULL);
}

void
record_revived(struct transaction *t)
{
    struct store_write *write = store_write_new();

    list_remove(&t->in_stale);
    store_txn_revive(write, uuid_format(t->run.id).s, transaction_status_name(t->status));
    submit(t, write, 0, NULL, NULL);
}

static void
on_noticed(struct transaction *t, bool is_ok, void *arg)
{
    (void)arg;
    if (is_ok)
        registry_notify(t->scope, TOPIC_NOTIFICATIONS);
    transaction_release(t);
}

void
record_notice(struct transaction *t, const struct notice *notice)
{
    struct store_write *write = store_write_new();
    struct uuid_text id = uuid_format(t->run.id);

    notice_store(notice, write,
                 &(struct notification){ .org_id = t->scope->organization_id,
                                         .env_id = t->scope->environment_id,
                                         .developer_id = t->scope->developer ? t->scope->developer : "",
                                         .user_id = t->owner.user_id,
                                         .txn_id = id.s });
    submit(t, write, strlen(notice->message), on_noticed, NULL);
}

void
record_render(struct transaction *t, size_t step, struct str render, record_done *done, void *arg)
{
    struct store_write *write = store_write_new();
    struct uuid_text id = uuid_format(t->run.id), group = uuid_format(t->steps[step].group);

    store_step_render(write, id.s, (int64_t)step, group.s, render);
    record_status(t); /* which soon brings the next write */
    if (done)
        submit(t, write, render.len, done, arg);
    else
        store_submit_with_next(store, write, NULL, on_done, pending_new(t, render.len, NULL, NULL));
}

void
record_answer(struct transaction *t, size_t step, struct str response, record_done *done, void *arg)
{
    struct store_write *write = store_write_new();
    struct uuid_text id = uuid_format(t->run.id), group = uuid_format(t->steps[step].group);

    store_step_answer(write, id.s, (int64_t)step, group.s, response);
    record_status(t);
    submit(t, write, response.len, done, arg);
}

void
record_log(struct transaction *t, int64_t index, int64_t timestamp, struct str text, record_done *done, void *arg)
{
    struct store_write *write = store_write_new();

    store_log_append(write, uuid_format(t->run.id).s, index, timestamp, text);
    submit(t, write, text.len, done, arg);
}

void
record_completed(struct transaction *t, record_done *done, void *arg)
{
    struct store_write *write = store_write_new();
    struct uuid_text id = uuid_format(t->run.id);

    list_remove(&t->in_stale);
    store_txn_complete(write, id.s, transaction_result_name(t->result), buf_view(&t->result_data), t->started_at);
    if (t->result == RESULT_CANCELED)
        store_queued_unbind(write, id.s);
    submit(t, write, t->result_data.len, done, arg);
}

void
record_lost(struct transaction *t, record_done *done, void *arg)
{
    struct store_write *write = store_write_new();

    list_remove(&t->in_stale);
    store_txn_drop(write, uuid_format(t->run.id).s);
    submit(t, write, 0, done, arg);
}
