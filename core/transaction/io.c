/* SPDX-License-Identifier: MIT */
/*
 * Questions to the browser and answers to the host, logs, loading states and redirects of a transaction
 * (transaction.h).
 */
#include "transaction/transaction.h"

#include <stdlib.h>

#include "json/read.h"
#include "json/write.h"
#include "transaction/internal.h"
#include "transaction/record.h"

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

/* An IoResponse of kind CANCELED for one group (host-protocol.md 4.6). */
static void
send_cancel(struct transaction *t, struct uuid group)
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

/* The answer to a host that is faster than the disk. */
struct late_reply {
    struct host_call call;
};

static void
on_written(struct transaction *t, bool is_ok, void *arg)
{
    struct late_reply *late = arg;

    host_reply(late->call, is_ok, is_ok ? STR("") : STR("It could not be stored."));
    free(late);
    transaction_release(t);
}

static struct late_reply *
late_reply(const struct transaction *t, struct host_call call)
{
    struct late_reply *late;

    if (!call.id || !record_is_behind(t))
        return NULL;
    late = mem_alloc(sizeof *late);
    late->call = call;
    return late;
}

void
on_io_call(struct host_run *run, struct host_call call, struct uuid group, bool is_interactive, struct str render)
{
    struct transaction *t = transaction_of(run);
    struct step *step = transaction_step(t, group);
    bool is_current = !step || step == &t->steps[t->step_count - 1];
    struct late_reply *late = NULL;

    if (t->result == RESULT_CANCELED) {
        host_reply(call, true, STR(""));
        if (t->run.host)
            send_cancel(t, group);
        return;
    }
    if (!step)
        step = transaction_step_add(t, group);
    if (!step || render.len > MAX_RENDER) {
        host_reply(call, false,
                   step ? STR("The question is larger than 32 MiB; show less at once, or use an asynchronous table.")
                        : STR("This run has asked too many questions; start another one."));
        return;
    }
    if (is_current && !transaction_is_over(t)) {
        buf_set(&t->pending, render);
        t->pending_group = group;
        buf_clear(&t->loading);
        if (is_interactive) {
            t->status = t->viewer || t->status != TRANSACTION_CLIENT_DROPPED ? TRANSACTION_AWAITING_INPUT : t->status;
            step->is_answered = false; /* validation failed on the host: the form is open again */
        }
        late = late_reply(t, call);
        record_render(t, (size_t)(step - t->steps), render, late ? on_written : NULL, late);
    }
    if (!late)
        host_reply(call, true, STR(""));
    if (t->viewer)
        t->viewer->ops->render(t->viewer, run->id, render);
}

void
on_loading(struct host_run *run, struct str state)
{
    struct transaction *t = transaction_of(run);

    if (transaction_is_over(t))
        return;
    buf_set(&t->loading, state);
    if (t->viewer)
        t->viewer->ops->loading(t->viewer, run->id, state);
}

void
on_log(struct host_run *run, struct host_call call, struct str entry)
{
    struct transaction *t = transaction_of(run);
    struct late_reply *late = NULL;
    struct arena arena;
    struct json root;
    struct err err;

    if (t->log_count == MAX_LOGS) {
        host_reply(call, false, STR("This run has logged too much."));
        return;
    }
    t->log_count++;
    arena_init(&arena, MAX_RENDER);
    if (json_parse(&arena, entry, &root, &err)) {
        struct str text = json_str(&arena, json_get(root, "data"));

        late = late_reply(t, call);
        record_log(t, json_int(json_get(root, "index"), 0), json_int(json_get(root, "timestamp"), 0), text,
                   late ? on_written : NULL, late);
        if (buf_reserve(&t->logs, entry.len + 1) && !memchr(entry.p, '\n', entry.len)) {
            buf_put(&t->logs, entry.p, entry.len);
            buf_char(&t->logs, '\n');
        }
        if (t->viewer)
            t->viewer->ops->log(t->viewer, run->id, entry);
    }
    if (!late)
        host_reply(call, true, STR(""));
    arena_fini(&arena);
}

void
on_redirect(struct host_run *run, struct host_call call, struct str target)
{
    struct transaction *t = transaction_of(run);

    host_reply(call, true, STR(""));
    if (transaction_is_over(t))
        return;
    t->result = RESULT_REDIRECTED;
    if (t->viewer)
        t->viewer->ops->redirect(t->viewer, run->id, target);
    else
        buf_set(&t->redirect, target);
}

void
on_busy(struct host_run *run, int cpu_seconds, struct list *others)
{
    struct transaction *t = transaction_of(run);
    struct json_out json;
    struct buf text;
    size_t count = 0;

    if (!t->viewer)
        return;
    buf_init(&text, MAX_STATE);
    json_out_init(&json, &text);
    json_array(&json);
    LIST_EACH(others, node)
    {
        struct host_run *other = LIST_ENTRY(node, struct host_run, in_host);

        if (other == run)
            continue;
        if (count++ == MAX_OTHERS)
            break;
        json_object(&json);
        json_pair_text(&json, "name", other->label);
        json_object_end(&json);
    }
    json_array_end(&json);
    t->viewer->ops->busy(t->viewer, run->id, cpu_seconds, buf_view(&text));
    buf_fini(&text);
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
    t->status = TRANSACTION_RUNNING;
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

bool
transaction_respond(struct uuid id, struct viewer *viewer, struct str response, transaction_stored *stored, void *arg)
{
    struct transaction *t = transaction_find(id);
    struct step *step;
    struct arena arena;
    struct json root;
    struct err err;
    bool is_done = false;

    if (!t || t->viewer != viewer || !t->run.host || t->result == RESULT_CANCELED)
        return false;
    arena_init(&arena, MAX_RENDER);
    if (json_parse(&arena, response, &root, &err) && (step = answered_step(t, &arena, root))) {
        if (json_is(json_get(root, "kind"), "RETURN")) {
            is_done = respond_return(t, step, response, stored, arg);
        } else if (json_is(json_get(root, "kind"), "SET_STATE")) {
            is_done = t->run.host->ops->io_response(&t->run, step->group, response);
            if (is_done)
                stored(true, arg);
        }
    }
    arena_fini(&arena);
    return is_done;
}
