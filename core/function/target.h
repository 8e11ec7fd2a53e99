/* SPDX-License-Identifier: MIT */
/*
 * Where functions run, as the http threads see it: a target is one version of a module with functions, counted across
 * threads. Besides the block of atomics per function nothing here is shared (architecture 2).
 */
#ifndef FUNCTION_TARGET_H
#define FUNCTION_TARGET_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "function/stats.h"
#include "http/thread.h"

struct stream;
struct version;

/* What threads know of one function of a target; control reads it. */
struct function_state {
    _Atomic uint32_t in_flight;
    _Atomic int64_t closed_until; /* breaker: monotonic ms; 0: not disabled */
    atomic_bool is_tried;         /* breaker: the one trial call is under way */
    _Atomic uint64_t lost_runner; /* the last one that ended with a call of this function in it */
};

/* The part of a target that belongs to one http thread. */
struct target_seat {
    struct stream *stream; /* NULL: cold */
    uint64_t last_runner;  /* serial of the one whose stream came last: control may not have noticed its end yet */
    struct list waiting;   /* calls that wait for the runner to start */
    bool is_asked;         /* control knows that we wait */
};

struct target {
    atomic_uint refs;
    uint64_t serial;               /* no two are the same, as addresses may be */
    struct version *version;       /* control only; counted */
    struct function_state *states; /* by slot */
    size_t state_count;
    _Atomic int64_t last_use;   /* monotonic ms */
    atomic_bool has_finished;   /* some call ended well */
    struct target_seat seats[]; /* by index of the http thread */
};

struct target *target_new(struct version *version, size_t state_count, size_t thread_count);
struct target *target_get(struct target *target);
void target_put(struct target *target); /* any thread; the last one gives the version back on control */

#endif
