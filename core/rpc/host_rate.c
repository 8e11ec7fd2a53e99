/* SPDX-License-Identifier: MIT */
/* The rate of one host (host_rate.h). */
#include "rpc/host_rate.h"

bool
host_rate_hit(struct host_rate *rate, int64_t now_ms, unsigned limit)
{
    int64_t second = now_ms / 1000, passed = second - rate->second;

    if (limit == 0)
        return true;
    if (passed > 0) {
        rate->busy = passed < HOST_RATE_WINDOW ? rate->busy << passed & ((1u << HOST_RATE_WINDOW) - 1) : 0;
        rate->second = second;
        rate->count = 0;
    }
    if (++rate->count > limit / 4)
        rate->busy |= 1;
    return rate->count <= limit && __builtin_popcount(rate->busy) <= HOST_RATE_BUSY_SECONDS;
}
