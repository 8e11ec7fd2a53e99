/* SPDX-License-Identifier: MIT */
/* How many messages one host may send (host-protocol.md 1.6). */
#ifndef RPC_HOST_RATE_H
#define RPC_HOST_RATE_H

#include <stdbool.h>
#include <stdint.h>

enum { HOST_RATE_WINDOW = 10, HOST_RATE_BUSY_SECONDS = 5 };

struct host_rate {
    int64_t second;
    unsigned count; /* in this second */
    unsigned busy;  /* one bit per second of the window, the lowest is this one: more than a quarter of the limit */
};

/*
 * One more message. false: over `limit` in this second, or over a quarter of it in more than 5 of the last 10. limit 0:
 * none.
 */
bool host_rate_hit(struct host_rate *rate, int64_t now_ms, unsigned limit);

#endif
