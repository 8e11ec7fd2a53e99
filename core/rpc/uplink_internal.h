/* SPDX-License-Identifier: MIT */
/*
 * What the files of the uplink share: uplink.c (the connection and what comes over it), uplink_call.c (what we ask the
 * server), uplink_run.c (transactions and pages), uplink_routes.c (INITIALIZE_HOST).
 */
#ifndef RPC_UPLINK_INTERNAL_H
#define RPC_UPLINK_INTERNAL_H

#include <ev.h>

#include "base/list.h"
#include "base/map.h"
#include "rpc/frame.h"
#include "rpc/uplink.h"
#include "rpc/uplink_socket.h"

enum { UPLINK_MAX_TEXT = 100 << 20 };

struct uplink_run;
struct uplink_call;

enum uplink_phase {
    PHASE_IDLE,         /* no connection; the next attempt comes by a timer */
    PHASE_CONNECTING,   /* until "authenticated" */
    PHASE_INITIALIZING, /* until INITIALIZE_HOST is answered for the first time on this connection */
    PHASE_ONLINE,
};

struct uplink {
    struct uplink_spec spec;
    struct uplink_socket *socket; /* NULL: none */
    enum uplink_phase phase;
    int64_t online_at; /* monotonic ms */
    ev_timer retry, connecting, reinitialize;
    bool has_been_online, is_leaving, has_left, is_dropped;
    char complaint[512];                  /* the last one logged: the same is not said again at each attempt */
    char *organization;                   /* JSON object, as the server named it; or NULL */
    struct uplink_address public_address; /* of the server, as browsers know it; all empty: unknown */
    struct arena arena;                   /* of the frame being handled */
    struct buf out, scratch;

    /* uplink_call.c */
    struct list queued, sent; /* uplink_call.link, oldest first */
    struct map by_id, by_message;
    uint64_t last_id;
    double tokens;
    int64_t tokens_at;
    ev_timer refill;

    /* uplink_run.c */
    struct map runs; /* transaction id or page key, as the server writes it -> struct uplink_run */
    size_t running;  /* actions that have not completed */
};

extern struct uplink uplink;

/* ---- uplink.c */
void uplink_put(void);    /* sends what is in uplink.out, unless there is no connection */
void uplink_settle(void); /* after something ended: may we leave? */
void uplink_online(void);
void uplink_not_taken(const struct err *err); /* INITIALIZE_HOST was refused */

/* ---- uplink_call.c */

/* Once per call. `failure`: there is no answer and will be none, and why; NULL: `data` is the answer. */
typedef void uplink_answered(struct uplink_call *call, struct json data, const char *failure);

/* A call to the server, kept until its RESPONSE has come, across connections. */
struct uplink_call {
    struct list link; /* in queued or sent */
    struct list in_run;
    const char *method;
    struct str inputs; /* JSON, ours */
    uint64_t id;       /* of the last attempt; 0: none so far */
    struct uuid_text message;
    int64_t attempts;
    ev_timer ack;
    struct uplink_run *run; /* NULL: about none, or about one that is gone */
    struct host_call reply; /* what the host waits for; id 0: nothing */
    struct uuid group;      /* SEND_IO_CALL: inputGroupKey */
    bool is_current;        /* shows the step the run is at, not an older one */
    bool is_last_word;      /* outlives its run */
    bool is_too_large;      /* for us to send */
    bool is_of_connection;  /* not sent again on the next connection */
    uplink_answered *answered;
};

void uplink_calls_init(void);
/* Takes over the bytes of `inputs`, and sends as soon as the connection and the rate allow. */
struct uplink_call *uplink_call(const char *method, struct buf *inputs, uplink_answered *answered);
void uplink_call_free(struct uplink_call *call);
void uplink_calls_flush(void);
/* The connection is lost: all is sent again on the next one. `is_too_large`: but not the largest. */
void uplink_calls_requeue(bool is_too_large);
void uplink_calls_response(const struct rpc_frame *frame);
void uplink_calls_ack(struct str message);
bool uplink_calls_are_done(void);

/* ---- uplink_run.c */
bool uplink_runs_take(const struct rpc_frame *frame); /* a CALL of the server; false: unknown method */
void uplink_runs_resend(void);                        /* the server may have forgotten what it was shown */

/* ---- uplink_routes.c */
void uplink_initialize(void);

#endif
