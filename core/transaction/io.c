/* SPDX-License-Identifier: MIT */
/* Questions to the browser and answers to the host (transaction.h). What hosts only say is said.c. */
#include "transaction/transaction.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "json/read.h"
#include "json/write.h"
#include "transaction/internal.h"
#include "transaction/offered.h"
#include "transaction/record.h"
#include "transaction/render.h"

struct step *
transaction_step(struct transaction *t, struct uuid group)
{
    /* Nearly always the newest one. */
    for (size_t i = t->step_count; i > 0; i--)
        if (uuid_eq(t->steps[i - 1].group, group))
            return &t->steps[i - 1];
    return NULL;
}

struct step *
transaction_step_add(struct transaction *t, struct uuid group)
{
    if (t->step_count == MAX_STEPS)
        return NULL;
    if (t->step_count == t->step_cap) {
        t->step_cap = t->step_cap ? t->step_cap * 2 : 4;
        t->steps = mem_realloc(t->steps, t->step_cap * sizeof *t->steps);
    }
    t->steps[t->step_count] = (struct step){ .group = group };
    return &t->steps[t->step_count++];
}

void
transaction_send_cancel(struct transaction *t, struct uuid group)
{
    struct uuid_text id = uuid_format(t->run.id), key = uuid_format(group);
    struct json_out json;
    struct buf text;

    buf_init(&text, MAX_STATE);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "id", "UNKNOWN");
    json_pair_text(&json, "inputGroupKey", uuid_is_nil(group) ? "UNKNOWN" : key.s);
    json_pair_text(&json, "transactionId", id.s);
    json_pair_text(&json, "kind", "CANCELED");
    json_name(&json, "values");
    json_array(&json);
    json_array_end(&json);
    json_object_end(&json);
    t->run.host->ops->io_response(&t->run, group, buf_view(&text));
    buf_fini(&text);
}

void
on_written(struct transaction *t, bool is_ok, void *arg)
{
    struct late_reply *late = arg;

    host_reply(late->call, is_ok, is_ok ? STR("") : STR("It could not be stored."));
    free(late);
    transaction_release(t);
}

struct late_reply *
late_reply(const struct transaction *t, struct host_call call)
{
    struct late_reply *late;

    if (!call.id || !record_is_behind(t))
        return NULL;
    late = mem_alloc(sizeof *late);
    late->call = call;
    return late;
}

/* A question that cannot be asked. SDKs that do not understand a refusal would wait for ever, so their run ends. */
static void
refuse_io_call(struct transaction *t, struct host_call call, struct uuid group, const char *reason)
{
    if (t->run.host->profile->has_io_error_object) {
        host_reply(call, false, str_of(reason));
        return;
    }
    host_reply(call, true, STR(""));
    transaction_send_cancel(t, group);
    transaction_fail(t, "RenderRefused", reason, NULL);
}

/* The cancellation that the host could not be told of while it computed (host-protocol.md 4.6). */
static void
cancel_late(struct transaction *t, struct host_call call, struct uuid group)
{
    host_reply(call, true, STR(""));
    if (t->run.host)
        transaction_send_cancel(t, group);
    if (!t->is_cancel_wanted)
        return;
    t->is_cancel_wanted = false;
    t->run.host->ops->close(&t->run);
    transaction_release(t);
}

/* After completion the tables of earlier calls stay alive for whoever looks (io-methods.md 1.2). */
static void
show_late(struct transaction *t, struct host_call call, const struct step *step, bool is_repeated, struct str render)
{
    if (!step || !t->viewer) {
        host_reply(call, false, STR("The run is over."));
        transaction_release(t);
        return;
    }
    host_reply(call, true, STR(""));
    if (!is_repeated)
        t->viewer->ops->render(t->viewer, t->run.id, render);
}

/*
 * A host that was away sends its last call again, although it was answered (P10): it is not shown. If it was the answer
 * that got lost, here it is again; a host that has it ignores the second.
 */
static void
answer_again(struct transaction *t, struct host_call call, const struct step *step)
{
    host_reply(call, true, STR(""));
    if (t->last_answer.len && uuid_eq(t->last_group, step->group))
        t->run.host->ops->io_response(&t->run, step->group, buf_view(&t->last_answer));
}

/* The confirmation of an identity is asked for: nothing is relayed until the server vouches for it. */
static void
require_identity(struct transaction *t, const struct render_facts *facts, struct uuid group, bool is_new)
{
    if (!facts->is_identity) {
        t->is_identity_open = false;
        return;
    }
    if (!is_new && uuid_eq(t->identity_group, group))
        return; /* asked again, for another reason */
    t->is_identity_open = true;
    t->identity_group = group;
    t->identity_grace_ms = facts->grace_ms;
}

/* Somebody who let it run in the background is wanted. */
static void
tell_waiting(struct transaction *t, struct uuid group)
{
    char event[sizeof "AWAITING_INPUT_" + UUID_TEXT_LEN];

    snprintf(event, sizeof event, "AWAITING_INPUT_%s", uuid_format(group).s);
    transaction_tell_owner(t, event, "It waits for your input.");
}

/* The call that everybody who comes will see. */
static struct late_reply *
make_pending(struct transaction *t, struct host_call call, struct step *step, const struct render_facts *facts,
             bool is_repeated, struct str render)
{
    struct late_reply *late;
    bool is_new = !step->render_hash || step->is_answered;

    require_identity(t, facts, step->group, is_new);
    buf_set(&t->pending, render);
    t->pending_group = step->group;
    t->is_asking = facts->waits;
    buf_clear(&t->loading);
    if (facts->waits) {
        t->status = t->viewer || t->status != TRANSACTION_CLIENT_DROPPED ? TRANSACTION_AWAITING_INPUT : t->status;
        step->is_answered = false; /* validation failed on the host: the form is open again */
        if (is_new && t->backgroundable && !t->viewer)
            tell_waiting(t, step->group);
    }
    if (is_repeated) {
        record_status(t);
        return NULL;
    }
    late = late_reply(t, call);
    record_render(t, (size_t)(step - t->steps), render, late ? on_written : NULL, late);
    return late;
}

static const char *
why_refused(const struct step *step, const struct render_facts *facts, struct str render)
{
    if (!step)
        return "This run has asked too many questions; start another one.";
    if (render.len > MAX_RENDER)
        return "The question is larger than 32 MiB; show less at once, or use an asynchronous table.";
    if (facts->has_credentials)
        return "io.experimental.credentials is not supported: ask for what you need with inputs, or keep the secret "
               "where the host runs.";
    return NULL;
}

void
on_io_call(struct host_run *run, struct host_call call, struct uuid group, bool is_interactive, struct str render)
{
    struct transaction *t = transaction_of(run);
    struct step *step = transaction_step(t, group);
    uint64_t hash = hash_bytes(render.p, render.len);
    bool is_repeated = step && (step->render_hash == hash || (step->is_answered && !step->render_hash));
    struct render_facts facts;
    struct late_reply *late = NULL;
    const char *why_not;

    if (t->result == RESULT_CANCELED) {
        cancel_late(t, call, group);
        return;
    }
    if (transaction_is_over(t)) {
        show_late(t, call, step, is_repeated, render);
        return;
    }
    if (is_repeated && step->is_answered) { /* no sign that it gets on: its completion may have been lost (P9) */
        answer_again(t, call, step);
        return;
    }
    transaction_revive(t);
    if (!is_repeated && t->step_count && t->steps[t->step_count - 1].render_hash) /* the first may be one sent again */
        transaction_trust(t);
    facts = render_look(render, is_interactive, t->is_paged);
    if (!step)
        step = transaction_step_add(t, group);
    why_not = why_refused(step, &facts, render);
    if (why_not) {
        refuse_io_call(t, call, group, why_not);
        return;
    }
    if (step == &t->steps[t->step_count - 1]) /* renders of earlier calls never replace the pending one */
        late = make_pending(t, call, step, &facts, is_repeated, render);
    step->render_hash = hash;
    if (!late)
        host_reply(call, true, STR(""));
    if (t->viewer)
        t->viewer->ops->render(t->viewer, run->id, render);
}

struct answer {
    transaction_stored *stored;
    void *arg;
};

static void
on_answer_stored(struct transaction *t, bool is_ok, void *arg)
{
    struct answer *answer = arg;

    answer->stored(is_ok, answer->arg);
    free(answer);
    transaction_release(t);
}

/* RETURN ends a step: the host gets it at once, the browser hears of it when it is on disk. */
static bool
respond_return(struct transaction *t, struct step *step, struct str response, transaction_stored *stored, void *arg)
{
    struct answer *answer;

    if (transaction_is_over(t) || step->is_answered || !t->run.host->ops->io_response(&t->run, step->group, response))
        return false;
    step->is_answered = true;
    buf_clear(&t->pending);
    buf_clear(&t->loading);
    buf_set(&t->last_answer, response);
    t->last_group = step->group;
    t->is_asking = t->is_identity_open = false;
    t->status = TRANSACTION_RUNNING;
    if (t->is_doubtful)
        transaction_doubt(t);
    answer = mem_alloc(sizeof *answer);
    *answer = (struct answer){ stored, arg };
    record_answer(t, (size_t)(step - t->steps), response, on_answer_stored, answer);
    return true;
}

static struct step *
answered_step(struct transaction *t, struct arena *arena, struct json root)
{
    struct str key = json_str(arena, json_get(root, "inputGroupKey"));
    struct uuid group;

    if (!key.p)
        return t->step_count ? &t->steps[t->step_count - 1] : NULL;
    return uuid_parse(key, &group) ? transaction_step(t, group) : NULL;
}

/* While a confirmation of identity is open, only "no" to it passes (io-methods.md 13). */
static bool
is_allowed(const struct transaction *t, const struct step *step, struct json root)
{
    struct json values = json_get(root, "values"), first = json_first(values);

    return !t->is_identity_open ||
           (uuid_eq(t->identity_group, step->group) && json_is(json_get(root, "kind"), "RETURN") &&
            json_count(values) == 1 && json_type(first) == JSON_BOOL && !json_bool(first, true));
}

/* Our own runners look themselves, and say in the form what is wrong. */
static bool
is_possible(const struct transaction *t, const struct step *step, struct json root)
{
    if (!t->host_instance || !t->pending.len || !uuid_eq(t->pending_group, step->group) ||
        answer_is_offered(buf_view(&t->pending), json_get(root, "values")))
        return true;
    log_warn("transaction", "an answer to '%s' chooses what was not offered and is refused", t->slug);
    return false;
}

bool
transaction_respond(struct uuid id, struct viewer *viewer, struct str response, transaction_stored *stored, void *arg)
{
    struct transaction *t = transaction_find(id);
    struct step *step;
    struct arena arena;
    struct json root;
    struct err err;
    bool is_done = false;

    if (!t || t->viewer != viewer || !t->run.host || t->is_away || t->result == RESULT_CANCELED)
        return false;
    arena_init(&arena, MAX_RENDER);
    if (json_parse(&arena, response, &root, &err) && (step = answered_step(t, &arena, root)) &&
        is_allowed(t, step, root)) {
        if (json_is(json_get(root, "kind"), "RETURN")) {
            is_done = is_possible(t, step, root) && respond_return(t, step, response, stored, arg);
        } else if (json_is(json_get(root, "kind"), "SET_STATE")) {
            is_done = t->run.host->ops->io_response(&t->run, step->group, response);
            if (is_done)
                stored(true, arg);
        }
    }
    arena_fini(&arena);
    return is_done;
}
