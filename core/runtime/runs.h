/* SPDX-License-Identifier: MIT */
/*
 * All runs of this process: the table, what arrives for them (main thread), and what was sent but may have to be
 * repeated to the next server. run.c is the side that handler threads see.
 */
#ifndef RUNTIME_RUNS_H
#define RUNTIME_RUNS_H

#include <pthread.h>

#include "base/map.h"
#include "runtime/module.h"
#include "runtime/port.h"
#include "runtime/run.h"

enum run_phase {
    RUN_HANDLER, /* its handler runs on a thread */
    RUN_SHOWN,   /* the handler is over, what it showed may ask for state: no thread */
    RUN_SERVING, /* a thread is asking for that state, or freeing the run */
};

enum sent_state { SENT_WAITING, SENT_CONFIRMED, SENT_REFUSED };

/* A frame that the server has not confirmed, or that the next server will want to see. */
struct sent {
    struct list link; /* in run->kept */
    struct link_frame head;
    struct str payload;     /* the caller's of run_call, or behind this struct */
    _Atomic uint32_t state; /* enum sent_state */
    struct err *refusal;    /* where the server's sentence goes; NULL: nobody asks */
    bool is_owned;          /* allocated together with its payload; else it lies on a waiting thread's stack */
};

struct runs {
    pthread_mutex_t lock; /* guards all below, and the runs' own members below their line */
    struct map by_subject;
    const struct module *module;
    struct port *port;
    uint32_t last_call;
    size_t threads; /* runs with a thread in them */
    size_t pages;   /* open pages */
};

extern struct runs runs;

void runs_init(const struct module *module, struct port *port);

/* ---- main thread: frames of the control stream. false: the frame makes no sense, err says why */
bool runs_start(const struct link_received *received, struct err *err) MUST_CHECK; /* START_TRANSACTION, OPEN_PAGE */
void runs_answer(const struct link_received *received);                            /* IO_RESPONSE */
void runs_close(const struct link_received *received);                             /* CLOSE_TRANSACTION, CLOSE_PAGE */
void runs_confirm(const struct link_received *received);                           /* RESPONSE */

/* Does anything run, or is a page open? These hold the process; a run that is merely shown does not. */
bool runs_are_open(void);

/* Goes over to another server: `hello` first, then all that it cannot know or may not have stored. */
void runs_resend(int fd, struct str hello);

/* ---- run.c */
struct sent *sent_new(const struct link_frame *head, struct str payload);
void run_thread(void *run); /* the life of a run on its first thread */
void run_serve(void *run);  /* on a later one */

#endif
