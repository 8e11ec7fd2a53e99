/* SPDX-License-Identifier: MIT */
/*
 * Runs at SDK hosts that only the rows remember, because the server was started anew (host-protocol.md 4.8). They come
 * back to memory when their host speaks of them, or when somebody looks. Control thread.
 */
#ifndef TRANSACTION_ADOPT_H
#define TRANSACTION_ADOPT_H

#include "store/txn.h"
#include "transaction/transaction.h"

void adopt_init(struct store *store);

/*
 * A host of this scope speaks of a run that is not at it. `done` is called later: with the run, away and for the host
 * to bind, if it is open and was this instance's; with NULL if it is over or unknown, so that the host forgets it.
 */
void transactions_adopt_from_store(struct scope *scope, const char *instance_id, struct uuid id,
                                   void (*done)(struct host_run *run, void *arg), void *arg);

/* An open run of an SDK host as its rows know it, away. NULL: its environment is gone. */
struct transaction *transaction_restore(const struct txn_detail *detail, const char *organization,
                                        const char *organization_name);

#endif
