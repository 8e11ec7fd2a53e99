/* SPDX-License-Identifier: MIT */
/* Which call runs when (dispatch.h). One attempt is job.c, what is looked after now and then rounds.c. */
#include "queue/dispatch.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "loop/control.h"
#include "queue/job.h"

enum { BROKEN_MS = 1000, GONE_WAIT_MS = 1000 };

/* A named queue: its functions share its places. */
struct line {
    struct list link;
    char *name;
    struct list turns; /* queue_lane.link; the first has its turn next */
    uint32_t running, reserved;
    bool is_paused;
};

/* The attempts of one function, from whatever queue. */
struct crew {
    uint32_t running, reserved;
};

/* The calls of one function in one queue; or its messages, which a function consumes. */
struct queue_lane {
    struct list link;
    struct line *line;
    char *fn;           /* "": messages */
    int64_t next_due;   /* wall ms: when the next one may begin, as far as we know */
    int64_t poked_due;  /* what became known while a lease was under way */
    int64_t not_before; /* wall ms: the function is disabled or gone until then */
    uint32_t arrived;   /* messages since the last lease */
    struct queue_lease lease;
    const struct queue_consumer *consumer; /* of the lease; counted */
    struct crew *crew;                     /* of the lease */
    uint32_t places;                       /* of the lease */
    bool is_leasing, is_blocked;
};

static struct {
    const struct queue_runner *runner;
    struct map lanes, lines, crews;
    struct list all; /* line.link */
    uint32_t running, reserved;
    ev_prepare pump;
    ev_timer wake;
    bool is_stopping;
} dispatch;

static void
pump_soon(void)
{
    ev_prepare_start(control_loop(), &dispatch.pump);
}

static struct line *
line_of(const char *name)
{
    struct line *line = map_find(&dispatch.lines, str_of(name));

    if (line)
        return line;
    line = mem_alloc(sizeof *line);
    line->name = mem_strdup(name);
    list_init(&line->turns);
    list_add_tail(&dispatch.all, &line->link);
    map_set(&dispatch.lines, str_of(name), line);
    return line;
}

static struct crew *
crew_of(const char *fn)
{
    struct crew *crew = map_find(&dispatch.crews, str_of(fn));

    if (!crew) {
        crew = mem_alloc(sizeof *crew);
        map_set(&dispatch.crews, str_of(fn), crew);
    }
    return crew;
}

static struct queue_lane *
lane_of(const char *queue, const char *fn)
{
    char key[512];
    size_t len = strlen(queue) + 1, fn_len = strlen(fn);
    struct queue_lane *lane;

    if (len + fn_len > sizeof key) /* no name that we give is so long */
        return NULL;
    memcpy(key, queue, len);
    memcpy(key + len, fn, fn_len);
    lane = map_find(&dispatch.lanes, (struct str){ key, len + fn_len });
    if (lane)
        return lane;
    lane = mem_alloc(sizeof *lane);
    lane->line = line_of(queue);
    lane->fn = mem_strdup(fn);
    lane->next_due = lane->poked_due = INT64_MAX;
    list_add_tail(&lane->line->turns, &lane->link);
    map_set(&dispatch.lanes, (struct str){ key, len + fn_len }, lane);
    return lane;
}

const char *
lane_queue(const struct queue_lane *lane)
{
    return lane->line->name;
}

void
lane_due(struct queue_lane *lane, int64_t due)
{
    int64_t *at = lane->is_leasing ? &lane->poked_due : &lane->next_due;

    if (due < *at)
        *at = due;
    pump_soon();
}

void
queue_due(const char *queue, const char *fn, int64_t due, uint32_t count)
{
    struct queue_lane *lane = lane_of(queue, fn);

    if (!lane)
        return;
    lane->arrived += count;
    lane_due(lane, due);
}

void
lane_job_began(struct queue_lane *lane, const struct queue_job *job)
{
    crew_of(job->fn)->running++;
    lane->line->running++;
    dispatch.running++;
}

void
lane_job_ended(struct queue_lane *lane, const struct queue_job *job)
{
    crew_of(job->fn)->running--;
    lane->line->running--;
    dispatch.running--;
    if (job->end == QUEUE_NOT_BEGUN)
        lane->not_before = clock_wall_ms() + job->wait_ms;
    pump_soon();
}

/* ---- leasing */

static void
begin(struct queue_lane *lane, const struct queue_lease *lease)
{
    for (uint32_t i = 0; i < lease->count;)
        if (lane->consumer)
            i += job_begin_batch(lane, lane->consumer, &lease->calls[i], lease->count - i);
        else
            job_begin(lane, lane->fn, &lease->calls[i++]);
}

static void
on_leased(struct queue_lease *lease)
{
    struct queue_lane *lane = lease->arg;

    lane->is_leasing = false;
    dispatch.reserved -= lane->places;
    lane->line->reserved -= lane->places;
    lane->crew->reserved -= lane->places;
    if (!lease->is_ok) { /* nothing was begun: the same again when the disk may be better */
        lane->next_due = lease->now;
        lane->not_before = clock_wall_ms() + BROKEN_MS;
    } else {
        lane->next_due = lease->next_due < lane->poked_due ? lease->next_due : lane->poked_due;
    }
    lane->poked_due = INT64_MAX;
    begin(lane, lease);
    if (lane->consumer)
        queue_consumer_put(lane->consumer);
    lane->consumer = NULL;
    pump_soon();
}

/* How many more attempts of this function may begin in this lane. */
static uint32_t
room_for(struct queue_lane *lane, const char *fn, int64_t now)
{
    const struct queue_function_settings *settings = queue_settings_get(fn);
    const struct crew *crew = crew_of(fn);
    uint32_t limit = settings->max_inflight, used = crew->running + crew->reserved, room;
    int64_t wait_ms = 0;

    queue_settings_put(settings);
    if (used >= limit)
        return 0;
    room = dispatch.runner->room(fn, &wait_ms);
    lane->is_blocked = room == 0;
    if (room == 0)
        lane->not_before = now + wait_ms;
    if (room <= crew->reserved) /* leases under way will take it */
        return 0;
    room = room == UINT32_MAX ? room : room - crew->reserved;
    return limit - used < room ? limit - used : room;
}

/* Messages wait for others to come with them, but not longer than their consumer says. */
static bool
is_gathering(struct queue_lane *lane, const struct queue_consumer *consumer, int64_t now)
{
    int64_t end = lane->next_due + consumer->window_ms;

    if (lane->arrived >= consumer->batch_size || end <= now)
        return false;
    lane->not_before = end;
    return true;
}

/*
 * How many attempts may be begun now, if there are calls for them; 0: none. Whose is told in *fn, for as long as
 * *consumer.
 */
static uint32_t
room_in(struct queue_lane *lane, int64_t now, const char **fn, const struct queue_consumer **consumer)
{
    uint32_t room = 0;

    *consumer = NULL;
    *fn = lane->fn;
    if (lane->is_leasing || lane->next_due > now)
        return 0;
    if (!lane->fn[0]) {
        *consumer = queue_consumer_get(lane->line->name);
        if (!*consumer) {
            lane->not_before = now + GONE_WAIT_MS;
            return 0;
        }
        *fn = (*consumer)->fn;
        if (lane->arrived >= (*consumer)->batch_size && lane->not_before <= lane->next_due + (*consumer)->window_ms)
            lane->not_before = 0; /* it only gathered */
    }
    if (lane->not_before <= now && !(*consumer && is_gathering(lane, *consumer, now)))
        room = room_for(lane, *fn, now);
    if (room || !*consumer)
        return room;
    if (lane->not_before > now) /* it cannot now, another may */
        queue_consumer_next(lane->line->name);
    queue_consumer_put(*consumer);
    *consumer = NULL;
    return 0;
}

static void
lease_from(struct queue_lane *lane, const char *fn, const struct queue_consumer *consumer, uint32_t places, int64_t now)
{
    lane->is_leasing = true;
    lane->consumer = consumer;
    if (consumer)
        queue_consumer_next(lane->line->name);
    lane->crew = crew_of(fn);
    lane->places = places;
    lane->arrived = 0;
    lane->lease = (struct queue_lease){ .queue = lane->line->name,
                                        .fn = lane->fn,
                                        .wanted = consumer ? places * consumer->batch_size : places,
                                        .now = now,
                                        .until = clock_wall_ms() + QUEUE_LEASE_MS,
                                        .done = on_leased,
                                        .arg = lane };
    dispatch.reserved += places;
    lane->line->reserved += places;
    lane->crew->reserved += places;
    list_remove(&lane->link);
    list_add_tail(&lane->line->turns, &lane->link);
    queue_engine->lease(queue_engine_data, &lane->lease);
}

static void
wake_at(int64_t at, int64_t now)
{
    ev_timer_stop(control_loop(), &dispatch.wake);
    if (at == INT64_MAX || at - now > QUEUE_LOOK_MS)
        return; /* the next look comes before */
    ev_now_update(control_loop());
    ev_timer_set(&dispatch.wake, at > now ? (double)(at - now) / 1000 : 0.001, 0);
    ev_timer_start(control_loop(), &dispatch.wake);
}

/* How many lanes have something to do now; *next: when another one will. */
static uint32_t
count_ready(struct line *line, int64_t now, int64_t *next)
{
    uint32_t ready = 0;

    LIST_EACH(&line->turns, node)
    {
        struct queue_lane *lane = LIST_ENTRY(node, struct queue_lane, link);
        const struct queue_consumer *consumer;
        const char *fn;
        int64_t at;

        if (room_in(lane, now, &fn, &consumer))
            ready++;
        if (consumer)
            queue_consumer_put(consumer);
        at = lane->next_due > lane->not_before ? lane->next_due : lane->not_before;
        if (!lane->is_leasing && lane->next_due != INT64_MAX && at > now && at < *next)
            *next = at;
    }
    return ready;
}

/* Gives free places to the lanes that have something to do, evenly; one place after the other when there are few. */
static void
pump_line(struct line *line, int64_t now, int64_t *next)
{
    uint32_t ready = count_ready(line, now, next);
    struct list *last = line->turns.prev;

    for (struct list *node = line->turns.next; ready && line->running + line->reserved < queue_settings.max_inflight;) {
        struct queue_lane *lane = LIST_ENTRY(node, struct queue_lane, link);
        uint32_t share = (queue_settings.max_inflight - line->running - line->reserved) / ready, room;
        const struct queue_consumer *consumer;
        bool is_last = node == last;
        const char *fn;

        node = node->next;
        share = share ? share : 1;
        room = room_in(lane, now, &fn, &consumer);
        if (room) {
            lease_from(lane, fn, consumer, room < share ? room : share, now);
            ready--;
        }
        if (is_last)
            break;
    }
}

static void
on_pump(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    int64_t now = clock_wall_ms(), next = INT64_MAX;

    (void)events;
    ev_prepare_stop(loop, prepare);
    if (dispatch.is_stopping || !jobs_are_settled())
        return;
    LIST_EACH(&dispatch.all, node)
    {
        struct line *line = LIST_ENTRY(node, struct line, link);

        if (!line->is_paused)
            pump_line(line, now, &next);
    }
    wake_at(next, now);
}

static void
on_wake(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    pump_soon();
}

/* ---- what rounds.c finds */

void
lanes_found(const struct queue_survey *survey)
{
    LIST_EACH(&dispatch.all, node)
    LIST_ENTRY(node, struct line, link)->is_paused = false;
    for (size_t i = 0; i < survey->paused_count; i++)
        line_of(survey->paused[i])->is_paused = true;
    for (size_t i = 0; i < survey->count; i++) {
        struct queue_lane *lane = lane_of(survey->lanes[i].queue, survey->lanes[i].fn);

        if (lane)
            lane_due(lane, survey->lanes[i].due);
    }
    pump_soon();
}

/*
 * What a function that is gone or disabled has left for too long, and messages that nobody wants, are begun after all,
 * which ends them (job_begin).
 */
static void
end_old(struct queue_lane *lane, int64_t now)
{
    const struct queue_function_settings *settings = queue_settings_get(lane->fn);
    int64_t oldest = now - (lane->fn[0] ? settings->retry.max_age_ms : QUEUE_MESSAGE_AGE_MS) - 1;

    queue_settings_put(settings);
    if ((lane->is_blocked || !lane->fn[0]) && !lane->is_leasing && lane->next_due <= oldest)
        lease_from(lane, lane->fn, NULL, queue_settings.max_inflight, oldest);
}

void
lanes_end_old(int64_t now)
{
    LIST_EACH(&dispatch.all, line)
    LIST_EACH(&LIST_ENTRY(line, struct line, link)->turns, node)
    end_old(LIST_ENTRY(node, struct queue_lane, link), now);
}

void
lanes_start(const struct queue_runner *runner)
{
    dispatch.runner = runner;
    map_init(&dispatch.lanes);
    map_init(&dispatch.lines);
    map_init(&dispatch.crews);
    list_init(&dispatch.all);
    ev_prepare_init(&dispatch.pump, on_pump);
    ev_timer_init(&dispatch.wake, on_wake, 0, 0);
}

void
lanes_stop(void)
{
    dispatch.is_stopping = true;
    ev_timer_stop(control_loop(), &dispatch.wake);
}

bool
queue_dispatch_is_idle(void)
{
    return dispatch.running == 0 && dispatch.reserved == 0;
}
