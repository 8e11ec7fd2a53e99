/* SPDX-License-Identifier: MIT */
/*
 * The HTTP request that turns a stream into a WebSocket (RFC 6455 4.1), with a host's headers (host-protocol.md 1.1),
 * and the reading of its answer, whatever stands at the other end.
 */
#ifndef RPC_UPLINK_UPGRADE_H
#define RPC_UPLINK_UPGRADE_H

#include "base/buf.h"
#include "rpc/uplink_socket.h"
#include "rpc/uplink_stream.h"

struct upgrade {
    const struct uplink_address *address;
    struct buf out, in; /* in: the answer, then what came behind it */
    size_t taken;       /* of in */
    char key[32];       /* Sec-WebSocket-Key */
};

void upgrade_init(struct upgrade *upgrade, const struct uplink_address *address, const char *api_key,
                  const char *instance_id);
void upgrade_fini(struct upgrade *upgrade);

/* false: the connection is gone. */
bool upgrade_write(struct upgrade *upgrade, struct uplink_stream *stream);

enum upgrade_state { UPGRADE_WAITS, UPGRADE_DONE, UPGRADE_REFUSED };
/* UPGRADE_REFUSED: `end` says why. */
enum upgrade_state upgrade_read(struct upgrade *upgrade, struct uplink_stream *stream, struct uplink_end *end);

/* Bytes that came in the same breath as the answer, at most `len`; each is given once. */
struct str upgrade_rest(struct upgrade *upgrade, size_t len);

#endif
