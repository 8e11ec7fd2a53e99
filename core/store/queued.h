/* SPDX-License-Identifier: MIT */
/*
 * Rows of queued actions: work that code puts in front of people (server.md 5.2). user.h says how these functions
 * behave. Durable function calls are another thing (queue/).
 */
#ifndef STORE_QUEUED_H
#define STORE_QUEUED_H

#include "store/store.h"

struct queued_action {
    const char *id, *org_id, *env_id;
    const char *developer_id; /* "": live */
    const char *slug;
    const char *assignee_id, *assignee; /* id and address; NULL: for everybody */
    struct str params, params_meta;     /* JSON, p NULL: none */
    const char *txn_id;                 /* the run that does it, or the last that did; NULL: none */
    bool is_taken;                      /* that run is not over */
    int64_t created_at;
};

/* Of `action`: all but assignee, txn_id, is_taken and created_at. */
void store_queued_insert(struct store_write *write, const struct queued_action *action);
/* REFUSED: somebody else does it, or it is gone. */
void store_queued_bind(struct store_write *write, const char *id, const char *txn_id);
/* The run was cancelled: what it did waits again. */
void store_queued_unbind(struct store_write *write, const char *txn_id);
void store_queued_delete(struct store_write *write, const char *org_id, const char *id); /* REFUSED: it was gone */

/* *action is NULL when this organization has none of that id. */
bool store_queued_get(struct store *store, struct arena *arena, const char *org_id, const char *id,
                      struct queued_action **action, struct err *err) MUST_CHECK;
/* What a person may take, or has taken; oldest first. */
bool store_queued_list(struct store *store, struct arena *arena, const char *org_id, const char *env_id,
                       const char *developer_id, const char *user_id, struct queued_action **actions, size_t *count,
                       struct err *err) MUST_CHECK;

#endif
