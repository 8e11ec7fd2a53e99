/* SPDX-License-Identifier: MIT */
/* The service that is live: its functions, their versions, and who else has to know. Control thread. */
#ifndef SERVER_SERVICE_LIVE_H
#define SERVER_SERVICE_LIVE_H

#include "function/service.h"
#include "host/version.h"

/*
 * Replaces what was live in one step. Takes over the arrays and a reference to each version (NULL: that function has no
 * module). A version that equals the one that serves is not used: that one, and its process, stay.
 */
void service_live_set(struct service *service, struct version **versions, uint32_t *slots, bool with_stage);
void service_live_end(void);

/* What serves this function now. NULL: nothing. */
struct version *service_live_version(const char *key, const char *symbol, uint32_t *slot);

/* The one before it serves again; NULL: there is none. */
const struct service_function *service_live_fall_back(const struct version *bad);

#endif
