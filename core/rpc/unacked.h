/* SPDX-License-Identifier: MIT */
/* Messages of ours that the other side has not acknowledged yet (host-protocol.md 1.3), oldest first. */
#ifndef RPC_UNACKED_H
#define RPC_UNACKED_H

#include <stdint.h>

#include "base/id.h"
#include "base/list.h"

struct unacked {
    struct list messages;
    size_t count;
};

void unacked_init(struct unacked *unacked);
void unacked_fini(struct unacked *unacked);
void unacked_add(struct unacked *unacked, struct uuid id, int64_t now_ms);
void unacked_remove(struct unacked *unacked, struct uuid id); /* nothing happens if it is not among them */
/* When the oldest was sent; INT64_MAX: there is none. */
int64_t unacked_since(const struct unacked *unacked);

#endif
