/* SPDX-License-Identifier: MIT */
/* How the transactions of one database went: counted by its writer with relaxed atomics, read by anybody. */
#ifndef STORE_COMMIT_H
#define STORE_COMMIT_H

#include <stdatomic.h>
#include <stdint.h>

enum { COMMIT_BUCKETS = 10 }; /* the last one of each has no bound */

struct store_commits {
    _Atomic uint64_t count, writes, sum_us;                            /* a write of several rows counts as many */
    _Atomic uint64_t by_us[COMMIT_BUCKETS], by_writes[COMMIT_BUCKETS]; /* each counts its own only */
};

extern const uint32_t commit_bounds_us[COMMIT_BUCKETS - 1], commit_bounds_writes[COMMIT_BUCKETS - 1];

#endif
