/* SPDX-License-Identifier: MIT */
/*
 * A browser asks for a run that is not live any more: it completed while the browser was away, or was lost. The store
 * still knows.
 */
#ifndef RPC_PAST_H
#define RPC_PAST_H

#include "rpc/peer.h"
#include "store/store.h"
#include "transaction/viewer.h"

void past_init(struct store *store);

/*
 * Control thread: reads the run on an api thread, tells the viewer how it ended as if it were live, and answers the
 * call: true, or false when it is unknown, somebody else's, or open (its host may come back yet). `viewer` belongs to
 * the call's peer.
 */
void past_show(const struct peer_call *call, struct viewer *viewer, struct uuid id);

#endif
