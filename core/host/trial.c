/* SPDX-License-Identifier: MIT */
/* Trying a version (trial.h). */
#include "host/trial.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "host/runner.h"
#include "loop/control.h"

enum { MAX_SENTENCE = 511 };

struct trial {
    struct trial_spec spec;
    struct runner *runner; /* NULL: it has ended */
    ev_timer limit;
    bool has_passed, has_failed;
};

static void
fail(struct trial *trial, const char *why)
{
    ev_timer_stop(control_loop(), &trial->limit);
    if (trial->has_failed)
        return;
    trial->has_failed = true;
    trial->spec.failed(trial->spec.arg, why);
}

static void
on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct trial *trial = timer->data;
    char why[96];

    (void)loop, (void)events;
    snprintf(why, sizeof why, "its %s took longer than %lld s", trial->runner->is_loaded ? ".health" : ".load",
             (long long)(trial->spec.limit_ms / 1000));
    fail(trial, why);
}

struct trial *
trial_start(const struct trial_spec *spec, struct err *err)
{
    struct runner *runner = runner_for(spec->version, err);
    struct trial *trial;

    if (!runner)
        return NULL;
    trial = mem_alloc(sizeof *trial);
    trial->spec = *spec;
    trial->runner = runner;
    runner->trial = trial;
    runner_ask_health(runner, spec->with_health);
    ev_timer_init(&trial->limit, on_limit, (double)spec->limit_ms / 1000, 0);
    trial->limit.data = trial;
    ev_timer_start(control_loop(), &trial->limit);
    return trial;
}

void
trial_free(struct trial *trial)
{
    ev_timer_stop(control_loop(), &trial->limit);
    if (trial->runner)
        trial->runner->trial = NULL;
    free(trial);
}

/* The module can write here too: a sentence that is none is not passed on. */
void
trial_answered(struct trial *trial, const struct link_frame *head, struct str payload)
{
    char why[MAX_SENTENCE + 1];

    if (trial->has_passed || trial->has_failed)
        return;
    if (head->status == LINK_OK) {
        trial->has_passed = true;
        ev_timer_stop(control_loop(), &trial->limit);
        trial->spec.passed(trial->spec.arg);
    } else if (payload.len && payload.len <= MAX_SENTENCE && str_is_utf8(payload)) {
        snprintf(why, sizeof why, "%.*s", STR_ARG(payload));
        fail(trial, why);
    } else {
        fail(trial, "its .health failed without a sentence that could be read");
    }
}

void
trial_lost(struct trial *trial, const char *why)
{
    trial->runner->trial = NULL;
    trial->runner = NULL;
    fail(trial, why);
}
