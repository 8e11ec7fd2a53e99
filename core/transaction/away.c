/* SPDX-License-Identifier: MIT */
/*
 * Runs whose SDK host is not connected at the moment (host-protocol.md 4.8). They wait for the same instance, in the
 * rows as HOST_CONNECTION_DROPPED; anything that it says about them is the sign of life that ends the waiting.
 */
#include "base/clock.h"
#include "transaction/internal.h"
#include "transaction/record.h"

/* What stays in memory; the rows remember longer (adopt.h). */
static const int64_t KEEP_MS = (int64_t)6 * 3600 * 1000;

/* How long a handler may be silent after a doubtful answer. */
static const int64_t SILENCE_MS = 3000;

static struct list away = { &away, &away };
static struct list doubts = { &doubts, &doubts };

void
transaction_set_away(struct transaction *t)
{
    t->status = TRANSACTION_HOST_DROPPED;
    t->is_away = true;
    t->away_at = clock_mono_ms();
    list_remove(&t->in_away);
    list_add_tail(&away, &t->in_away);
}

static void
lose(struct transaction *t)
{
    transaction_set_away(t);
    record_lost(t, NULL, NULL);
    registry_notify(t->scope, TOPIC_TRANSACTIONS);
    if (t->viewer)
        t->viewer->ops->host_lost(t->viewer, t->run.id);
}

void
on_dropped(struct host_run *run)
{
    struct transaction *t = transaction_of(run);

    if (transaction_is_over(t)) {
        t->is_cancel_wanted = false; /* nobody there to be told */
        transaction_release(t);
        return;
    }
    if (!t->is_away)
        lose(t);
}

void
transaction_doubt(struct transaction *t)
{
    t->doubt_at = clock_mono_ms();
    list_remove(&t->in_doubt);
    list_add_tail(&doubts, &t->in_doubt);
}

void
transaction_trust(struct transaction *t)
{
    t->is_doubtful = false;
    list_remove(&t->in_doubt);
}

/* Connected again is not alive yet: a completion may have been lost on the way (host-protocol.md P9). */
void
on_back(struct host_run *run)
{
    (void)run;
}

void
transaction_revive(struct transaction *t)
{
    if (!t->is_away)
        return;
    t->is_away = false;
    list_remove(&t->in_away);
    if (!t->viewer && list_is_linked(&t->in_dropped))
        t->status = TRANSACTION_CLIENT_DROPPED;
    else
        t->status = t->is_asking ? TRANSACTION_AWAITING_INPUT : TRANSACTION_RUNNING;
    record_revived(t);
    registry_notify(t->scope, TOPIC_TRANSACTIONS);
    if (t->viewer)
        t->viewer->ops->host_back(t->viewer, t->run.id);
}

static void
sweep_doubts(int64_t oldest)
{
    LIST_EACH(&doubts, node)
    {
        struct transaction *t = LIST_ENTRY(node, struct transaction, in_doubt);

        if (t->doubt_at > oldest)
            break;
        list_remove(node);
        if (!transaction_is_over(t) && !t->is_away)
            lose(t);
    }
}

void
transactions_sweep_away(void)
{
    int64_t oldest = clock_mono_ms() - KEEP_MS;

    sweep_doubts(clock_mono_ms() - SILENCE_MS);

    LIST_EACH(&away, node)
    {
        struct transaction *t = LIST_ENTRY(node, struct transaction, in_away);

        if (t->away_at > oldest)
            break;
        if (t->viewer)
            continue;
        list_remove(node);
        t->is_away = false; /* lost, for all we know; the rows know it if it comes back after all */
        transaction_release(t);
    }
}
