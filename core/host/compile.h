/* SPDX-License-Identifier: MIT */
/*
 * `interlude dev` compiles: every .c file below the routes directory becomes a shared object below DATA/build, and so
 * do the sources of a service that it is told of, at the start when it is stale, later whenever it or a header it
 * includes is saved. Owns watching the sources, the compiler processes, what is printed about them on the terminal.
 * What a new object means is native.h. Control thread only.
 */
#ifndef HOST_COMPILE_H
#define HOST_COMPILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "host/compiler.h"

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

/* `file` is relative to root_dir: "users/edit.c". events and all texts must stay until compile_stop. */
struct compile_spec {
    const char *root_dir; /* one that does not exist yet is waited for */
    const char *data_dir;
    const char *folder; /* of the objects, below data_dir: "build" */
    const struct compile_events *events;
    void *arg;
    struct compiler_build build; /* its texts stay, too; empty: as routes are compiled */
    bool is_fed;                 /* nothing is watched: compile_feed tells what there is */
    bool is_aside;               /* what is printed goes to stderr */
};

struct compile;

/* Events come from the control loop, never from within compile_start. NULL: DATA cannot be written. */
struct compile *compile_start(const struct compile_spec *spec, struct err *err) MUST_CHECK;
void compile_stop(struct compile *compile);            /* ends running compilers; no event any more; NULL is fine */
size_t compile_pending(const struct compile *compile); /* sources waiting for, or in, the compiler */

/* A source or a header is there with new contents, or gone. */
void compile_feed(struct compile *compile, bool is_gone, const char *file);

#endif
