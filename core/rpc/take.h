/* SPDX-License-Identifier: MIT */
/*
 * A person begins a queued action (server.md 5.2): looks it up for CREATE_TRANSACTION and puts its parameters under
 * those of the browser. Control thread.
 */
#ifndef RPC_TAKE_H
#define RPC_TAKE_H

#include "host/registry.h"
#include "rpc/peer.h"
#include "store/store.h"
#include "transaction/viewer.h"

struct take_order {
    struct scope *scope;
    const struct principal *who; /* lives as long as the call's peer */
    const char *queued_id, *slug;
    struct str params, params_meta; /* JSON objects; "": none */
};

void take_init(struct store *store);

/*
 * `found` is called on the control loop, with the texts of the order replaced by what the run begins with, or with why
 * not. It answers the call, which it then owns.
 */
typedef void take_found(struct peer_call *call, const struct take_order *order, const char *why_not);

void take_queued(const struct peer_call *call, const struct take_order *order, take_found *found);

#endif
