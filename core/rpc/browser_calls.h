/* SPDX-License-Identifier: MIT */
/* The browser as rpc/ sees it, and the table of methods it may call (browser_calls.c). */
#ifndef RPC_BROWSER_CALLS_H
#define RPC_BROWSER_CALLS_H

#include "host/registry.h"
#include "rpc/peer.h"
#include "transaction/viewer.h"

struct browser {
    struct peer peer;
    struct viewer viewer;
    struct arena texts;             /* of the principal */
    const struct scope *subscribed; /* NULL: none */
    unsigned stale;                 /* bits by enum topic: what INVALIDATE has to name */
    struct list in_browsers;
};

extern const struct peer_method browser_methods[];

#endif
