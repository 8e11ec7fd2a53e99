/* SPDX-License-Identifier: MIT */
/*
 * The slugs of a service's routes (host/claim.h): taken when its modules have been looked at, before anything changes,
 * so that nobody else can be live under them when it is. Control thread.
 */
#ifndef DEPLOY_ROUTE_CLAIM_H
#define DEPLOY_ROUTE_CLAIM_H

#include "deploy/service_modules.h"

/* All of them, or none: err names the slug and who has it. owner: one for each service and stage. */
bool routes_claim(const void *owner, const struct service_modules *modules, struct err *err) MUST_CHECK;
/* From now on only these, of what is live (NULL: nothing is); files that wanted one of the others get another try. */
void routes_keep(const void *owner, const struct service_modules *modules);

#endif
