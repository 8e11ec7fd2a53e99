/* SPDX-License-Identifier: MIT */
/*
 * The writing side of a stream that many threads share. Frames are queued in order; whoever flushes while nobody
 * writes becomes the writer and takes along what the others queued meanwhile, so a burst of frames is one system
 * call. Any thread.
 */
#ifndef RUNTIME_PORT_H
#define RUNTIME_PORT_H

#include <pthread.h>

#include "link/stream.h"

struct port {
    pthread_mutex_t lock;
    pthread_cond_t written; /* a writer has finished a batch */
    struct link_out queue;  /* what comes next */
    struct link_out batch;  /* the writer's: what is being written */
    int fd;                 /* -1: the other end is gone, frames are dropped */
    bool is_writing;
};

void port_init(struct port *port, int fd);

/*
 * Queues a frame. Does not wait, so that it may be called under a lock: see port_wait. Frames over LINK_MAX_FRAME:
 * false.
 */
bool port_put(struct port *port, const struct link_frame *head, const struct str *parts, size_t part_count,
              int fd) MUST_CHECK;

void port_flush(struct port *port); /* writes what is queued, or leaves it to the thread that is writing */
void port_wait(struct port *port);  /* returns when less than a megabyte is queued: before making more */

/* Drops what is queued and goes on with another stream, or with none (-1). The old descriptor stays the caller's. */
void port_switch(struct port *port, int fd);

#endif
