/* SPDX-License-Identifier: MIT */
/* Which call runs when (dispatch.h). */
#include "queue/dispatch.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "json/write.h"
#include "loop/control.h"
#include "queue/callback.h"

enum { LEASE_MS = 60 * 1000, MAX_RESULT = 256 << 10, MAX_NOTE = 2048 };
static const double LOOK_SECONDS = 1;
enum { EXTEND_LOOKS = 20, SWEEP_LOOKS = 60, BROKEN_MS = 1000 };

/* The calls of one function. */
struct queue_lane {
    struct list link;
    char *fn;
    uint32_t running;
    int64_t next_due;   /* wall ms: when the next one may begin, as far as we know */
    int64_t poked_due;  /* what became known while a lease was under way */
    int64_t not_before; /* wall ms: the function is disabled or gone until then */
    struct queue_lease lease;
    bool is_leasing, is_blocked;
};

static struct {
    const struct queue_runner *runner;
    struct map lanes;
    struct list turns;     /* queue_lane.link; the first has its turn next */
    struct list jobs;      /* queue_job.link: those that run */
    struct list unsettled; /* queue_job.link: over, but the store could not take it */
    uint32_t running, reserved;
    ev_prepare pump;
    ev_timer look, wake;
    unsigned looks;
    struct queue_survey survey;
    bool is_surveying, is_paused, is_stopping;
} dispatch;

static void
pump_soon(void)
{
    ev_prepare_start(control_loop(), &dispatch.pump);
}

static struct queue_lane *
lane_of(const char *fn)
{
    struct queue_lane *lane = map_find(&dispatch.lanes, str_of(fn));

    if (lane)
        return lane;
    lane = mem_alloc(sizeof *lane);
    lane->fn = mem_strdup(fn);
    lane->next_due = lane->poked_due = INT64_MAX;
    list_add_tail(&dispatch.turns, &lane->link);
    map_set(&dispatch.lanes, str_of(fn), lane);
    return lane;
}

static void
lane_poke(struct queue_lane *lane, int64_t due)
{
    int64_t *at = lane->is_leasing ? &lane->poked_due : &lane->next_due;

    if (due < *at)
        *at = due;
    pump_soon();
}

/* ---- the end of an attempt */

static void
job_free(struct queue_job *job)
{
    list_remove(&job->link);
    arena_fini(&job->arena);
    free(job);
}

static void
on_settled(struct queue_settle *settle)
{
    struct queue_job *job = container_of(settle, struct queue_job, settle);

    if (!settle->is_ok) { /* the disk is full or broken: we know how it ended and say so until it is written */
        list_add_tail(&dispatch.unsettled, &job->link);
        return;
    }
    if (settle->is_current && settle->next >= QUEUE_RETRY)
        lane_poke(job->lane, settle->due);
    else if (settle->is_current)
        queue_leave((int64_t)(job->request.heads.len + job->request.body.len));
    if (settle->is_current && settle->next < QUEUE_RETRY && settle->has_callback)
        callbacks_due(settle->now);
    pump_soon();
    job_free(job);
}

static const char *
note_of(struct queue_job *job, int64_t now)
{
    struct json_out json;
    struct buf text;
    const char *note;

    buf_init(&text, MAX_NOTE);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_int(&json, "attempt", job->attempt);
    json_pair_int(&json, "finishedAt", now);
    json_pair_int(&json, "durationUs", job->settle.duration_us);
    if (job->status)
        json_pair_int(&json, "status", job->status);
    if (job->error)
        json_pair_text(&json, "error", job->error);
    json_object_end(&json);
    note = text.over ? NULL : arena_strdup(&job->arena, buf_text(&text));
    buf_fini(&text);
    return note;
}

/* The value of a header of the answer; names are in lower case. */
static struct str
answer_header(const struct queue_message *answer, const char *name)
{
    const char *at = answer->heads.p;

    for (uint32_t i = 0; i < answer->header_count; i++) {
        const char *value = at + strlen(at) + 1;

        if (strcasecmp(at, name) == 0)
            return str_of(value);
        at = value + strlen(value) + 1;
    }
    return (struct str){ 0 };
}

/* functions.md 3.4: what Retry-After says counts, but not below the shortest wait. */
static int64_t
wait_of(const struct queue_job *job, int64_t now)
{
    const struct retry_policy *policy = &queue_settings.retry;
    struct str after = { 0 };
    uint64_t random;
    int64_t asked;

    randombytes_buf(&random, sizeof random);
    if (job->status == 429 || job->status == 503)
        after = answer_header(&job->answer, "retry-after");
    asked = after.p ? retry_after_ms(after, now) : -1;
    if (asked < 0)
        return retry_wait_ms(policy, job->attempt, random);
    return asked < policy->min_wait_ms ? policy->min_wait_ms : asked;
}

static void
judge(struct queue_job *job, struct queue_settle *settle)
{
    const struct retry_policy *policy = &queue_settings.retry;
    int64_t oldest = job->created_ns / 1000000 + policy->max_age_ms;

    if (job->end == QUEUE_NOT_BEGUN) {
        settle->next = QUEUE_RELEASE;
        settle->due = settle->now + job->wait_ms;
        if (settle->due > oldest) {
            settle->next = QUEUE_DEAD;
            settle->error = "it waited longer than is allowed";
        }
        return;
    }
    if (job->end == QUEUE_ANSWERED && !retry_is_wanted(policy, job->status)) {
        settle->next = job->status < 400 ? QUEUE_SUCCEEDED : QUEUE_FAILED;
        return;
    }
    settle->due = settle->now + wait_of(job, settle->now);
    settle->next = job->attempt < job->max_attempts && settle->due <= oldest ? QUEUE_RETRY : QUEUE_DEAD;
}

static void
settle(struct queue_job *job)
{
    struct queue_settle *settle = &job->settle;

    *settle = (struct queue_settle){ .seq = job->seq,
                                     .attempt = job->attempt,
                                     .now = clock_wall_ms(),
                                     .status = job->status,
                                     .error = job->error,
                                     .duration_us = clock_mono_us() - job->began_us,
                                     .has_callback = job->has_callback,
                                     .done = on_settled };
    judge(job, settle);
    if (job->end != QUEUE_NOT_BEGUN && settle->next != QUEUE_SUCCEEDED)
        settle->note = note_of(job, settle->now);
    if (job->end == QUEUE_ANSWERED && (job->has_callback || job->answer.body.len <= MAX_RESULT))
        settle->result = &job->answer;
    if (settle->next == QUEUE_DEAD)
        log_warn("queue", "call %s of %s is dead after %u attempts: %s", job->id, job->fn, job->attempt,
                 settle->error ? settle->error : "its last answer was a failure");
    queue_engine->settle(queue_engine_data, settle);
}

static void
job_ended(struct message *message)
{
    struct queue_job *job = container_of(message, struct queue_job, message);

    ev_timer_stop(control_loop(), &job->timer);
    list_remove(&job->link);
    job->lane->running--;
    dispatch.running--;
    if (job->end == QUEUE_NOT_BEGUN)
        job->lane->not_before = clock_wall_ms() + job->wait_ms;
    settle(job);
    pump_soon();
}

void
queue_job_done(struct queue_job *job)
{
    control_post(&job->message, job_ended);
}

/* ---- the beginning of an attempt */

static void
on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct queue_job *job = container_of(timer, struct queue_job, timer);

    (void)loop, (void)events;
    dispatch.runner->expire(job, "it took longer than its time limit");
}

static struct str
copy_bytes(struct arena *arena, struct str bytes)
{
    return (struct str){ arena_strndup(arena, bytes.p ? bytes.p : "", bytes.len), bytes.len };
}

static void
begin(struct queue_lane *lane, const struct queue_leased *leased)
{
    struct queue_job *job = mem_alloc(sizeof *job);

    arena_init(&job->arena, 0);
    job->seq = leased->seq;
    job->created_ns = leased->created_ns;
    job->id = arena_strdup(&job->arena, leased->id);
    job->fn = lane->fn;
    job->lane = lane;
    job->attempt = leased->attempt;
    job->max_attempts = queue_settings.retry.retries + 1;
    job->has_callback = leased->has_callback;
    job->request = (struct queue_message){ copy_bytes(&job->arena, leased->request.heads), leased->request.header_count,
                                           copy_bytes(&job->arena, leased->request.body) };
    job->began_us = clock_mono_us();
    list_add_tail(&dispatch.jobs, &job->link);
    lane->running++;
    dispatch.running++;
    ev_timer_init(&job->timer, on_timeout, dispatch.runner->timeout_ms(lane->fn) / 1000.0, 0);
    ev_now_update(control_loop());
    ev_timer_start(control_loop(), &job->timer);
    dispatch.runner->run(job);
}

static void
on_leased(struct queue_lease *lease)
{
    struct queue_lane *lane = lease->arg;

    lane->is_leasing = false;
    dispatch.reserved -= lease->wanted;
    if (!lease->is_ok) { /* nothing was begun: the same again when the disk may be better */
        lane->next_due = lease->now;
        lane->not_before = clock_wall_ms() + BROKEN_MS;
    } else {
        lane->next_due = lease->next_due < lane->poked_due ? lease->next_due : lane->poked_due;
    }
    lane->poked_due = INT64_MAX;
    for (uint32_t i = 0; i < lease->count; i++)
        begin(lane, &lease->calls[i]);
    pump_soon();
}

/* How many calls of this lane may be begun now, if there are as many; 0: none. */
static uint32_t
room_in(struct queue_lane *lane, int64_t now)
{
    int64_t wait_ms = 0;
    uint32_t room;

    if (lane->is_leasing || lane->next_due > now || lane->not_before > now ||
        lane->running >= queue_settings.max_function_inflight)
        return 0;
    room = dispatch.runner->room(lane->fn, &wait_ms);
    lane->is_blocked = room == 0;
    if (room <= lane->running && room < queue_settings.max_function_inflight) {
        lane->not_before = room ? 0 : now + wait_ms;
        return 0;
    }
    return queue_settings.max_function_inflight - lane->running < room
               ? queue_settings.max_function_inflight - lane->running
               : room;
}

static void
lease_from(struct queue_lane *lane, uint32_t wanted, int64_t now)
{
    lane->is_leasing = true;
    lane->lease = (struct queue_lease){
        .fn = lane->fn, .wanted = wanted, .now = now, .until = now + LEASE_MS, .done = on_leased, .arg = lane
    };
    dispatch.reserved += wanted;
    list_remove(&lane->link);
    list_add_tail(&dispatch.turns, &lane->link);
    queue_engine->lease(queue_engine_data, &lane->lease);
}

static void
wake_at(int64_t at, int64_t now)
{
    ev_timer_stop(control_loop(), &dispatch.wake);
    if (at == INT64_MAX || at - now > (int64_t)(LOOK_SECONDS * 1000))
        return; /* the next look comes before */
    ev_now_update(control_loop());
    ev_timer_set(&dispatch.wake, at > now ? (double)(at - now) / 1000 : 0.001, 0);
    ev_timer_start(control_loop(), &dispatch.wake);
}

/* Gives free places to the lanes that have something to do, evenly; one place after the other when there are few. */
static void
pump(void)
{
    int64_t now = clock_wall_ms(), next = INT64_MAX;
    uint32_t ready = 0, used;
    struct list *last = dispatch.turns.prev;

    if (dispatch.is_stopping || dispatch.is_paused || !list_is_empty(&dispatch.unsettled))
        return;
    LIST_EACH(&dispatch.turns, node)
    {
        struct queue_lane *lane = LIST_ENTRY(node, struct queue_lane, link);
        int64_t at = lane->next_due > lane->not_before ? lane->next_due : lane->not_before;

        if (room_in(lane, now))
            ready++;
        else if (!lane->is_leasing && lane->next_due != INT64_MAX && at > now && at < next)
            next = at;
    }
    used = dispatch.running + dispatch.reserved;
    for (struct list *node = dispatch.turns.next; ready && used < queue_settings.max_inflight;) {
        struct queue_lane *lane = LIST_ENTRY(node, struct queue_lane, link);
        uint32_t room = room_in(lane, now), share = (queue_settings.max_inflight - used) / ready;
        bool is_last = node == last;

        node = node->next;
        share = share ? share : 1;
        if (room) {
            lease_from(lane, room < share ? room : share, now);
            used = dispatch.running + dispatch.reserved;
            ready--;
        }
        if (is_last)
            break;
    }
    wake_at(next, now);
}

static void
on_pump(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)events;
    ev_prepare_stop(loop, prepare);
    pump();
}

static void
on_wake(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    pump_soon();
}

/* ---- looking round: what a command or an earlier server has left, leases, old rows */

static void
on_surveyed(struct queue_survey *survey)
{
    dispatch.is_surveying = false;
    if (!survey->is_ok)
        return;
    dispatch.is_paused = survey->is_paused;
    for (size_t i = 0; i < survey->count; i++)
        lane_poke(lane_of(survey->lanes[i].fn), survey->lanes[i].due);
    if (!survey->count && !dispatch.running && !dispatch.reserved)
        queue_empty();
    callbacks_due(survey->callback_due);
    pump_soon();
}

void
queue_look(void)
{
    if (dispatch.is_surveying || dispatch.is_stopping)
        return;
    dispatch.is_surveying = true;
    dispatch.survey = (struct queue_survey){ .done = on_surveyed };
    queue_engine->survey(queue_engine_data, &dispatch.survey);
}

static void
settle_again(void)
{
    struct list again;

    list_init(&again);
    while (!list_is_empty(&dispatch.unsettled)) {
        struct list *node = dispatch.unsettled.next;

        list_remove(node);
        list_add_tail(&again, node);
    }
    while (!list_is_empty(&again)) {
        struct queue_job *job = LIST_ENTRY(again.next, struct queue_job, link);

        list_remove(&job->link);
        queue_engine->settle(queue_engine_data, &job->settle);
    }
}

static void
clean_up(int64_t now)
{
    LIST_EACH(&dispatch.turns, node)
    {
        struct queue_lane *lane = LIST_ENTRY(node, struct queue_lane, link);

        if (lane->is_blocked && lane->next_due != INT64_MAX)
            queue_engine->expire(queue_engine_data, lane->fn, (now - queue_settings.retry.max_age_ms) * 1000000, now);
    }
    queue_engine->sweep(queue_engine_data, now - queue_settings.retention_ms, now - queue_settings.dead_retention_ms);
}

static void
on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    int64_t now = clock_wall_ms();

    (void)loop, (void)timer, (void)events;
    dispatch.looks++;
    settle_again();
    if (dispatch.looks % EXTEND_LOOKS == 0 && dispatch.running)
        queue_engine->extend(queue_engine_data, now, now + LEASE_MS);
    if (dispatch.looks % SWEEP_LOOKS == 0)
        clean_up(now);
    queue_look();
}

void
queue_accepted(const char *fn, int64_t due)
{
    lane_poke(lane_of(fn), due);
}

void
queue_cancelled(int64_t seq)
{
    LIST_EACH(&dispatch.jobs, node)
    {
        struct queue_job *job = LIST_ENTRY(node, struct queue_job, link);

        if (job->seq == seq)
            dispatch.runner->expire(job, "it was cancelled");
    }
}

void
queue_dispatch_start(const struct queue_runner *runner)
{
    dispatch.runner = runner;
    map_init(&dispatch.lanes);
    list_init(&dispatch.turns);
    list_init(&dispatch.jobs);
    list_init(&dispatch.unsettled);
    ev_prepare_init(&dispatch.pump, on_pump);
    ev_timer_init(&dispatch.wake, on_wake, 0, 0);
    ev_timer_init(&dispatch.look, on_look, LOOK_SECONDS, LOOK_SECONDS);
    ev_timer_start(control_loop(), &dispatch.look);
    queue_look();
}

void
queue_dispatch_stop(void)
{
    dispatch.is_stopping = true;
    ev_timer_stop(control_loop(), &dispatch.look);
    ev_timer_stop(control_loop(), &dispatch.wake);
}

bool
queue_dispatch_is_idle(void)
{
    return dispatch.running == 0 && dispatch.reserved == 0;
}
