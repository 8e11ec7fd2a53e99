/* SPDX-License-Identifier: MIT */
/* How transactions end: completed, crashed, lost, cancelled, stopped (transaction.h). */
#include "transaction/transaction.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "json/write.h"
#include "transaction/internal.h"
#include "transaction/record.h"

struct finish {
    struct host_call call;
    bool has_call;
};

static void
on_finished(struct transaction *t, bool is_ok, void *arg)
{
    struct finish *finish = arg;

    t->is_completing = false;
    t->status = TRANSACTION_COMPLETED;
    if (finish->has_call)
        host_reply(finish->call, is_ok, is_ok ? STR("") : STR("The result could not be stored."));
    if (t->viewer)
        t->viewer->ops->completed(t->viewer, t->run.id, transaction_result_name(t->result), buf_view(&t->result_data));
    registry_notify(t->scope, TOPIC_TRANSACTIONS);
    if (t->queued_id)
        registry_notify(t->scope, TOPIC_QUEUE);
    free(finish);
    transaction_release(t);
}

void
transaction_finish(struct transaction *t, enum transaction_result result, struct str text, const struct host_call *call)
{
    struct finish *finish = mem_alloc(sizeof *finish);

    if (call)
        *finish = (struct finish){ *call, true };
    if (t->result == RESULT_NONE) /* an earlier CANCELED or REDIRECTED wins */
        t->result = result;
    buf_set(&t->result_data, text);
    if (t->result_data.over)
        buf_set(&t->result_data,
                STR("{\"schemaVersion\":1,\"status\":\"FAILURE\",\"data\":{\"error\":\"ResultTooLarge\","
                    "\"message\":\"The result is larger than 16 MiB. Return less, or a link.\"}}"));
    buf_clear(&t->pending);
    buf_clear(&t->loading);
    t->is_completing = true;
    t->is_away = t->is_asking = t->is_identity_open = false;
    list_remove(&t->in_dropped);
    list_remove(&t->in_away);
    list_remove(&t->in_doubt);
    record_completed(t, on_finished, finish);
}

void
transaction_fail(struct transaction *t, const char *error, const char *message, const char *signal)
{
    struct json_out json;
    struct buf text;

    buf_init(&text, MAX_STATE);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_int(&json, "schemaVersion", 1);
    json_pair_text(&json, "status", "FAILURE");
    json_name(&json, "data");
    json_object(&json);
    json_pair_text(&json, "error", error);
    json_pair_text(&json, "message", message);
    json_pair_text(&json, "route", t->slug);
    if (signal)
        json_pair_text(&json, "signal", signal);
    json_object_end(&json);
    json_object_end(&json);
    transaction_finish(t, RESULT_FAILURE, buf_view(&text), NULL);
    buf_fini(&text);
}

void
on_complete(struct host_run *run, struct host_call call, enum host_result result, struct str data)
{
    static const enum transaction_result results[] = { RESULT_SUCCESS, RESULT_FAILURE, RESULT_CANCELED };
    struct transaction *t = transaction_of(run);

    if (transaction_is_over(t)) { /* repeated after a re-attach, or cancelled meanwhile */
        host_reply(call, true, STR(""));
        t->is_cancel_wanted = false;
        transaction_release(t);
        return;
    }
    transaction_revive(t);
    transaction_trust(t);
    transaction_finish(t, results[result],
                       data.len ? data : STR("{\"schemaVersion\":0,\"status\":\"SUCCESS\",\"data\":null}"), &call);
    if (t->backgroundable && !t->viewer)
        transaction_tell_owner(t, "COMPLETE", result == HOST_FAILURE ? "It has failed." : "It has finished.");
}

static void
on_drop_stored(struct transaction *t, bool is_ok, void *arg)
{
    (void)is_ok, (void)arg;
    t->is_completing = false;
    t->status = TRANSACTION_HOST_DROPPED;
    if (t->viewer)
        t->viewer->ops->host_lost(t->viewer, t->run.id);
    transaction_release(t);
}

void
on_lost(struct host_run *run, const struct host_loss *loss)
{
    struct transaction *t = transaction_of(run);

    if (transaction_is_over(t)) {
        t->is_cancel_wanted = false;
        transaction_release(t);
        return;
    }
    t->is_away = false;
    list_remove(&t->in_away);
    if (loss->is_crash) {
        char text[512];

        snprintf(text, sizeof text, "%s %s. Nothing else is affected; the log says more.", t->slug, loss->message);
        log_warn("run", "%s (run by %s) %s", t->slug, t->owner.email, loss->message);
        transaction_fail(t, "RouteCrashed", text, loss->signal);
        return;
    }
    t->status = TRANSACTION_HOST_DROPPED;
    t->is_completing = true;
    record_lost(t, on_drop_stored, NULL);
}

static bool
may_end(const struct transaction *t, const struct principal *by)
{
    if (!by)
        return true; /* the server itself */
    if (strcmp(t->scope->organization, by->organization) != 0)
        return false;
    return strcmp(t->owner.user_id, by->user_id) == 0 || strcmp(by->role, "admin") == 0;
}

/*
 * Our runners end a handler wherever it is. An SDK host can only be told when it asks something: now, or at its next
 * call (host-protocol.md 4.6).
 */
static void
cancel_at_host(struct transaction *t)
{
    bool is_remote = t->run.host->instance_id != NULL;

    if (is_remote && !t->is_away && !t->is_asking) {
        t->is_cancel_wanted = true;
        return;
    }
    if (is_remote && !t->is_away)
        transaction_send_cancel(t, t->pending_group);
    t->run.host->ops->close(&t->run);
}

bool
transaction_cancel(struct uuid id, const struct principal *by)
{
    struct transaction *t = transaction_find(id);

    if (!t || transaction_is_over(t) || !may_end(t, by))
        return false;
    t->result = RESULT_CANCELED;
    if (t->run.host)
        cancel_at_host(t);
    transaction_finish(t, RESULT_CANCELED, STR(""), NULL);
    return true;
}

bool
transaction_stop(struct uuid id, const struct principal *by)
{
    struct transaction *t = transaction_find(id);

    if (!t || transaction_is_over(t) || !t->run.host || !may_end(t, by))
        return false;
    t->run.host->ops->stop(&t->run);
    return true;
}
