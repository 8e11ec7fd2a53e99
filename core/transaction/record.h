/* SPDX-License-Identifier: MIT */
/*
 * The rows of a transaction: what is written when, and who waits for it. The only part of transaction/ that knows the
 * store. Every write keeps the transaction alive until it is committed. Control thread only.
 */
#ifndef TRANSACTION_RECORD_H
#define TRANSACTION_RECORD_H

#include "transaction/transaction.h"

struct store;
struct notice;

/* Once, before the first transaction. `node` names this server in the rows. */
void records_init(struct store *store, const char *node);

/* Called on the control thread when the write is durable, or when it failed (the reason is logged). */
typedef void record_done(struct transaction *transaction, bool is_ok, void *arg);

void record_created(struct transaction *transaction, record_done *done, void *arg);
/*
 * The status in memory; in the row a moment later, with what else has changed until then. Nobody waits for it, and most
 * runs are further by then.
 */
void record_status(struct transaction *transaction);
void record_moved(struct transaction *transaction);   /* another host has it than the row says */
void record_revived(struct transaction *transaction); /* from HOST_CONNECTION_DROPPED */
/* A notification that comes from this run; the browsers that list them are told. */
void record_notice(struct transaction *transaction, const struct notice *notice);
/*
 * Is more of this run on its way to the disk than should be? Then whoever asks for the next write waits for its commit,
 * so that a handler in a loop does not fill the memory.
 */
bool record_is_behind(const struct transaction *transaction);
/* A render that waits for input or shows something, and the status. `done` may be NULL: then with the next write. */
void record_render(struct transaction *transaction, size_t step, struct str render, record_done *done, void *arg);
void record_answer(struct transaction *transaction, size_t step, struct str response, record_done *done, void *arg);
void record_log(struct transaction *transaction, int64_t index, int64_t timestamp, struct str text, record_done *done,
                void *arg);
/* Status, result status and result text, once. */
void record_completed(struct transaction *transaction, record_done *done, void *arg);
/* HOST_CONNECTION_DROPPED; `done` may be NULL. */
void record_lost(struct transaction *transaction, record_done *done, void *arg);

#endif
