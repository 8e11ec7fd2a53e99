/* SPDX-License-Identifier: MIT */
/* Runs that were open when the last server ended (survivors.h). */
#include "server/survivors.h"

#include <ev.h>

#include "base/log.h"
#include "base/map.h"
#include "loop/control.h"
#include "store/txn.h"
#include "transaction/transaction.h"

/* A runner knocks for ten seconds; one more for its first frames. */
static const double GRACE_SECONDS = 11;

static struct {
    struct store *store;
    const char *node_id;
    struct arena rows;
    struct map by_id; /* id text -> struct txn_open */
    ev_timer grace;
} survivors;

static void
on_grace_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct store_write *write = store_write_new();
    struct arena arena;
    const char **ids;
    size_t count;

    (void)loop, (void)timer, (void)events;
    arena_init(&arena, 0);
    count = transactions_ids(&arena, &ids);
    store_txn_mark_lost(write, survivors.node_id, ids, count);
    store_submit(survivors.store, write, NULL, NULL, NULL);
    arena_fini(&arena);
    map_fini(&survivors.by_id);
    arena_fini(&survivors.rows);
}

bool
survivors_load(struct store *store, const char *node_id, struct err *err)
{
    struct store_write *write = store_write_new();
    struct txn_open *txns;
    size_t count;

    /* SDK hosts come back when they like (transaction/adopt.h). */
    store_txn_await_hosts(write, node_id);
    if (store_write_wait(store, write, err) != STORE_DONE)
        return false;
    survivors.store = store;
    survivors.node_id = node_id;
    arena_init(&survivors.rows, 0);
    map_init(&survivors.by_id);
    if (!store_txn_open_list(store, &survivors.rows, node_id, &txns, &count, err))
        return false;
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        map_set(&survivors.by_id, str_of(txns[i].id), &txns[i]);
    log_info("server", "%zu runs were open when the last server ended; those whose process comes back go on", count);
    ev_timer_init(&survivors.grace, on_grace_over, GRACE_SECONDS, 0);
    ev_timer_start(control_loop(), &survivors.grace);
    return true;
}

static struct transaction *
adopt(struct uuid id, const struct txn_open *row, struct scope *scope)
{
    struct principal owner = { .user_id = row->owner_id,
                               .email = row->owner_email,
                               .first_name = row->owner_first_name,
                               .last_name = row->owner_last_name,
                               .role = "member", /* only shown to the handler, which has it already */
                               .organization = row->org_slug,
                               .organization_name = row->org_name,
                               .organization_id = row->org_id };
    struct transaction *t = transaction_adopt(id, scope, row->route_slug, row->route_name, &owner, row->backgroundable);

    for (size_t i = 0; i < row->step_count; i++) {
        struct uuid group = { { 0 } };

        if (!uuid_parse(str_of(row->steps[i].group), &group))
            log_warn("server", "a step of run %s has the key '%s', which is none", row->id, row->steps[i].group);
        transaction_adopt_step(t, group, row->steps[i].is_answered, row->steps[i].response);
    }
    return t;
}

struct host_run *
survivors_adopt(struct uuid id, const char *module)
{
    struct uuid_text text = uuid_format(id);
    const struct txn_open *row = map_find(&survivors.by_id, str_of(text.s));
    struct scope *scope = row ? registry_scope(row->org_slug, row->env_slug, row->owner_id) : NULL;

    if (transaction_find(id))
        return &transaction_find(id)->run;
    if (!scope) {
        log_debug("server", "a runner of %s brings back run %s, which nobody knows", module, text.s);
        return NULL;
    }
    return &adopt(id, row, scope)->run;
}
