/* SPDX-License-Identifier: MIT */
/*
 * A service that is live: its functions, their versions, and who else has to know. One for each deployed service and
 * stage, and one for the directory of `interlude dev`. Control thread.
 */
#ifndef DEPLOY_SERVICE_LIVE_H
#define DEPLOY_SERVICE_LIVE_H

#include "function/keys.h"
#include "function/service.h"
#include "host/version.h"

struct service_live;

/* Nothing is live yet. on_keys: keys_synced of each service that becomes so. */
struct service_live *service_live_new(keys_synced *on_keys, void *arg);

/*
 * Replaces what was live in one step. Takes over the arrays and a reference to each version (NULL: that function has no
 * module). A version that equals the one that serves is not used: that one, and its process, stay.
 */
void service_live_set(struct service_live *self, struct service *service, struct version **versions, uint32_t *slots,
                      bool with_stage);
/* Nothing is live any more; it may be set again. */
void service_live_end(struct service_live *self);

struct service *service_live_service(const struct service_live *self); /* NULL: none */

/* What serves this function now. NULL: nothing. */
struct version *service_live_version(const struct service_live *self, const char *key, const char *symbol,
                                     uint32_t *slot);

/* The one before it serves again; NULL: there is none. */
const struct service_function *service_live_fall_back(struct service_live *self, const struct version *bad);

#endif
