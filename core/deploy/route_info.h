/* SPDX-License-Identifier: MIT */
/* What people and programs are told of the routes of a service that is live. Control thread. */
#ifndef DEPLOY_ROUTE_INFO_H
#define DEPLOY_ROUTE_INFO_H

#include "deploy/service_modules.h"
#include "host/registry.h"
#include "json/write.h"

/*
 * [{"slug","kind","name","file","url"}…], by file; of actions and pages the address in the dashboard, of functions the
 * public one and their "method". modules NULL: nothing is live.
 */
void route_info_json(const struct service_modules *modules, const struct scope *scope, const char *base_url,
                     struct json_out *out);

#endif
