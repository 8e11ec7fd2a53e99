/* SPDX-License-Identifier: MIT */
/* Trying a version of a service before it serves (canary.h). */
#include "deploy/canary.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "function/rehearsal.h"
#include "host/runner.h"
#include "host/trial.h"
#include "loop/control.h"

/*
 * A service of 300 functions must not start 300 processes at once. LOAD_MS is what AWS gives an initialization; all
 * together must fit into the time that whoever deploys waits (api.c). When a process ends during a request, its answer
 * is lost a moment before it is known how it ended.
 */
enum { MAX_AT_WORK = 8, LOAD_MS = 10 * 1000, ALL_MS = 90 * 1000, END_MS = 200 };

struct candidate {
    struct canary *of;
    size_t index;
    struct trial *trial;       /* NULL: no process could be started */
    bool has_passed, has_hung; /* .load and .health; in a request */
};

struct canary {
    struct canary_spec spec;
    struct message message;       /* the beginning, then the end */
    struct candidate *candidates; /* one for each module */
    size_t begun, passed;
    struct rehearsal *rehearsal;
    size_t smoked; /* requests that were answered as expected */
    bool is_smoking;
    ev_timer limit, end;
    struct err lost, result; /* for `end`; "": all is well */
    bool is_done;
};

static void
on_finished(struct message *message)
{
    struct canary *canary = container_of(message, struct canary, message);
    struct err err = canary->result;

    canary->spec.done(canary->spec.arg, err.text[0] ? &err : NULL);
}

/* Whoever is told frees the canary: not below what is at work with it. */
static void
finish(struct canary *canary, const struct err *err)
{
    if (canary->is_done)
        return;
    canary->is_done = true;
    if (err)
        canary->result = *err;
    ev_timer_stop(control_loop(), &canary->limit);
    ev_timer_stop(control_loop(), &canary->end);
    control_post(&canary->message, on_finished);
}

/* ---- the requests */

static void smoke_next(struct canary *canary);

static void
on_no_end(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct canary *canary = timer->data;

    (void)loop, (void)events;
    finish(canary, &canary->lost);
}

static void
explain(const struct service_smoke *smoke, const struct rehearsal_answer *answer, struct err *err)
{
    char came[32];

    snprintf(came, sizeof came, "%u came", answer->status);
    if (!answer->function)
        err_set(err, "custom.interlude.smoke: %s %s: no function has this address; status %u was expected",
                smoke->method, smoke->path, smoke->status);
    else
        err_set(err, "functions.%s: custom.interlude.smoke: %s %s: status %u was expected, %s%s%s", answer->function,
                smoke->method, smoke->path, smoke->status, answer->status ? came : answer->text,
                answer->status && *answer->text ? ": " : "", answer->status ? answer->text : "");
}

static void
note_hung(struct canary *canary, const char *key)
{
    const struct service_modules *modules = canary->spec.modules;

    for (size_t i = 0; i < modules->count; i++)
        canary->candidates[i].has_hung =
            modules->items[i].function && strcmp(modules->items[i].function->key, key) == 0;
}

static void
on_answered(void *arg, const struct rehearsal_answer *answer)
{
    struct canary *canary = arg;
    const struct service_smoke *smoke = &canary->spec.modules->service->smoke[canary->smoked];

    if (canary->is_done)
        return;
    if (answer->status == smoke->status) {
        canary->smoked++;
        smoke_next(canary);
        return;
    }
    explain(smoke, answer, &canary->lost);
    if (!answer->status)
        note_hung(canary, answer->function);
    if (!answer->is_lost) {
        finish(canary, &canary->lost);
        return;
    }
    ev_timer_set(&canary->end, (double)END_MS / 1000, 0);
    ev_timer_start(control_loop(), &canary->end);
}

static void
smoke_next(struct canary *canary)
{
    const struct service *service = canary->spec.modules->service;
    const struct service_smoke *smoke = &service->smoke[canary->smoked];

    if (!canary->spec.with_checks || canary->smoked == service->smoke_count) {
        finish(canary, NULL);
        return;
    }
    canary->is_smoking = true;
    rehearsal_call(canary->rehearsal, &(struct rehearsal_request){ smoke->method, smoke->path, smoke->body },
                   on_answered, canary);
}

/* ---- the modules */

static void try_more(struct canary *canary);

static void
on_passed(void *arg)
{
    struct candidate *candidate = arg;
    struct canary *canary = candidate->of;

    candidate->has_passed = true;
    canary->passed++;
    if (!canary->is_done)
        try_more(canary);
}

static void
fail_module(struct canary *canary, size_t index, const char *why)
{
    const struct service_modules *modules = canary->spec.modules;
    const struct service_smoke *smoke = canary->is_smoking ? &modules->service->smoke[canary->smoked] : NULL;
    struct err err;

    if (smoke)
        err_set(&err, "%s: it %s during %s %s of custom.interlude.smoke", modules->items[index].label, why,
                smoke->method, smoke->path);
    else
        err_set(&err, "%s: %s", modules->items[index].label, why);
    finish(canary, &err);
}

static void
on_failed(void *arg, const char *why)
{
    struct candidate *candidate = arg;

    fail_module(candidate->of, candidate->index, why);
}

static void
try_module(struct canary *canary, size_t index)
{
    struct candidate *candidate = &canary->candidates[index];
    struct err err;

    *candidate = (struct candidate){ .of = canary, .index = index };
    candidate->trial = trial_start(&(struct trial_spec){ .version = canary->spec.modules->versions[index],
                                                         .with_health = canary->spec.with_checks,
                                                         .limit_ms = LOAD_MS,
                                                         .passed = on_passed,
                                                         .failed = on_failed,
                                                         .arg = candidate },
                                   &err);
    if (!candidate->trial)
        fail_module(canary, index, err.text);
}

static void
try_more(struct canary *canary)
{
    size_t count = canary->spec.modules->count;

    while (!canary->is_done && canary->begun < count && canary->begun - canary->passed < MAX_AT_WORK)
        try_module(canary, canary->begun++);
    if (!canary->is_done && canary->passed == count)
        smoke_next(canary);
}

static void
on_begin(struct message *message)
{
    struct canary *canary = container_of(message, struct canary, message);

    try_more(canary);
}

static void
on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct canary *canary = timer->data;
    const struct service *service = canary->spec.modules->service;
    struct err err;

    (void)loop, (void)events;
    err_set(&err,
            "The checks of the new version took longer than %d s: %zu of %zu modules and %zu of %zu smoke requests "
            "have passed.",
            ALL_MS / 1000, canary->passed, canary->spec.modules->count, canary->smoked, service->smoke_count);
    finish(canary, &err);
}

struct canary *
canary_start(const struct canary_spec *spec)
{
    const struct service_modules *modules = spec->modules;
    struct canary *canary = mem_alloc(sizeof *canary);
    const struct live_service live = { .service = modules->service,
                                       .versions = modules->versions,
                                       .slots = modules->slots };

    canary->spec = *spec;
    canary->candidates = mem_alloc((modules->count + 1) * sizeof *canary->candidates);
    canary->rehearsal = rehearsal_new(&live, modules->versions, modules->count);
    ev_timer_init(&canary->limit, on_limit, (double)ALL_MS / 1000, 0);
    ev_timer_init(&canary->end, on_no_end, 0, 0);
    canary->limit.data = canary->end.data = canary;
    ev_timer_start(control_loop(), &canary->limit);
    control_post(&canary->message, on_begin); /* whoever starts it hears of it later, as always */
    return canary;
}

void
canary_free(struct canary *canary)
{
    const struct service_modules *modules = canary->spec.modules;

    ev_timer_stop(control_loop(), &canary->limit);
    ev_timer_stop(control_loop(), &canary->end);
    for (size_t i = 0; i < canary->begun; i++) {
        const struct candidate *candidate = &canary->candidates[i];
        struct version *version = modules->versions[i];

        if (candidate->trial)
            trial_free(candidate->trial);
        if (version->published_at || !version->runner)
            continue;
        if (candidate->has_passed && !candidate->has_hung)
            runner_drain(version->runner);
        else
            runner_kill(version->runner, NULL);
    }
    rehearsal_free(canary->rehearsal);
    free(canary->candidates);
    free(canary);
}
