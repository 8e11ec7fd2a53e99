/* SPDX-License-Identifier: MIT */
/*
 * One run of an action, or one open page, inside a runner; and the boundary between the two halves of runtime/: the
 * process half (main, control, thread, attach, function, request) carries bytes and threads, the IO half (api, ask,
 * item, …) knows what the bytes mean. Below: what the process half offers, then what it calls.
 */
#ifndef RUNTIME_RUN_H
#define RUNTIME_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/list.h"
#include "base/str.h"
#include "interlude.h"
#include "link/frame.h"

struct run_io; /* the IO half's own state of a run */

enum { RUN_ARENA_MAX = 64 << 20 };

/* What an author knows as il_ctx. Only the members up to the line belong to the IO half's view. */
struct run {
    struct arena arena; /* everything handed to the handler; used by the thread that runs it, only */
    const il_route *route;
    uint32_t slot; /* index of the route in the module */
    bool is_page;
    struct link_subject subject; /* the transaction or the page */
    struct str inputs;           /* JSON of START_TRANSACTION or OPEN_PAGE, NUL behind; stays until the run is freed */
    struct run_io *io;           /* set and freed by the IO half; NULL at the start */
    /* ---- control.c and run.c; guarded by the link's lock unless atomic */
    atomic_bool is_canceled;  /* sticky */
    _Atomic uint32_t wake;    /* futex: counts what happened to this run */
    int cancel_fd;            /* eventfd, made on demand; -1 */
    int phase;                /* enum run_phase */
    bool is_closed;           /* nobody will ask again: free it when no thread is in it */
    struct list answers;      /* IO_RESPONSEs nobody has taken yet */
    struct run_answer *taken; /* what the last run_wait returned */
    struct list kept;         /* calls and logs not confirmed yet, oldest first */
    unsigned log_count;       /* how many of them are logs */
    struct sent *shown;       /* the last SEND_IO_CALL or SEND_PAGE, for the next server */
    struct sent *loading;     /* the last SEND_LOADING_CALL, likewise */
};

/* il_ctx is opaque to authors; this is all there is behind it. */
static inline struct run *
run_of(il_ctx *ctx)
{
    return (struct run *)(void *)ctx;
}
static inline il_ctx *
run_ctx(struct run *run)
{
    return (il_ctx *)(void *)run;
}

/*
 * Sends one frame and waits for its RESPONSE, also across the death of a server. false: refused, with the server's
 * sentence. `status` is an enum link_result for LINK_COMPLETE, else 0; flags: LINK_INTERACTIVE or 0. Any thread. The
 * payload is used during the call only. Does not look at the cancel flag: the caller decides what may still be sent
 * after a cancel.
 */
bool run_call(struct run *run, enum link_method method, struct link_subject group, unsigned flags, unsigned status,
              struct str payload, struct err *refusal) MUST_CHECK;

/*
 * Sends one frame and does not wait (LINK_SEND_LOG, LINK_SEND_LOADING_CALL). Logs are kept until the RESPONSE to a
 * later call of this run confirms them; every so many the call waits for a RESPONSE of its own, so a handler cannot
 * log faster than the server stores. Any thread.
 */
void run_post(struct run *run, enum link_method method, struct str payload);

enum run_event { RUN_ANSWER, RUN_TIMEOUT, RUN_CANCELED };

struct run_answer {
    struct list link;          /* process half */
    struct link_subject group; /* inputGroupKey */
    struct str json;           /* IoResponse, NUL behind */
};

/*
 * Parks the calling thread (the one that runs this run) until the next IO_RESPONSE, a cancel (sticky: from then on
 * returns at once), or the end of timeout_ms (negative: none). *answer is valid until the next run_wait of this run.
 * IO_RESPONSEs of kind CANCELED never get here, they are the cancel.
 */
enum run_event run_wait(struct run *run, int64_t timeout_ms, const struct run_answer **answer);

/* Any thread. */
static inline bool
run_is_canceled(struct run *run)
{
    return atomic_load_explicit(&run->is_canceled, memory_order_acquire);
}

/* An eventfd that becomes readable with the cancel and belongs to the run; -1: no descriptor left. Any thread. */
int run_cancel_fd(struct run *run);

/* Waits without an answer: true when the time is over, false at a cancel. Answers that come meanwhile stay queued. */
bool run_sleep(struct run *run, int64_t timeout_ms);

/* ---- what the IO half provides. All of it is called on a handler thread, one at a time per run. */

const il_api *runtime_api(void); /* the table that modules call; one per process, any thread */

/*
 * Calls .load or .health of the module or of a route in a run without transaction (route NULL, subject zero, inputs
 * empty): il_ask and its like answer IL_CLOSED, il_log goes to stderr. false: not IL_OK, err holds il_fail's text or
 * the name of the code.
 */
bool runtime_outside(struct run *run, il_status (*called)(il_ctx *ctx), struct err *err) MUST_CHECK;

/*
 * Runs the handler and sends COMPLETE. true: something shown can still ask for state, keep the run until
 * CLOSE_TRANSACTION.
 */
bool runtime_action(struct run *run);

/* Runs the page's handler and sends SEND_PAGE. The run is kept until CLOSE_PAGE. */
void runtime_page(struct run *run);

/* An IO_RESPONSE (SET_STATE) that came after the handler had returned. */
void runtime_io_after(struct run *run, const struct run_answer *answer);

/* Last call of a run: author's cleanups, run->io. The arena is released behind it. */
void runtime_run_free(struct run *run);

#endif
