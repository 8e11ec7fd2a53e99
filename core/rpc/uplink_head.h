/* SPDX-License-Identifier: MIT */
/* Heads of HTTP as a client writes and reads them, for the upgrade and for files. Any thread. */
#ifndef RPC_UPLINK_HEAD_H
#define RPC_UPLINK_HEAD_H

#include "base/buf.h"
#include "rpc/uplink_address.h"

enum { UPLINK_MAX_HEAD = 16 << 10 };

/* "GET … HTTP/1.1", Host, User-Agent. */
void head_put_get(struct buf *out, const struct uplink_address *address);

/* Of an answer; 0: that is no HTTP. */
unsigned head_status(struct str head);
/* The value of a header in the head (status line first); empty: it is not there. */
struct str head_field(struct str head, const char *name);

#endif
