/* SPDX-License-Identifier: MIT */
/* /metrics for Prometheus, on listeners of its own (functions.md 3.7). */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "http/server.h"

/* addresses: as METRICS has them; a port alone is on loopback. "": there are no metrics. */
bool metrics_listen(struct http_server *server, const char *addresses, struct err *err) MUST_CHECK;
void metrics_init(struct http_server *server); /* before it starts */

#endif
