/* SPDX-License-Identifier: MIT */
/* One transaction or page of a server, at this host: uplink_run.c (what it says), uplink_take.c (what it is told). */
#ifndef RPC_UPLINK_RUN_H
#define RPC_UPLINK_RUN_H

#include "rpc/uplink_internal.h"

struct uplink_run {
    struct host_run run;
    char *id; /* as the server writes it: any text */
    char *slug;
    struct list calls; /* uplink_call.in_run: not answered yet */
    bool stays;        /* behind its completion, until the server closes it (displayResolvesImmediately) */
    bool is_over;      /* completed, cancelled, or a page: does not hold the process */
    /* The last call that showed something, as sent; empty: answered, or there was none. */
    struct buf shown;
    struct uuid shown_group, last_group;
    bool is_shown_interactive;
    struct uplink_call *asking; /* the newest SEND_IO_CALL, while the server has not confirmed it */
    struct buf loading;         /* the state in effect; empty: none */
    bool is_loading_new;        /* and not sent */
    struct uplink_call *loading_call;
    ev_timer loading_timer;
    struct uplink_files *files; /* of an answer that waits for them; or NULL */
    int64_t files_bytes;        /* of all that lie here */
    bool has_files;
};

extern const struct host_run_events uplink_run_events;

struct uplink_run *uplink_run_new(struct str id, struct uuid internal, bool is_page, const char *slug);
void uplink_run_free(struct uplink_run *run); /* closes it at its host, if it still runs there */
/* A RETURN has come for this group. */
void uplink_run_answer(struct uplink_run *run, struct uuid group);
/* The server has cancelled it: hosts say nothing more of it, unless its code does not mind (host-protocol.md 4.5). */
void uplink_run_cancelled(struct uplink_run *run);
/* MARK_TRANSACTION_COMPLETE with a FAILURE of ours. `signal` may be NULL. */
void uplink_fail(const char *id, const char *slug, const char *error, const char *message, const char *signal);

#endif
