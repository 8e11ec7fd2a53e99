/* SPDX-License-Identifier: MIT */
/*
 * Watching a directory tree: raw inotify on the control loop, one watch per directory. Owns the list of files that were
 * reported, so that every WATCH_GONE names one file that was WATCH_CHANGED before. Knows nothing of modules or sources:
 * host/ reads those.
 *
 * Names beginning with a dot are not there (.git, .interlude, editors' swap files), nor is node_modules. Symbolic links
 * to directories are not entered, links to files count only when they end inside the tree. The root itself may be a
 * link, may not exist yet, and may vanish.
 */
#ifndef LOOP_WATCH_H
#define LOOP_WATCH_H

#include "base/err.h"

enum watch_event {
    WATCH_CHANGED, /* there is a file with new content: written and closed, moved here, linked */
    WATCH_GONE,    /* a file reported before is not there any more */
    /* the kernel dropped events; path is "". CHANGED or GONE for every file follows before the loop goes on */
    WATCH_RESCAN,
};

struct watch;

/* `path` is relative to the root and valid during the call. Must not call watch_stop. */
typedef void watch_report(void *arg, enum watch_event event, const char *path);

/*
 * Main thread. Reports every file that is already there before it returns; after that from the control loop: what was
 * moved here at once, what was written or deleted after 10 ms without a further event on that path.
 */
bool watch_start(struct watch **watch, const char *root, watch_report *report, void *arg, struct err *err) MUST_CHECK;

/*
 * As if everything had changed: WATCH_RESCAN, then CHANGED or GONE for every file. Also finds a root that was replaced
 * by a link.
 */
void watch_rescan(struct watch *watch);

void watch_stop(struct watch *watch); /* reports nothing; NULL is fine */

#endif
