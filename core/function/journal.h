/* SPDX-License-Identifier: MIT */
/*
 * The log of each function (functions.md 2.6): what it prints, and for functions of services START, END and REPORT of
 * every call. One file per function and day, DATA/logs/NAME/YYYY-MM-DD.log (UTC), each line behind its time and a tab.
 * Written in the background a few times a second; what comes faster than 1 MiB in that time, or than 64 MiB a day, is
 * counted and left out. Reading the files is journal_read.h,
 * waiting for more of them journal_wait.h.
 */
#ifndef FUNCTION_JOURNAL_H
#define FUNCTION_JOURNAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct journal;

enum { JOURNAL_TAIL = 4096, JOURNAL_TIME = 24 /* "2026-11-21T08:37:05.025Z" */ };

/* Before the http threads run. dir: DATA/logs. memory_bytes: of the function's process now (control thread). */
void journals_init(const char *dir, int64_t (*memory_bytes)(const char *function));
void journals_stop(void); /* control thread: writes the rest */

/* The journal of a function, made at its first use and never freed. Any thread; takes a lock. */
struct journal *journal_of(const char *function);

/* Any thread. keep_days 0: for ever. */
void journal_configure(struct journal *journal, uint32_t keep_days, uint32_t memory_mb);

/* trace: what follows on the line, trace.h; "" */
void journal_began(struct journal *journal, const char *id, const char *trace);
/* init_us 0: its process was there already. */
void journal_ended(struct journal *journal, const char *id, int64_t duration_us, int64_t init_us);
void journal_line(struct journal *journal, struct str line); /* printed by the function */
void journal_failed(struct journal *journal, const char *id, const char *why);
void journal_note(struct journal *journal, struct str line); /* as it is */

/* Any thread: how often lines were written to its files; they can be read (journal_read.h) before this grows. */
uint64_t journal_writes(const struct journal *journal);

/*
 * Control thread: the lines of one call at the end of it, without times, newest last; all lines where calls are not
 * noted. Returns the length.
 */
size_t journal_tail(struct journal *journal, const char *id, char tail[JOURNAL_TAIL]);

#endif
