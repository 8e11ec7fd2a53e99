/* SPDX-License-Identifier: MIT */
/* What the files of transaction/ share and nobody else sees. */
#ifndef TRANSACTION_INTERNAL_H
#define TRANSACTION_INTERNAL_H

#include "json/write.h"
#include "transaction/transaction.h"

enum {
    MAX_RENDER = 32 << 20,
    MAX_STATE = 64 << 10,
    MAX_RESULT = 16 << 20,
    MAX_LOG_REPLAY = 1 << 20,
    MAX_STEPS = 100000,
    MAX_LOGS = 100000,
    MAX_OPEN_PER_OWNER = 20000,
    MAX_OTHERS = 20, /* that are named when somebody may stop a process they share */
};

extern const struct host_run_events transaction_events;

static inline struct transaction *
transaction_of(struct host_run *run)
{
    return container_of(run, struct transaction, run);
}

static inline bool
transaction_is_over(const struct transaction *t)
{
    return t->status == TRANSACTION_COMPLETED || t->is_completing ||
           (t->status == TRANSACTION_HOST_DROPPED && !t->is_away);
}

/* Replaces the content of a buffer by text. */
static inline void
buf_set(struct buf *buf, struct str text)
{
    buf_clear(buf);
    buf_put(buf, text.p, text.len);
}

/* May people of the organization see this route without being in one of its teams? */
bool route_is_for_all(const struct route *route, const struct scope *scope);
const char *transactions_app_url(void);
const char *transactions_uploads_dir(void);
/* User object of the host protocol (2.0). */
void principal_to_json(const struct principal *who, struct json_out *out);

/* Whose run it will be, and what that means for how it is shown. true: this is new. */
bool transaction_set_host(struct transaction *t, const struct host *host);
/* Lets go of the browser, if any. */
void transaction_detach(struct transaction *t);
/* Frees it when nothing holds it any more: no browser, no run at a host, no write on its way. */
void transaction_release(struct transaction *t);
/* The run is over: result and text are stored, then browser and host are told. `call` may be NULL. */
void transaction_finish(struct transaction *t, enum transaction_result result, struct str text,
                        const struct host_call *call);
/* As finish, with a FAILURE made here: {"error","message"} and what else is known. */
void transaction_fail(struct transaction *t, const char *error, const char *message, const char *signal);
struct step *transaction_step(struct transaction *t, struct uuid group);
struct step *transaction_step_add(struct transaction *t, struct uuid group); /* NULL: too many */
void transaction_dropped_add(struct transaction *t);

/* An IoResponse of kind CANCELED for one group (host-protocol.md 4.6). */
void transaction_send_cancel(struct transaction *t, struct uuid group);

/* The answer to a host that is faster than the disk: for record_… with on_written. NULL: answer now. */
struct late_reply {
    struct host_call call;
};
struct late_reply *late_reply(const struct transaction *t, struct host_call call);
void on_written(struct transaction *t, bool is_ok, void *arg);

/* io.c */
void on_io_call(struct host_run *run, struct host_call call, struct uuid group, bool is_interactive, struct str render);
/* said.c */
void on_loading(struct host_run *run, struct str state);
void on_log(struct host_run *run, struct host_call call, struct str entry);
void on_redirect(struct host_run *run, struct host_call call, struct str target);
void on_notify(struct host_run *run, struct host_call call, struct str notification);
void on_busy(struct host_run *run, int cpu_seconds, struct list *others);
/* Has no entry of this index been seen? It has been from now on. */
bool transaction_log_is_new(struct transaction *t, int64_t index);
/* For browsers that come later. */
void transaction_log_keep(struct transaction *t, struct str entry);
/* A notification for whoever runs it in the background; once for each event. */
void transaction_tell_owner(struct transaction *t, const char *event, const char *message);
/* away.c */
void on_dropped(struct host_run *run);
void on_back(struct host_run *run);
void transaction_set_away(struct transaction *t);
/* Its host says something about it: it lives, if it was away. */
void transaction_revive(struct transaction *t);
/*
 * An answer may have reached the host just before the last server ended, unremembered; the handler that has it may have
 * ended unheard (P9). So a run that was answered again and stays silent is shown as lost, until it says something.
 */
void transaction_doubt(struct transaction *t);
void transaction_trust(struct transaction *t); /* it has said something new */
void transactions_sweep_away(void);
/* finish.c */
void on_complete(struct host_run *run, struct host_call call, enum host_result result, struct str data);
void on_lost(struct host_run *run, const struct host_loss *loss);

#endif
