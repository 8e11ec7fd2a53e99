/* SPDX-License-Identifier: MIT */
/*
 * What the queue looks after now and then (dispatch.h): what a command or an earlier server has left, leases, what is
 * too old or was over for too long.
 */
#include "base/clock.h"
#include "loop/control.h"
#include "queue/callback.h"
#include "queue/job.h"

static const double SWEEP_PAUSE_SECONDS = 0.02;
enum { EXTEND_LOOKS = 20, CLEAN_LOOKS = 10, SWEEP_LOOKS = 10 };

static struct {
    ev_timer look, sweep_again;
    unsigned looks;
    struct queue_survey survey;
    struct queue_sweep sweep;
    bool is_surveying, is_sweeping, is_stopping;
} rounds;

static void
on_surveyed(struct queue_survey *survey)
{
    rounds.is_surveying = false;
    if (!survey->is_ok)
        return;
    lanes_found(survey);
    if (!survey->count && queue_dispatch_is_idle())
        queue_empty();
    callbacks_due(survey->callback_due);
}

void
queue_look(void)
{
    if (rounds.is_surveying || rounds.is_stopping)
        return;
    rounds.is_surveying = true;
    rounds.survey = (struct queue_survey){ .done = on_surveyed };
    queue_engine->survey(queue_engine_data, &rounds.survey);
}

static void
on_swept(struct queue_sweep *sweep)
{
    rounds.is_sweeping = false;
    if (!sweep->has_more || rounds.is_stopping)
        return;
    ev_now_update(control_loop());
    ev_timer_set(&rounds.sweep_again, SWEEP_PAUSE_SECONDS, 0);
    ev_timer_start(control_loop(), &rounds.sweep_again);
}

static void
sweep(void)
{
    int64_t now = clock_wall_ms();

    if (rounds.is_sweeping || ev_is_active(&rounds.sweep_again))
        return;
    rounds.is_sweeping = true;
    rounds.sweep = (struct queue_sweep){ .finished_before = now - queue_settings.retention_ms,
                                         .dead_before = now - queue_settings.dead_retention_ms,
                                         .done = on_swept };
    queue_engine->sweep(queue_engine_data, &rounds.sweep);
}

static void
on_sweep_again(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    sweep();
}

static void
on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    int64_t now = clock_wall_ms();

    (void)loop, (void)timer, (void)events;
    rounds.looks++;
    jobs_settle_again();
    if (rounds.looks % EXTEND_LOOKS == 0 && !queue_dispatch_is_idle())
        queue_engine->extend(queue_engine_data, now, now + QUEUE_LEASE_MS);
    if (rounds.looks % CLEAN_LOOKS == 0)
        lanes_end_old(now);
    if (rounds.looks % SWEEP_LOOKS == 0)
        sweep();
    queue_look();
}

void
queue_cancelled(int64_t seq)
{
    jobs_cancelled(seq);
}

void
queue_dispatch_start(const struct queue_runner *runner)
{
    lanes_start(runner);
    jobs_start(runner);
    ev_timer_init(&rounds.sweep_again, on_sweep_again, 0, 0);
    ev_timer_init(&rounds.look, on_look, QUEUE_LOOK_MS / 1000.0, QUEUE_LOOK_MS / 1000.0);
    ev_timer_start(control_loop(), &rounds.look);
    queue_look();
}

void
queue_dispatch_stop(void)
{
    rounds.is_stopping = true;
    lanes_stop();
    ev_timer_stop(control_loop(), &rounds.look);
    ev_timer_stop(control_loop(), &rounds.sweep_again);
}
