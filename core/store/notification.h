/* SPDX-License-Identifier: MIT */
/* Rows of notifications (server.md 5.3). Who gets them how is not here. user.h says how these functions behave. */
#ifndef STORE_NOTIFICATION_H
#define STORE_NOTIFICATION_H

#include "store/store.h"

enum { NOTIFICATION_PAGE_MAX = 200 };

struct notification {
    const char *id, *org_id, *env_id;
    const char *developer_id;    /* "": live */
    const char *user_id;         /* who runs the transaction, or owns the key that sent it */
    const char *txn_id;          /* or NULL */
    const char *idempotency_key; /* or NULL */
    const char *title;           /* or NULL */
    const char *message;
    struct str deliveries; /* JSON: [{"to","method","status"}] */
    int64_t created_at;
};

/* id may be NULL, a new one is made then. REFUSED: one with its idempotency key was stored before. */
void store_notification_insert(struct store_write *write, const struct notification *notification);

struct notification_filter {
    const char *org_id, *env_id;
    const char *developer_id;   /* "": live */
    const char *user_id, *user; /* id and address: only what concerns this person; NULL: everything */
    const char *txn_id;         /* NULL: of all runs */
    int64_t before_at;          /* the cursor: created_at … */
    const char *before_id;      /* … and id of the last one of the page before; 0 and NULL: from the newest */
    unsigned limit;             /* at most NOTIFICATION_PAGE_MAX; 0: 50 */
};

/* Newest first: id, txn_id, title, message, deliveries, created_at. *has_more: there is a next page. */
bool store_notification_list(struct store *store, struct arena *arena, const struct notification_filter *filter,
                             struct notification **notifications, size_t *count, bool *has_more,
                             struct err *err) MUST_CHECK;

#endif
