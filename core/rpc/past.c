/* SPDX-License-Identifier: MIT */
/* Runs that only the store knows (past.h). */
#include "rpc/past.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "json/write.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "store/txn.h"
#include "transaction/adopt.h"

static struct store *store;

enum { MAX_ENTRY = 1 << 20, MAX_ABSENCE_MS = 6 * 3600 * 1000 }; /* of a host that may still come back */

struct question {
    struct message message;
    struct peer_call *call;
    struct viewer *viewer; /* lives as long as the call's peer */
    struct uuid id;
    struct arena arena;
    const char *organization_id, *user_id;
    bool sees_all;
    struct txn_detail *detail; /* NULL: not for this person */
};

void
past_init(struct store *state)
{
    store = state;
}

static void
question_free(struct question *question)
{
    peer_call_free(question->call);
    arena_fini(&question->arena);
    free(question);
}

static void
show_logs(struct question *question)
{
    struct viewer *viewer = question->viewer;

    for (size_t i = 0; i < question->detail->log_count; i++) {
        const struct txn_log *log = &question->detail->logs[i];
        struct json_out out;
        struct buf entry;

        buf_init(&entry, MAX_ENTRY);
        json_out_init(&out, &entry);
        json_object(&out);
        json_pair_str(&out, "data", log->data);
        json_pair_int(&out, "index", log->index);
        json_pair_int(&out, "timestamp", log->at);
        json_object_end(&out);
        if (!entry.over)
            viewer->ops->log(viewer, question->id, buf_view(&entry));
        buf_fini(&entry);
    }
}

/* A run that waits for its SDK host since the server was started anew: from now on somebody looks at it. */
static bool
attend(const struct question *question)
{
    const struct principal *who = &question->viewer->principal;
    const struct txn *txn = &question->detail->txn;

    if (!txn->host_instance || clock_wall_ms() - txn->updated_at > MAX_ABSENCE_MS ||
        strcmp(txn->owner_id, question->user_id) != 0)
        return false;
    return (transaction_find(question->id) ||
            transaction_restore(question->detail, who->organization, who->organization_name)) &&
           transaction_view(question->id, question->viewer);
}

static void
answer(struct message *message)
{
    struct question *question = container_of(message, struct question, message);
    const struct txn *txn = question->detail ? &question->detail->txn : NULL;
    struct viewer *viewer = question->viewer;
    bool is_completed = txn && strcmp(txn->status, "COMPLETED") == 0;
    bool is_lost = txn && strcmp(txn->status, "HOST_CONNECTION_DROPPED") == 0;

    if (is_lost && attend(question)) {
        peer_respond_bool(question->call, true);
        question_free(question);
        return;
    }
    if (is_completed || is_lost)
        show_logs(question);
    if (is_completed)
        viewer->ops->completed(viewer, question->id, txn->result_status, txn->result);
    else if (is_lost)
        viewer->ops->host_lost(viewer, question->id);
    peer_respond_bool(question->call, is_completed || is_lost);
    question_free(question);
}

static void
look_up(struct message *message)
{
    struct question *question = container_of(message, struct question, message);
    struct txn_detail *detail = NULL;
    struct err err;

    if (!store_txn_get(store, &question->arena, question->organization_id, uuid_format(question->id).s, &detail, &err))
        log_error("rpc", "cannot read a run: %s", err.text);
    if (detail && (question->sees_all || strcmp(detail->txn.owner_id, question->user_id) == 0))
        question->detail = detail;
    control_post(&question->message, answer);
}

void
past_show(const struct peer_call *call, struct viewer *viewer, struct uuid id)
{
    struct question *question = mem_alloc(sizeof *question);

    question->call = peer_call_keep(call);
    question->viewer = viewer;
    question->id = id;
    arena_init(&question->arena, 0);
    question->organization_id = arena_strdup(&question->arena, viewer->principal.organization_id);
    question->user_id = arena_strdup(&question->arena, viewer->principal.user_id);
    question->sees_all = strcmp(viewer->principal.role, "admin") == 0;
    if (worker_post(&question->message, look_up))
        return;
    peer_respond_bool(call, false);
    question_free(question);
}
