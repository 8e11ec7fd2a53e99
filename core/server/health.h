/* SPDX-License-Identifier: MIT */
/*
 * Health of the server for probes and load balancers (server.md 1.4), answered on the http threads without asking
 * anybody.
 */
#ifndef SERVER_HEALTH_H
#define SERVER_HEALTH_H

#include <stdbool.h>

#include "http/server.h"

void health_init(struct http_server *server, const char *revision);
const char *health_not_ready(void); /* any thread: why people should not come yet, or no more; NULL: they may */
void health_set_ready(bool is_ready, const char *why_not); /* any thread; the text outlives the server */

#endif
