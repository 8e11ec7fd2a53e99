/* SPDX-License-Identifier: MIT */
/*
 * START_TRANSACTION and OPEN_PAGE as a host understands them: what transaction/ has written, completed by what depends
 * on the SDK (host-protocol.md 2.2, 3.3, 8 P7, P8). Knows no connection.
 */
#ifndef RPC_HOST_INPUTS_H
#define RPC_HOST_INPUTS_H

#include "base/buf.h"
#include "host/profile.h"

/* Appends the inputs to `out` (check out->over). false: `inputs` is not an object. */
bool host_inputs(struct buf *out, const struct sdk_profile *profile, const char *environment, struct str inputs,
                 struct err *err) MUST_CHECK;

#endif
