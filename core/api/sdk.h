/* SPDX-License-Identifier: MIT */
/* What the calls of SDKs (host-protocol.md 6) have in common: the environment of the key. Control thread. */
#ifndef API_SDK_H
#define API_SDK_H

#include "api/api.h"
#include "host/registry.h"

/* NULL: nothing was ever registered there. */
struct scope *sdk_scope(const struct api_call *call);
/* Something of that environment has changed, for the browsers that show it. */
void sdk_notify(const struct api_call *call, enum topic topic);

#endif
