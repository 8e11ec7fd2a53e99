/* SPDX-License-Identifier: MIT */
/*
 * Browsers on /websocket: the methods of host-protocol.md 2.3 and 2.4 with our additions. Owns the set of connected
 * browsers and is the viewer of transactions and pages. Control thread only.
 */
#ifndef RPC_BROWSER_H
#define RPC_BROWSER_H

#include "host/registry.h"
#include "rpc/peer.h"
#include "transaction/viewer.h"

void browsers_init(void);

/* A browser that passed sign-in and Origin check. The principal is copied; takes over a reference to the socket. */
struct peer *browser_connected(struct ws *ws, const struct principal *principal);

/* INVALIDATE for everyone who subscribed to that environment, a moment later. */
void browsers_invalidate(const struct scope *scope, enum topic topic);

/* Before the server goes: closes all with 1012. */
void browsers_close_all(void);

#endif
