/* SPDX-License-Identifier: MIT */
/*
 * Staging: a dropped file is copied to a name made of its content, because a file that is mapped must never change and
 * a name that was loaded once returns the old code for ever (architecture 3). Runs on an api thread, answers on the
 * control loop.
 */
#ifndef HOST_STAGE_H
#define HOST_STAGE_H

#include <stddef.h>

#include "base/err.h"
#include "loop/inbox.h"

enum { STAGE_HASH_LEN = 64 }; /* BLAKE2b-256 in hexadecimal */

struct stage_result {
    bool is_ok;
    struct err err; /* why not, when not */
    char hash[STAGE_HASH_LEN + 1];
    char *path; /* of the copy; the receiver frees */
};

typedef void stage_done(const struct stage_result *result, void *arg);

/* Control thread. `done` is called there later, once, also when nothing could be queued. */
void stage_start(const char *source, const char *modules_dir, stage_done *done, void *arg);

#endif
