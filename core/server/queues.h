/* SPDX-License-Identifier: MIT */
/* The queue of durable calls as part of the server: its settings, its start and its stop. */
#ifndef SERVER_QUEUES_H
#define SERVER_QUEUES_H

#include "config/config.h"

bool queues_open(const struct config *config, struct err *err) MUST_CHECK; /* before requests come in */
void queues_start(void); /* once functions can be called: what waits begins to run */
void queues_stop(void);  /* begins nothing new */
void queues_close(void); /* nobody uses it any more */

#endif
