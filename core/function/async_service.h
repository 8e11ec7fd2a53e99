/* SPDX-License-Identifier: MIT */
/* What a service says about durable calls (functions.md 3, `async`, `sqs`), told to the queue. Control thread. */
#ifndef FUNCTION_ASYNC_SERVICE_H
#define FUNCTION_ASYNC_SERVICE_H

#include "function/service.h"

void async_service_added(const struct service *service); /* it became live, perhaps in place of an earlier one */
void
async_service_removed(const struct service *service); /* it leaves: what waits goes on as the server's settings say */

#endif
