/* SPDX-License-Identifier: MIT */
/*
 * Telling somebody how a call ended: durable deliveries with their own attempts (functions.md 3.6). Where they may go
 * is target.h, how they get there loop/outgoing.h. Control thread.
 */
#ifndef QUEUE_CALLBACK_H
#define QUEUE_CALLBACK_H

#include "queue/queue.h"

void callbacks_due(int64_t at); /* wall ms: a delivery may be begun then; INT64_MAX: none */
void callbacks_stop(void);      /* begins nothing new */

#endif
