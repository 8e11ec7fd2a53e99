/* SPDX-License-Identifier: MIT */
/* One file, from an HTTP address into a descriptor. Owns the connection; whose it is says uplink_files.h. Control. */
#ifndef RPC_UPLINK_FETCH_H
#define RPC_UPLINK_FETCH_H

#include "rpc/uplink_address.h"

#include <stdint.h>

struct uplink_fetch;

struct uplink_fetch_spec {
    const struct uplink_address *address;
    bool is_trusted; /* also at an address that is not public */
    int fd;
    int64_t max_bytes;
    int64_t patience_ms; /* without a single byte */
    /* Once; `bytes` have been written. err: what is there is not the file. */
    void (*done)(void *arg, int64_t bytes, const struct err *err);
    void *arg;
};

struct uplink_fetch *uplink_fetch_start(const struct uplink_fetch_spec *spec);
void uplink_fetch_cancel(struct uplink_fetch *fetch); /* no `done` */

#endif
