/* SPDX-License-Identifier: MIT */
/*
 * A service that is live: its modules, their versions, and who else has to know. One for each deployed service and
 * stage, and one for the directory of `interlude dev`. Control thread.
 */
#ifndef DEPLOY_SERVICE_LIVE_H
#define DEPLOY_SERVICE_LIVE_H

#include "deploy/service_modules.h"
#include "function/keys.h"

struct service_live;

/* Nothing is live yet. on_keys: keys_synced of each service that becomes so. */
struct service_live *service_live_new(keys_synced *on_keys, void *arg);

/*
 * Replaces what was live in one step. Takes the modules over. A version that equals the one that serves is not used:
 * that one, and its process, stay.
 */
void service_live_set(struct service_live *self, struct service_modules *modules, bool with_stage);
/* Nothing is live any more; it may be set again. */
void service_live_end(struct service_live *self);

/* Puts the versions that serve in the place of those which equal them, before anything is done with them. */
void service_live_share(const struct service_live *self, struct service_modules *modules);

const struct service_modules *service_live_modules(const struct service_live *self); /* NULL: none */
struct service *service_live_service(const struct service_live *self);               /* NULL: none */

/* What serves the module of this name now; a function's only if it is in there, with its slot. NULL: nothing. */
struct version *service_live_version(const struct service_live *self, const struct service_module *module,
                                     uint32_t *slot);

/* The one before it serves again; NULL: there is none. */
const struct service_module *service_live_fall_back(struct service_live *self, const struct version *bad);

#endif
