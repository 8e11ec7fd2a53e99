/* SPDX-License-Identifier: MIT */
/* Stopping: the first signal drains, the second ends at once. */
#ifndef SERVER_STOP_H
#define SERVER_STOP_H

#include "server/state.h"

void stop_on_signals(struct server *server);
int stop_finish(struct server *server); /* after the control loop has ended: the exit code */

#endif
