/* SPDX-License-Identifier: MIT */
/*
 * Child processes of the control loop: started by posix_spawn, each the leader of its own session, its end learned from
 * a pidfd. When a child ends, what is left of its process group is killed. What a child means (compiler, runner) is its
 * owner's business.
 */
#ifndef LOOP_CHILD_H
#define LOOP_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct child;

struct child_end {
    int exit_code;      /* -1: a signal ended it */
    int signal;         /* 0: it exited by itself */
    bool timed_out;     /* the signal was ours, because of timeout_ms */
    bool killed;        /* child_kill was called; the child may still have exited by itself */
    int64_t elapsed_ms; /* since child_start */
    struct str output;  /* with output_max: what it wrote, NUL-terminated behind .len */
    bool output_cut;    /* it wrote more than output_max */
};

struct child_spec {
    const char *file; /* executable; without a slash it is searched in PATH. NULL: exec_fd */
    /* used when file is NULL: an open executable (a memfd). The child sees it as fd 3 + fd_count too */
    int exec_fd;
    const char *const *argv; /* argv[0] first, NULL at the end */
    const char *const *env;  /* "NAME=value", NULL at the end. NULL: our own */
    const char *cwd;         /* NULL: ours */
    const int *fds;          /* become 3, 4, … in the child; nothing else is inherited. Still open here afterwards */
    size_t fd_count;

    /*
     * stdin is /dev/null. stdout and stderr are one pipe read here when on_line or output_max is given, otherwise
     * /dev/null.
     */
    void (*on_line)(void *arg, struct str line); /* without the line end; lines over 8 KiB arrive in pieces */
    size_t output_max;                           /* without on_line: keep that many bytes for child_end */

    int64_t timeout_ms; /* 0: none. Then SIGKILL to the whole group */
    /* once; the child is freed afterwards. NULL: nobody wants to know */
    void (*on_end)(void *arg, const struct child_end *end);
    void *arg;
};

/*
 * Main thread. false: could not be started (no such file, not executable, no descriptors …); on_end is not called then.
 */
bool child_start(const struct child_spec *spec, struct child **child, struct err *err) MUST_CHECK;

pid_t child_pid(const struct child *child);

/*
 * SIGTERM to the whole group, after grace_ms SIGKILL (0: SIGKILL at once). May be repeated; a shorter grace wins.
 * on_end follows.
 */
void child_kill(struct child *child, int64_t grace_ms);

/* The owner goes away: no callback any more. The child runs on and is reaped when it ends. */
void child_forget(struct child *child);

/*
 * "exited with status 3", "SIGSEGV (Segmentation fault)", "took longer than its time limit and was ended": for
 * sentences.
 */
void child_end_text(const struct child_end *end, char *text, size_t size);

#endif
