/* SPDX-License-Identifier: MIT */
/* The main thread of a serving runner: reads the control stream and decides when the process leaves. */
#ifndef RUNTIME_CONTROL_H
#define RUNTIME_CONTROL_H

#include "runtime/module.h"

struct serve_options {
    const char *path;        /* the staged file */
    const char *name;        /* what people call it: users/edit.so */
    const char *instance;    /* UUID, stays the same across servers */
    const char *attach_path; /* where the next server listens */
    const char *data_dir;    /* the server's --data */
    const char *task_root;   /* what the module may read of it besides: the files it was deployed with; NULL: nothing */
    int control_fd, first_function_fd, function_stream_count;
};

/* Serves until the process may leave; returns its exit code. */
int control_serve(const struct serve_options *options);

void control_poke(void); /* any thread: something has ended, look whether the process may leave */

#endif
