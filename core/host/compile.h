/* SPDX-License-Identifier: MIT */
/*
 * `interlude dev` compiles routes: every .c file below the routes directory becomes a shared object below DATA/build,
 * at the start when it is stale, later whenever it or a header it includes is saved. Owns watching the sources, the
 * compiler processes, what is printed about them on the terminal. What a new object means is native.h. Control thread
 * only.
 */
#ifndef HOST_COMPILE_H
#define HOST_COMPILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct compile_events {
    /* The object is there, newly made or found fresh (elapsed_ms 0). `warnings` as `diagnostics` below. */
    void (*compiled)(void *arg, const char *file, const char *object, int64_t elapsed_ms, struct str warnings);
    /*
     * No new object; an older one stays where it is. `message` is one sentence, `diagnostics` the JSON array of
     * Problem.diagnostics.
     */
    void (*failed)(void *arg, const char *file, const char *message, struct str diagnostics);
    void (*gone)(void *arg, const char *file); /* the source was removed; its object too */
};

/*
 * `file` is relative to routes_dir: "users/edit.c". A routes_dir that does not exist yet is waited for. Events come
 * from the control loop, never from within compile_start. events and the directories must stay until compile_stop.
 * false: no compiler, or DATA cannot be written.
 */
bool compile_start(const char *routes_dir, const char *data_dir, const struct compile_events *events, void *arg,
                   struct err *err) MUST_CHECK;
void compile_stop(void);      /* ends running compilers; no event any more */
size_t compile_pending(void); /* sources waiting for, or in, the compiler */

#endif
