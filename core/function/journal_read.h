/* SPDX-License-Identifier: MIT */
/* Reading the logs of functions from their files (journal.h). Api threads: it blocks. */
#ifndef FUNCTION_JOURNAL_READ_H
#define FUNCTION_JOURNAL_READ_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Where to go on: a day and a place in its file. */
struct journal_place {
    char day[16]; /* "2026-11-21" */
    int64_t offset;
};

struct journal_query {
    const char *function;
    int64_t since_ms;           /* lines before are passed over; the first day, when there is no place */
    struct journal_place place; /* day "": begin at since_ms */
    const char *filter;         /* lines have this in them; NULL: all */
    size_t max_lines;
    bool has_no_times; /* an access log: its lines say themselves when it was, or do not want to */
};

/* As text ("2026-11-21:8192") and back. */
bool journal_place_read(const char *text, struct journal_place *place) MUST_CHECK;
const char *journal_place_text(struct arena *arena, const struct journal_place *place);

/*
 * Calls `line` for each line, without its time when it is START, END or REPORT, oldest first, and moves query->place
 * behind the last one that was read. false: the files cannot be read.
 */
bool journal_read(struct journal_query *query, void (*line)(void *arg, struct str text), void *arg,
                  struct err *err) MUST_CHECK;

#endif
