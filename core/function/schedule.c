/* SPDX-License-Identifier: MIT */
/* Rules, their timers and their runs (schedule.h). */
#include "function/schedule.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "function/schedule_event.h"
#include "function/timetable.h"
#include "function/zone.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "queue/queue.h"
#include "queue/record.h"
#include "store/schedule_rule.h"

/* A timer may be late, also when catching up is off. */
enum {
    MIN_CATCH_UP_MS = 5000,
    MAX_EVENT = 64 << 10,
    MAX_RULE_NAME = 112,
    MAX_MISSED = 100000 /* nobody counts further */,
    MAX_ID = 128
};

static const char QUEUE[] = "schedules";

/* What outlives the service: kept by name, also while nothing has the rule. */
struct memory {
    char *name, *expression;
    int64_t phase_at, skipped;
    int64_t done_until; /* 0: nothing runs by it, so nothing is missed */
    char *last_call;    /* NULL: none */
    struct rule *rule;  /* that runs by it; NULL: none */
};

struct rule {
    struct list link;
    struct service *service; /* counted */
    const struct service_schedule *declared;
    const char *fn;
    char *name;
    struct timetable timetable;
    struct zone *zone; /* NULL: UTC */
    struct memory *memory;
    int64_t next; /* wall ms; INT64_MAX: never */
    ev_periodic timer;
};

static struct {
    struct store *store;
    struct list rules;
    struct map memories; /* name -> struct memory */
    bool is_stopped;
} state;

/* ---- what is remembered */

/* That of the rule, begun anew if it is new or means something else now. */
static struct memory *
memory_of(const char *name, const char *expression, bool *is_new)
{
    struct memory *memory = map_find(&state.memories, str_of(name));
    int64_t now = clock_wall_ms();

    *is_new = !memory || strcmp(memory->expression, expression) != 0;
    if (!*is_new)
        return memory;
    if (!memory) {
        memory = mem_alloc(sizeof *memory);
        memory->name = mem_strdup(name);
        map_set(&state.memories, str_of(name), memory);
    }
    free(memory->expression);
    memory->expression = mem_strdup(expression);
    memory->phase_at = memory->done_until = now;
    return memory;
}

static void
remember(const struct memory *memory)
{
    struct store_write *write = store_write_new();

    store_schedule_rule_put(write, &(struct schedule_rule){ .name = memory->name,
                                                            .expression = memory->expression,
                                                            .phase_at = memory->phase_at,
                                                            .done_until = memory->done_until,
                                                            .last_call = memory->last_call,
                                                            .skipped = memory->skipped });
    store_submit(state.store, write, NULL, NULL, NULL);
}

/* From now on nothing is due: it was disabled, or is in no file any more. */
static void
pause_memory(struct memory *memory)
{
    memory->rule = NULL;
    if (!memory->done_until)
        return;
    memory->done_until = 0;
    remember(memory);
}

/* ---- one run, on an api thread: is the last one over? */

struct firing {
    struct message message;
    struct memory *memory;
    char *fn, *previous; /* previous: a call that must be over; NULL: none */
    char id[MAX_ID + 1];
    struct buf event;
};

static void
firing_free(struct firing *firing)
{
    free(firing->fn);
    free(firing->previous);
    buf_fini(&firing->event);
    free(firing);
}

/* On control: whatever comes next has to wait for the earlier call, too. */
static void
on_left_out(struct message *message)
{
    struct firing *firing = container_of(message, struct firing, message);
    struct memory *memory = firing->memory;

    if (memory->last_call && strcmp(memory->last_call, firing->id) == 0) {
        free(memory->last_call);
        memory->last_call = firing->previous;
        firing->previous = NULL;
        remember(memory);
    }
    firing_free(firing);
}

/* Others may have sent calls of that id, too. */
static bool
is_over(const char *id)
{
    struct queue_record *records = NULL;
    struct arena arena;
    bool is_open = false;
    size_t count = 0;
    struct err err;

    arena_init(&arena, 1 << 20);
    if (queue_record_find(queue_files(), &arena, id, &records, &count, &err))
        for (size_t i = 0; i < count; i++)
            is_open |= !records[i].finished && records[i].principal && strcmp(records[i].principal, QUEUE_SERVER) == 0;
    arena_fini(&arena);
    return !is_open;
}

static void
on_submitted(void *arg, enum queue_verdict verdict, const char *id)
{
    (void)arg;
    if (verdict != QUEUE_STORED && verdict != QUEUE_DUPLICATE)
        log_error("schedule", "%s could not be queued: %s", id,
                  verdict == QUEUE_FULL ? "the disk is full" : "the store of the queue fails");
}

static void
fire(struct message *message)
{
    struct firing *firing = container_of(message, struct firing, message);

    if (firing->previous && !is_over(firing->previous)) {
        log_warn("schedule", "%s is left out: %s is not over", firing->id, firing->previous);
        control_post(&firing->message, on_left_out);
        return;
    }
    if (!queue_submit(
            &(struct queue_submission){
                .fn = firing->fn, .queue = QUEUE, .id = firing->id, .event = buf_view(&firing->event) },
            NULL, on_submitted, NULL))
        log_error("schedule", "%s could not be queued: the queue is full", firing->id);
    firing_free(firing);
}

/* <rule>:<minute>: the same on every server. */
static void
run(struct rule *rule, int64_t due)
{
    struct memory *memory = rule->memory;
    struct firing *firing = mem_alloc(sizeof *firing);

    snprintf(firing->id, sizeof firing->id, "%s:%lld", rule->name, (long long)(due / 60000));
    firing->memory = memory;
    firing->fn = mem_strdup(rule->fn);
    if (!rule->declared->allows_overlap && memory->last_call)
        firing->previous = mem_strdup(memory->last_call);
    buf_init(&firing->event, MAX_EVENT);
    schedule_event_put(&firing->event, rule->declared, rule->name,
                       rule->service->region ? rule->service->region : "local", due);
    free(memory->last_call);
    memory->last_call = mem_strdup(firing->id);
    if (worker_post(&firing->message, fire))
        return;
    log_error("schedule", "%s is left out: the server has too much to do", firing->id);
    firing_free(firing);
}

/* ---- timers */

static int64_t
next_after(const struct rule *rule, int64_t after)
{
    return timetable_next(&rule->timetable, rule->zone, rule->memory->phase_at, after);
}

static void
wait_for(struct rule *rule, int64_t next)
{
    rule->next = next;
    ev_periodic_stop(control_loop(), &rule->timer);
    if (next == INT64_MAX)
        return;
    ev_periodic_set(&rule->timer, (double)next / 1000, 0, NULL);
    ev_periodic_start(control_loop(), &rule->timer);
}

/* Runs the newest time that is due and not too old, counts what was missed, and waits for the next. */
static void
look(struct rule *rule)
{
    struct memory *memory = rule->memory;
    int64_t now = clock_wall_ms(), due = 0, next;
    int64_t catch_up = rule->declared->catch_up_ms > MIN_CATCH_UP_MS ? rule->declared->catch_up_ms : MIN_CATCH_UP_MS;
    int64_t from = memory->done_until > now - catch_up ? memory->done_until : now - catch_up;
    int64_t missed = 0;

    for (next = next_after(rule, memory->done_until); next <= from && missed < MAX_MISSED; missed++)
        next = next_after(rule, next);
    for (next = next_after(rule, from); next <= now; next = next_after(rule, next))
        due = next;
    if (missed) {
        memory->skipped += missed;
        log_warn("schedule", "%s was not run %lld time%s while this server was down", rule->name, (long long)missed,
                 missed == 1 ? "" : "s");
    }
    if (due)
        run(rule, due);
    if (due || missed) {
        memory->done_until = due ? due : now;
        remember(memory);
    }
    wait_for(rule, next);
}

static void
on_time(struct ev_loop *loop, ev_periodic *timer, int events)
{
    (void)loop, (void)events;
    if (!state.is_stopped)
        look(container_of(timer, struct rule, timer));
}

/* ---- rules come and go */

static void
rule_free(struct rule *rule)
{
    if (rule->memory && rule->memory->rule == rule)
        pause_memory(rule->memory);
    ev_periodic_stop(control_loop(), &rule->timer);
    list_remove(&rule->link);
    service_put(rule->service);
    zone_free(rule->zone);
    free(rule->name);
    free(rule);
}

/* What the reader of the file has checked cannot fail here, unless the zone has been removed from this machine. */
static bool
rule_read(struct rule *rule, const struct service_schedule *declared, struct err *err)
{
    if (!timetable_parse(str_of(declared->rate), &rule->timetable, err))
        return false;
    if (declared->timezone && strcmp(declared->timezone, "UTC") != 0)
        rule->zone = zone_open(declared->timezone, err);
    return rule->zone || !declared->timezone || strcmp(declared->timezone, "UTC") == 0;
}

static char *
rule_name(const struct service *service, const struct service_function *function, size_t index)
{
    const char *given = function->schedules[index].name;
    char name[MAX_RULE_NAME];

    if (given)
        snprintf(name, sizeof name, "%s-%s-%s", service->name, service->stage, given);
    else
        snprintf(name, sizeof name, "%s-rule-%zu", function->name, index + 1);
    return mem_strdup(name);
}

static void
rule_add(struct service *service, const struct service_function *function, size_t index)
{
    const struct service_schedule *declared = &function->schedules[index];
    struct rule *rule = mem_alloc(sizeof *rule);
    bool is_new;
    struct err err;

    list_add_tail(&state.rules, &rule->link);
    rule->service = service_get(service);
    rule->declared = declared;
    rule->fn = function->name;
    rule->name = rule_name(service, function, index);
    rule->next = INT64_MAX;
    ev_periodic_init(&rule->timer, on_time, 0, 0, NULL);
    if (!rule_read(rule, declared, &err)) {
        log_error("schedule", "%s is not run: %s", rule->name, err.text);
        rule_free(rule);
        return;
    }
    rule->memory = memory_of(rule->name, declared->rate, &is_new);
    if (!declared->is_enabled) {
        pause_memory(rule->memory);
        return;
    }
    if (is_new || !rule->memory->done_until) {
        rule->memory->done_until = clock_wall_ms();
        remember(rule->memory);
    }
    rule->memory->rule = rule;
    look(rule);
}

void
schedules_remove(const struct service *service)
{
    LIST_EACH(&state.rules, node)
    {
        struct rule *rule = LIST_ENTRY(node, struct rule, link);

        if (rule->service == service)
            rule_free(rule);
    }
}

void
schedules_add(struct service *service)
{
    for (size_t i = 0; i < service->function_count; i++)
        for (size_t k = 0; k < service->functions[i].schedule_count; k++)
            rule_add(service, &service->functions[i], k);
}

void
schedules_each(void (*visit)(void *arg, const struct schedule_view *view), void *arg)
{
    LIST_EACH(&state.rules, node)
    {
        const struct rule *rule = LIST_ENTRY(node, struct rule, link);

        visit(arg, &(struct schedule_view){ .name = rule->name,
                                            .fn = rule->fn,
                                            .expression = rule->declared->rate,
                                            .timezone = rule->declared->timezone,
                                            .is_enabled = rule->declared->is_enabled,
                                            .next = rule->next == INT64_MAX ? 0 : rule->next,
                                            .skipped = rule->memory->skipped,
                                            .last_call = rule->memory->last_call });
    }
}

bool
schedules_init(struct store *store, struct err *err)
{
    struct schedule_rule *rows;
    struct arena arena;
    size_t count;
    bool is_read;

    state.store = store;
    list_init(&state.rules);
    map_init(&state.memories);
    arena_init(&arena, 64 << 20);
    is_read = store_schedule_rule_list(store, &arena, &rows, &count, err);
    for (size_t i = 0; is_read && i < count; i++) {
        struct memory *memory = mem_alloc(sizeof *memory);

        *memory = (struct memory){ .name = mem_strdup(rows[i].name),
                                   .expression = mem_strdup(rows[i].expression),
                                   .phase_at = rows[i].phase_at,
                                   .done_until = rows[i].done_until,
                                   .skipped = rows[i].skipped,
                                   .last_call = rows[i].last_call ? mem_strdup(rows[i].last_call) : NULL };
        map_set(&state.memories, str_of(rows[i].name), memory);
    }
    arena_fini(&arena);
    return is_read;
}

void
schedules_stop(void)
{
    state.is_stopped = true;
}
