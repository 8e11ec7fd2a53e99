/* SPDX-License-Identifier: MIT */
/*
 * What callers see of a version after the switch (functions.md 2.2): requests and errors, second by second, and the
 * verdict. What follows from it is switched.c. Control thread.
 */
#ifndef DEPLOY_WATCH_H
#define DEPLOY_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "function/stats.h"
#include "json/write.h"

enum watch_state {
    WATCH_OPEN,     /* it is live and watched */
    WATCH_LIVE,     /* it is live, the window is over or there was none */
    WATCH_RETURNED, /* the version before it serves again */
    WATCH_REPLACED, /* somebody has made another one live */
};

struct watch {
    enum watch_state state;
    struct stats_tally *tally;  /* NULL: nothing was counted */
    int64_t began_ms;           /* monotonic */
    int64_t since_ms, until_ms; /* wall clock */
    uint64_t requests, errors;
    uint32_t *samples; /* of each second: requests, errors */
    size_t seconds;    /* that have begun */
    char *reason;      /* NULL: none */
};

/* limit_ms 0: there is no window, it is just live. Takes a reference to the tally. */
void watch_init(struct watch *watch, struct stats_tally *tally, int64_t limit_ms);
void watch_fini(struct watch *watch);

/*
 * Counts what has come since the last time. true: the window is open and more than 5 % of at least 10 requests ended
 * with a 5xx; the text says so.
 */
bool watch_look(struct watch *watch, char *verdict, size_t size);
bool watch_is_over(const struct watch *watch); /* its time is */
/* From now on nothing is counted. reason: kept; NULL: none. */
void watch_end(struct watch *watch, enum watch_state state, const char *reason);

/*
 * "state", "sinceMs", "untilMs", "requests", "errors", "reason", "step", "samples" in an object that is open. A sample
 * is what came in `step` seconds from its "second" on: not many more than a hundred, however long the window.
 */
void watch_json(const struct watch *watch, struct json_out *out);

#endif
