/* SPDX-License-Identifier: MIT */
/*
 * Frames on an AF_UNIX stream: taking them apart as they arrive, and gathering them for writing. Both ends use it; the
 * server with LINK_DONTWAIT from its event loops, the runner blocking on threads. What a frame means is frame.h's
 * comment and the caller's matter. No locks: an object belongs to one thread at a time. The descriptor stays the
 * caller's.
 */
#ifndef LINK_STREAM_H
#define LINK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "link/frame.h"

enum link_event {
    LINK_READY,  /* link_in_fill: more bytes are here; link_out_write: all is written */
    LINK_AGAIN,  /* with LINK_DONTWAIT: wait until the descriptor is readable, or writable */
    LINK_ENDED,  /* the other end closed in order, between two frames */
    LINK_BROKEN, /* the other end is gone or sent nonsense; err says what */
};

enum { LINK_WAIT = 0, LINK_DONTWAIT = 1 };

/* ---- reading */

/*
 * Bytes as they arrived. Counted, because in a runner a slow handler keeps its request while another thread reads on.
 */
struct link_block;
void link_block_get(struct link_block *block);
void link_block_put(struct link_block *block); /* any thread */

enum { LINK_MAX_FDS = 16 };

struct link_in {
    struct link_block *block; /* NULL: nothing read yet, or everything given back */
    size_t start, end;        /* in block: what has arrived and was not taken yet */
    size_t checked_len;       /* length of the frame at start, once its head has arrived and was checked; else 0 */
    /* descriptors that arrived before their frame was complete; -1: lost (descriptor limit) */
    int fds[LINK_MAX_FDS];
    unsigned fd_count;
};

struct link_received {
    struct link_frame head;
    /* in the block: valid until the next link_in_fill, or as long as a reference to the block is held */
    struct str payload;
    /* LINK_FD: the receiver closes it; -1: there is none, or with LINK_FD it was lost for lack of descriptors */
    int fd;
};

void link_in_init(struct link_in *in);
void link_in_fini(struct link_in *in); /* closes descriptors nobody took */

/* Reads once. LINK_READY says nothing about whether a frame is complete. */
enum link_event link_in_fill(struct link_in *in, int fd, int mode, struct err *err) MUST_CHECK;

/*
 * The next complete frame, its head checked (length, kind, method). false: fill again; or, if err is set, the stream is
 * broken.
 */
bool link_in_next(struct link_in *in, struct link_received *received, struct err *err) MUST_CHECK;

/* Gives memory back if nothing is in it; for streams that fall silent. */
void link_in_trim(struct link_in *in);

/* ---- writing */

struct link_out_fd {
    size_t at; /* of the frame it rides with, in bytes */
    int fd;
};

struct link_out {
    struct buf bytes;        /* whole frames, one behind the other */
    size_t written;          /* of bytes */
    struct link_out_fd *fds; /* descriptors that ride with a frame */
    unsigned fd_count, fd_done, fd_cap;
};

void link_out_init(struct link_out *out, size_t max_bytes); /* of what may be queued */
void link_out_fini(struct link_out *out);

/*
 * Queues one frame: the head with its length set, and the parts. fd: -1, or a descriptor that becomes the queue's
 * (closed once sent, or here if refused). false: the queue is full, or the frame is larger than LINK_MAX_FRAME; nothing
 * was queued.
 */
bool link_out_put(struct link_out *out, const struct link_frame *head, const struct str *parts, size_t part_count,
                  int fd) MUST_CHECK;

static inline bool
link_out_is_empty(const struct link_out *out)
{
    return out->bytes.len == 0;
}

static inline size_t
link_out_pending(const struct link_out *out)
{
    return out->bytes.len - out->written;
}

/* Writes what is queued, as much in one call as descriptors allow. LINK_AGAIN leaves the rest. */
enum link_event link_out_write(struct link_out *out, int fd, int mode, struct err *err) MUST_CHECK;

/* ---- small help */

/* The head of a RESPONSE: repeats call, method, slot, subject and group of the frame it answers. */
struct link_frame link_answer_head(const struct link_frame *call, unsigned status);

const char *link_method_name(unsigned method); /* "START_TRANSACTION"; "?" for what is none */

#endif
