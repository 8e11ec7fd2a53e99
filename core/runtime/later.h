/* SPDX-License-Identifier: MIT */
/*
 * Metadata whose values are found after the others have been shown (il_meta.later): first everything is rendered with
 * those values undefined, then one callback after the other runs, and what is known so far is rendered again.
 */
#ifndef RUNTIME_LATER_H
#define RUNTIME_LATER_H

#include "runtime/call.h"

/* Makes the item, our own copy, independent of the author's list if one of its values comes later. false: no memory. */
bool later_take(struct arena *arena, il_metadata *metadata, bool *is_later) MUST_CHECK;

/* Does a callback's pointer lead into the handler's stack? On pages the stack is gone when the callback runs. */
bool later_is_on_stack(const il_metadata *metadata);

/*
 * Runs what is left to run, and show(arg) whenever something new is known, at most every 100 ms and at the end. Ends
 * early at a cancel.
 */
void later_run(struct call *call, struct run_io *io, void (*show)(void *arg), void *arg);

#endif
