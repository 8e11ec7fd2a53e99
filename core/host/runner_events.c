/* SPDX-License-Identifier: MIT */
/* What comes out of a runner: frames, lines, its end (runner.h). */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/runner_internal.h"
#include "host/trial.h"
#include "json/read.h"
#include "json/validate.h"
#include "loop/child.h"

static struct host_run *
run_find(const struct runner *runner, const struct link_frame *head)
{
    struct host_run *run =
        map_find(&runner_state.runs, (struct str){ (const char *)head->subject.bytes, sizeof head->subject.bytes });

    return run && run->place == runner ? run : NULL;
}

static struct runner *
runner_of(const struct host_run *run)
{
    return run->place;
}

static void
deliver(struct host_run *run, const struct link_frame *head, struct str payload)
{
    static const enum host_result results[] = { HOST_SUCCESS, HOST_FAILURE, HOST_CANCELED };
    struct host_call call = { run, head->flags & LINK_ONEWAY ? 0 : head->call, head->method };
    struct uuid group;
    struct err err;

    /* The module can write here too: what is not JSON must not reach a browser. */
    if (payload.len && !json_validate(payload, 0, NULL, &err)) {
        runner_kill(runner_of(run), "sent a message that makes no sense and was ended");
        return;
    }
    memcpy(group.bytes, head->group.bytes, sizeof group.bytes);
    switch (head->method) {
    case LINK_SEND_IO_CALL:
        run->is_parked = (head->flags & LINK_INTERACTIVE) != 0;
        run->events->io_call(run, call, group, run->is_parked, payload);
        break;
    case LINK_SEND_PAGE:
        run->is_parked = true;
        run->events->page(run, call, payload);
        break;
    case LINK_SEND_LOADING_CALL:
        run->events->loading(run, payload);
        break;
    case LINK_SEND_LOG:
        run->events->log(run, call, payload);
        break;
    case LINK_SEND_REDIRECT:
        run->events->redirect(run, call, payload);
        break;
    case LINK_NOTIFY:
        run->events->notify(run, call, payload);
        break;
    case LINK_COMPLETE:
        run->is_parked = true;
        run->events->complete(run, call, results[head->status < COUNT_OF(results) ? head->status : LINK_FAILURE],
                              payload);
        break;
    default:
        break;
    }
}

/* Opening the module or its .load may have failed; then it leaves. */
static void
on_hello(struct runner *runner, struct str payload)
{
    struct arena arena;
    struct json root;
    struct err err;

    arena_init(&arena, 0);
    if (json_parse(&arena, payload, &root, &err)) {
        const char *failure = json_text(&arena, json_get(root, "error"));

        if (failure && !runner->failure)
            runner->failure = mem_strdup(failure);
        runner->is_loaded = !failure;
    }
    arena_fini(&arena);
}

static void
on_frame(void *arg, const struct link_frame *head, struct str payload)
{
    struct runner *runner = arg;
    struct host_run *run;
    struct uuid id;

    if (head->method == LINK_HELLO)
        on_hello(runner, payload);
    if (head->kind == LINK_RESPONSE && head->method == LINK_HEALTH && runner->trial)
        trial_answered(runner->trial, head, payload);
    if (head->kind != LINK_CALL || head->method == LINK_HELLO || head->method == LINK_PARKED)
        return;
    memcpy(id.bytes, head->subject.bytes, sizeof id.bytes);
    run = run_find(runner, head);
    if (!run && !(head->flags & LINK_ONEWAY))
        runner_respond(runner, head->method, head->call, id, false, STR("The run is over."));
    if (run)
        deliver(run, head, payload);
}

static void
tell_runs(struct runner *runner, const struct host_loss *loss)
{
    while (!list_is_empty(&runner->runs)) {
        struct host_run *run = LIST_ENTRY(runner->runs.next, struct host_run, in_host);

        runner_run_remove(run);
        run->events->lost(run, loss);
    }
}

static void
on_ended(void *arg)
{
    struct runner *runner = arg;

    wire_close(runner->wire);
    runner->wire = NULL;
    runner->lost_at = clock_mono_ms();
    if (runner->child) /* its wait status tells what happened (architecture 3); it takes nothing new meanwhile */
        runner_drain(runner);
    else
        tell_runs(runner,
                  &(struct host_loss){ .is_crash = runner->kill_reason != NULL,
                                       .message = runner->kill_reason ? runner->kill_reason : "lost its process" });
    runner_free_when_done(runner);
}

const struct wire_events runner_wire_events = { .frame = on_frame, .ended = on_ended };

void
runner_on_line(void *arg, struct str line)
{
    struct runner *runner = arg;

    log_info("module", "%s: %.*s", runner->version->file, STR_ARG(line));
    if (runner_state.spec.line)
        runner_state.spec.line(runner->version, line);
}

static void
explain(const struct runner *runner, const struct child_end *end, struct host_loss *loss, char *signal,
        size_t signal_size, char *text, size_t size)
{
    *loss = (struct host_loss){ .is_crash = true, .message = text };
    if (runner->kill_reason) {
        snprintf(text, size, "%s", runner->kill_reason);
    } else if (runner->failure) {
        loss->is_own_fault = true;
        snprintf(text, size, "could not start: %s", runner->failure);
    } else if (end->signal) {
        const char *name = sigabbrev_np(end->signal), *description = sigdescr_np(end->signal);

        snprintf(signal, signal_size, "SIG%s", name ? name : "?");
        loss->signal = signal;
        loss->is_own_fault = !runner->is_killed && end->signal != SIGKILL && end->signal != SIGTERM;
        snprintf(text, size, "%s %s (%s)", loss->is_own_fault ? "crashed with" : "was ended from outside by", signal,
                 description ? description : "unknown signal");
    } else {
        loss->is_own_fault = !runner->is_killed;
        snprintf(text, size, "ended its own process with exit(%d)", end->exit_code);
    }
}

void
runner_on_end(void *arg, const struct child_end *end)
{
    struct runner *runner = arg;
    bool is_planned = runner->is_telling && list_is_empty(&runner->runs) && !end->signal;
    struct host_loss loss = { 0 };
    char text[640], signal[32];
    int pid = runner->pid;

    runner->child = NULL;
    runner->pid = 0;
    if (runner->wire) /* a run that completed just before has not crashed */
        wire_read_rest(runner->wire);
    explain(runner, end, &loss, signal, sizeof signal, text, sizeof text);
    if (is_planned || (runner->is_killed && !runner->kill_reason))
        loss.is_crash = loss.is_own_fault = false;
    if (loss.is_crash)
        log_warn("runner", "%s (process %d) %s", runner->version->file, pid, text);
    else
        log_debug("runner", "%s (process %d) left", runner->version->file, pid);
    if (runner->wire) {
        wire_close(runner->wire);
        runner->wire = NULL;
    }
    runner_drain(runner);
    if (runner->trial)
        trial_lost(runner->trial, text);
    runner_state.spec.ended(runner, &loss);
    tell_runs(runner, &loss);
    runner_free_when_done(runner);
}
