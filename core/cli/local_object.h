/* SPDX-License-Identifier: MIT */
/*
 * The shared object of a module on this machine, made first if its source is newer. Main thread; runs the control loop.
 */
#ifndef CLI_LOCAL_OBJECT_H
#define CLI_LOCAL_OBJECT_H

#include "base/arena.h"
#include "host/compiler.h"

struct local_source {
    const char *root, *stem;       /* "/dir", "users/edit": users/edit.so, or made of users/edit.c */
    const char *data_dir, *folder; /* where to: DATA, "build" */
    struct compiler_build build;
    const char *command; /* custom.interlude.build.command: makes the object in the place of the compiler; NULL: none */
};

/* *object: absolute, in the arena; NULL: there is neither source nor object. false: it cannot be made. */
bool local_object(struct arena *arena, const struct local_source *source, const char **object,
                  struct err *err) MUST_CHECK;

#endif
