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
    return t->status == TRANSACTION_COMPLETED || t->status == TRANSACTION_HOST_DROPPED || t->is_completing;
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
/* User object of the host protocol (2.0). */
void principal_to_json(const struct principal *who, struct json_out *out);

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

/* io.c */
void on_io_call(struct host_run *run, struct host_call call, struct uuid group, bool is_interactive, struct str render);
void on_loading(struct host_run *run, struct str state);
void on_log(struct host_run *run, struct host_call call, struct str entry);
void on_redirect(struct host_run *run, struct host_call call, struct str target);
void on_busy(struct host_run *run, int cpu_seconds, struct list *others);
/* finish.c */
void on_complete(struct host_run *run, struct host_call call, enum host_result result, struct str data);
void on_lost(struct host_run *run, const struct host_loss *loss);

#endif
