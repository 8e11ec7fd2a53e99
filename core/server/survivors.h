/* SPDX-License-Identifier: MIT */
/*
 * Runs that were open when the last server ended. Their runners may come back within ten seconds; what has not come
 * back by then is shown as lost. Control thread.
 */
#ifndef SERVER_SURVIVORS_H
#define SERVER_SURVIVORS_H

#include "host/host.h"
#include "store/store.h"

/* Before the loop runs. */
bool survivors_load(struct store *store, const char *node_id, struct err *err) MUST_CHECK;

/* For native_spec.adopt: the transaction of a run that came back, live again. NULL: nobody knows it. */
struct host_run *survivors_adopt(struct uuid id, const char *module);

#endif
