/* SPDX-License-Identifier: MIT */
/* The queue of durable calls as part of the server: its settings, its start and its stop. */
#ifndef SERVER_QUEUES_H
#define SERVER_QUEUES_H

#include "config/config.h"

/* Before requests come in. The people of that organization look after the calls. */
bool queues_open(const struct config *config, const char *organization_id, struct err *err) MUST_CHECK;
void queues_start(void);    /* once functions can be called: what waits begins to run */
void queues_stop(void);     /* begins nothing new */
bool queues_are_idle(void); /* after queues_stop: what ran has ended, and is only to be written */
void queues_close(void);    /* nobody uses it any more */

#endif
