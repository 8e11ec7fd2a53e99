/* SPDX-License-Identifier: MIT */
/*
 * Transactions: runs of actions, from the click to the stored result. Owns their live state and the state machine of
 * host-protocol.md 4.1; rows are record.h, pages are page.h. Control thread only.
 */
#ifndef TRANSACTION_TRANSACTION_H
#define TRANSACTION_TRANSACTION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "host/host.h"
#include "host/registry.h"
#include "transaction/viewer.h"

enum transaction_status {
    TRANSACTION_PENDING,
    TRANSACTION_RUNNING,
    TRANSACTION_AWAITING_INPUT,
    TRANSACTION_COMPLETED,
    TRANSACTION_HOST_DROPPED,
    TRANSACTION_CLIENT_DROPPED,
};
enum transaction_result { RESULT_NONE, RESULT_SUCCESS, RESULT_FAILURE, RESULT_CANCELED, RESULT_REDIRECTED };

const char *transaction_status_name(enum transaction_status status);
const char *transaction_result_name(enum transaction_result result); /* NULL for NONE */

/* One IO call of the run: the browser's answers to it and the rows name it by its key. */
struct step {
    struct uuid group;
    uint64_t render_hash; /* of the last render; 0: not seen by this server */
    bool is_answered;
};

struct transaction {
    struct host_run run; /* first: events hand it back */
    char *slug, *name;
    struct scope *scope;
    bool backgroundable;
    bool is_paged;          /* one call on screen at a time (io-methods.md 1.1) */
    struct principal owner; /* a copy */
    struct arena owner_texts;
    char *params;      /* JSON object */
    char *params_meta; /* JSON, or NULL */
    char *queued_id;   /* the queued action it does, or NULL */
    enum transaction_status status;
    enum transaction_result result;
    int64_t started_at;    /* wall clock; 0: not yet, or before this server */
    bool is_cancel_wanted; /* cancelled while an SDK host computed: tell it at its next call */
    bool is_away;          /* the SDK host is not connected; it may come back */
    char *host_instance;   /* of the SDK host, or NULL */
    int64_t away_at;
    struct list in_away;
    /* has said nothing new since the last server ended: what was answered then may be answered again */
    bool is_doubtful;
    int64_t doubt_at;
    struct list in_doubt;
    struct viewer *viewer;
    struct list in_viewer;
    struct list in_stale;   /* the row does not have the status yet */
    struct list in_dropped; /* lost its browser; cancelled when nobody comes back */
    int64_t dropped_at;
    struct step *steps;
    size_t step_count, step_cap;
    struct buf pending; /* the render that waits, for a browser that comes (back) */
    struct uuid pending_group;
    bool is_asking;         /* it waits for an answer */
    struct buf last_answer; /* for a host that did not get it, and which step it answered */
    struct uuid last_group;
    struct uuid identity_group; /* of the last CONFIRM_IDENTITY */
    int64_t identity_grace_ms;
    bool is_identity_open;        /* nobody has vouched for it yet */
    struct buf loading, redirect; /* last ones not outdated, for the same */
    struct buf logs;              /* JSON entries, one a line, for the same */
    struct buf result_data;       /* the result text once completed */
    unsigned writes;              /* not committed yet: the object must stay */
    size_t unwritten_bytes;       /* in them */
    size_t log_count;
    uint8_t *logs_seen; /* a bit for each index */
    size_t logs_seen_size;
    struct tally *tally; /* of its owner's open runs */
    bool is_completing;
};

enum transaction_refusal {
    REFUSED_NOT_FOUND,
    REFUSED_OFFLINE,
    REFUSED_DISABLED,
    REFUSED_FORBIDDEN,
    REFUSED_BUSY,
    REFUSED_TOO_LARGE
};

enum { TRANSACTION_MAX_PARAMS = 1 << 20 }; /* bytes of params and paramsMeta together */

typedef void transaction_created(struct transaction *transaction, void *arg); /* NULL: could not be stored */

/* uploads_dir: where the files lie that people upload into runs, each run's in a folder of its id. */
void transactions_init(const char *app_url, const char *uploads_dir);
struct transaction *transaction_find(struct uuid id);

/* What somebody wants to run. Texts are copied. */
struct transaction_order {
    struct scope *scope;
    const char *slug;
    const struct principal *owner;
    struct str params, params_meta; /* JSON objects; "": none */
    const char *queued_id;          /* the queued action it does, or NULL */
};

/* Why a run was not made. */
struct transaction_refused {
    enum transaction_refusal code;
    int64_t retry_after_ms; /* DISABLED */
    struct err why;
};

/*
 * Makes a transaction of an action, PENDING; `created` is called once its row is committed. false: refused, nothing was
 * made.
 */
bool transaction_create(const struct transaction_order *order, transaction_created *created, void *arg,
                        struct transaction_refused *refused) MUST_CHECK;

/*
 * A browser looks at a run from now on: starts it when it is PENDING, otherwise replays what is pending. false: not
 * this principal's, or it is over and only the store knows it, or nobody is there who could start it.
 */
bool transaction_view(struct uuid id, struct viewer *viewer) MUST_CHECK;

typedef void transaction_stored(bool is_stored, void *arg);

/*
 * The answer of the browser; `stored` is called when it is committed (or at once for what is not stored). false: not
 * deliverable.
 */
bool transaction_respond(struct uuid id, struct viewer *viewer, struct str response, transaction_stored *stored,
                         void *arg) MUST_CHECK;

/*
 * A run asks who sits there (CONFIRM_IDENTITY): how old may the confirmation be, and: it was given. false: this
 * person's run does not ask that.
 */
bool transaction_identity_grace(struct uuid id, struct uuid group, const struct principal *who,
                                int64_t *grace_ms) MUST_CHECK;
bool transaction_identity_confirmed(struct uuid id, struct uuid group, const struct principal *who) MUST_CHECK;

bool transaction_cancel(struct uuid id, const struct principal *by);
bool transaction_stop(struct uuid id, const struct principal *by) MUST_CHECK;
/* LEAVE_TRANSACTION: cancels what does not run in the background. */
bool transaction_leave(struct uuid id, struct viewer *viewer);
/* The socket is gone: what does not run in the background waits ten minutes for another one. */
void transactions_viewer_gone(struct viewer *viewer);

/* A run that survived the last server and comes back (architecture 3), as its rows know it. */
struct transaction *transaction_adopt(struct uuid id, struct scope *scope, const char *slug, const char *name,
                                      const struct principal *owner, bool backgroundable);
/* Its steps so far, in order. */
void transaction_adopt_step(struct transaction *transaction, struct uuid group, bool is_answered, struct str response);

/* Ids of all live transactions, as texts in the arena. */
size_t transactions_ids(struct arena *arena, const char ***ids);

/* Every few seconds: cancels what lost its browser ten minutes ago. */
void transactions_sweep(void);

#endif
