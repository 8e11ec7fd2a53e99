/* SPDX-License-Identifier: MIT */
/*
 * Rows of transactions, their steps and logs. Live state is transaction/transaction.h. Functions with a write append
 * statements; the caller submits it (store.h).
 */
#ifndef STORE_TXN_H
#define STORE_TXN_H

#include "store/store.h"

enum { TXN_MAX_RENDER = 256 << 10, TXN_PAGE_MAX = 200 };

struct txn {
    const char *id, *org_id, *env_id, *env_slug, *route_slug, *route_name;
    const char *owner_id, *owner_email, *owner_first_name, *owner_last_name;
    const char *status;                           /* server.md 2.2: "PENDING" … */
    const char *result_status;                    /* or NULL */
    int64_t created_at, updated_at, completed_at; /* completed_at 0: not yet */
    bool backgroundable, is_paged;
    const char *host_instance;              /* of an SDK; NULL: our own runners, or not started */
    const char *schedule_id;                /* or NULL: started by a person */
    struct str result, params, params_meta; /* JSON, p NULL: none; not in lists */
};

/* Of `txn`: what is not status, result, or an instant. */
void store_txn_insert(struct store_write *write, const struct txn *txn, const char *node_id);
/* The following are REFUSED when the transaction is over or unknown: what was stored first stays. */
void store_txn_set_status(struct store_write *write, const char *id, const char *status);
/* RUNNING, at an SDK's instance, or at one of our runners (NULL). */
void store_txn_start(struct store_write *write, const char *id, const char *host_instance, bool is_paged);
/* started_at: for a row that does not know it yet; 0: nobody knows. */
void store_txn_complete(struct store_write *write, const char *id, const char *result_status, struct str result,
                        int64_t started_at);
void store_txn_drop(struct store_write *write, const char *id); /* HOST_CONNECTION_DROPPED */
/* From HOST_CONNECTION_DROPPED back to life. REFUSED: it was not there. */
void store_txn_revive(struct store_write *write, const char *id, const char *status);
/* At start: what SDK hosts had on this node is HOST_CONNECTION_DROPPED until they come back. */
void store_txn_await_hosts(struct store_write *write, const char *node_id);
/* At start: everything open on this node whose id is not among those that live on. */
void store_txn_mark_lost(struct store_write *write, const char *node_id, const char *const *alive, size_t alive_count);

/* A render over TXN_MAX_RENDER is stored as {"omitted":bytes}. */
void store_step_render(struct store_write *write, const char *txn_id, int64_t seq, const char *group,
                       struct str render);
/* REFUSED: it has an answer already. */
void store_step_answer(struct store_write *write, const char *txn_id, int64_t seq, const char *group,
                       struct str response);
/* A repeated index is dropped in silence: hosts send again what was not confirmed. */
void store_log_append(struct store_write *write, const char *txn_id, int64_t index, int64_t at, struct str data);

/* A transaction that was open when the last server of a node ended, for one whose runner comes back. */
struct txn_open {
    const char *id, *org_id, *org_slug, *org_name, *env_slug, *route_slug, *route_name;
    const char *owner_id, *owner_email, *owner_first_name, *owner_last_name;
    bool backgroundable;
    struct txn_open_step {
        const char *group;
        bool is_answered;
        struct str response; /* of the last step, if it is answered */
    } * steps;               /* by seq */
    size_t step_count;
};

bool store_txn_open_list(struct store *store, struct arena *arena, const char *node_id, struct txn_open **txns,
                         size_t *count, struct err *err) MUST_CHECK;

struct txn_filter {
    const char *org_id, *env_id;
    const char *owner_id; /* NULL: everybody's */
    const char *slug;     /* NULL: all */
    const char *text;     /* typed by a person: part of name, slug, user, or a status word; NULL or "": all */
    bool open_only;
    int64_t before_at;     /* the cursor: created_at … */
    const char *before_id; /* … and id of the last row of the page before; 0 and NULL: from the newest */
    unsigned limit;        /* at most TXN_PAGE_MAX; 0: 50 */
};

/* Newest first. *has_more: there is a next page. */
bool store_txn_list(struct store *store, struct arena *arena, const struct txn_filter *filter, struct txn **txns,
                    size_t *count, bool *has_more, struct err *err) MUST_CHECK;

struct txn_step {
    int64_t seq;
    const char *group;
    struct str render, response;      /* p NULL: none */
    int64_t rendered_at, answered_at; /* 0: not */
};

struct txn_log {
    int64_t index, at;
    const char *level;
    struct str data;
};

struct txn_detail {
    struct txn txn;
    struct txn_step *steps;
    size_t step_count;
    struct txn_log *logs;
    size_t log_count;
};

/* *changed_at 0: there is no such transaction in any organization. */
bool store_txn_last_change(struct store *store, const char *id, int64_t *changed_at, bool *is_open,
                           struct err *err) MUST_CHECK;

/* Without steps and logs. *txn is NULL when this organization has no such transaction. */
bool store_txn_head(struct store *store, struct arena *arena, const char *org_id, const char *id, struct txn **txn,
                    struct err *err) MUST_CHECK;

/* The organization of a run that is not over and was at this SDK instance. *org_id is NULL: there is none. */
bool store_txn_of_host(struct store *store, struct arena *arena, const char *id, const char *host_instance,
                       const char **org_id, const char **org_slug, const char **org_name, struct err *err) MUST_CHECK;

/* *detail is NULL when this organization has no such transaction. */
bool store_txn_get(struct store *store, struct arena *arena, const char *org_id, const char *id,
                   struct txn_detail **detail, struct err *err) MUST_CHECK;

#endif
