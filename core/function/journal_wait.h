/* SPDX-License-Identifier: MIT */
/*
 * Waiting until the log of a function has grown, so that whoever follows it need not ask again and again. Control
 * thread only.
 */
#ifndef FUNCTION_JOURNAL_WAIT_H
#define FUNCTION_JOURNAL_WAIT_H

#include <ev.h>
#include <stdint.h>

#include "base/list.h"

struct journal;

/* In the caller's memory from journal_wait until done. */
struct journal_wait {
    void (*done)(struct journal_wait *wait); /* the caller's: told once, never from within journal_wait */
    struct list link;
    const struct journal *journal;
    uint64_t seen;
    ev_timer deadline;
};

/*
 * Calls wait->done when lines were written since `seen` was journal_writes(), or after limit_ms. false: it would be at
 * once (there are lines already, too many wait, the server stops), and done is not called.
 */
bool journal_wait(struct journal_wait *wait, const struct journal *journal, uint64_t seen, int64_t limit_ms);

void journal_waits_tell(void); /* files have been written */
void journal_waits_stop(void); /* all are done, and nobody waits any more */

#endif
