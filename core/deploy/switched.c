/* SPDX-License-Identifier: MIT */
/* After a switch (switched.h). */
#include "deploy/switched.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/runner.h"
#include "loop/control.h"
#include "store/deployment.h"

/* TRUST_MS: host/native.c tells of crashes for so long. The one before the live one is still to be asked about. */
enum { TRUST_MS = 60 * 1000, REMEMBERED = 2, MAX_ROW = 256 << 10, MAX_REASON = 700 };
static const double TICK_SECONDS = 0.1;

struct change {
    struct list link;
    char *version, *row;
    int64_t timestamp_ms, bytes;
    struct watch watch;
    struct service_modules *old; /* whose processes have not ended; NULL: there are none (any more) */
    char *old_version;           /* NULL: nothing was live */
    int64_t drain_ms;            /* how long they took, so far */
};

struct switched {
    struct switched_spec spec;
    struct list changes; /* newest first; that one is live, if is_live */
    bool is_live;
    struct past before; /* where to go back; modules NULL: nowhere */
    int64_t before_until;
    char *verdict; /* it has to go back; NULL: no */
    ev_timer tick;
};

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events);

struct switched *
switched_new(const struct switched_spec *spec)
{
    struct switched *self = mem_alloc(sizeof *self);

    self->spec = *spec;
    list_init(&self->changes);
    ev_timer_init(&self->tick, on_tick, TICK_SECONDS, TICK_SECONDS);
    self->tick.data = self;
    return self;
}

/* NULL: it is not known how what is live became so. */
static struct change *
newest(const struct switched *self)
{
    return list_is_empty(&self->changes) || !self->is_live ? NULL : LIST_ENTRY(self->changes.next, struct change, link);
}

static void
change_free(struct change *change)
{
    list_remove(&change->link);
    watch_fini(&change->watch);
    service_modules_free(change->old);
    free(change->old_version);
    free(change->version);
    free(change->row);
    free(change);
}

static void
forget_before(struct switched *self)
{
    service_modules_free(self->before.modules);
    free(self->before.version);
    self->before = (struct past){ 0 };
    free(self->verdict);
    self->verdict = NULL;
}

/* ---- rows */

static void
on_written(struct store_write *write, void *arg)
{
    const struct switched *self = arg;

    if (write->verdict != STORE_DONE)
        log_error("deploy", "what happened after the deployment of %s (%s) could not be noted: %s", self->spec.service,
                  self->spec.stage, write->problem);
}

static void
note_watch(struct switched *self, const struct change *change)
{
    struct store_write *write;
    struct json_out out;
    struct buf text;

    if (!change->row)
        return;
    buf_init(&text, MAX_ROW);
    json_out_init(&out, &text);
    json_object(&out);
    watch_json(&change->watch, &out);
    json_object_end(&out);
    write = store_write_new();
    store_deployment_watched(write, change->row, buf_text(&text));
    store_submit(self->spec.store, write, NULL, on_written, self);
    buf_fini(&text);
}

static void
note_return(struct switched *self, const struct past *to, const char *reason)
{
    struct store_write *write = store_write_new();

    store_deployment_insert(write, &(struct deployment_row){ .service = self->spec.service,
                                                             .stage = self->spec.stage,
                                                             .action = "return",
                                                             .version = to->version,
                                                             .timestamp_ms = to->timestamp_ms,
                                                             .bytes = to->bytes,
                                                             .reason = reason });
    store_submit(self->spec.store, write, NULL, on_written, self);
}

static void
end_watch(struct switched *self, struct change *change, enum watch_state state, const char *reason)
{
    bool was_open = change->watch.state == WATCH_OPEN;

    watch_end(&change->watch, state, reason);
    if (was_open || reason)
        note_watch(self, change);
}

/* ---- processes of before */

static bool
is_running(const struct service_modules *old, const struct service_modules *live)
{
    for (size_t i = 0; i < old->count; i++)
        if (old->versions[i] && !(live && service_modules_have(live, old->versions[i])) &&
            runners_have(old->versions[i]))
            return true;
    return false;
}

static void
look_at_drain(struct switched *self, struct change *change)
{
    if (!change->old)
        return;
    change->drain_ms = clock_mono_ms() - change->watch.began_ms;
    if (is_running(change->old, self->is_live ? self->spec.live(self->spec.arg) : NULL))
        return;
    log_info("deploy", "%s (%s): the processes of %s have ended, %lld ms after the switch to %s", self->spec.service,
             self->spec.stage, change->old_version, (long long)change->drain_ms, change->version);
    service_modules_free(change->old);
    change->old = NULL;
}

/* ---- the way back */

static bool
is_changing(const struct switched *self)
{
    return self->spec.is_changing(self->spec.arg);
}

/* Whoever has the claim may be about to make something else live; and the row of this change may not be there yet. */
static void
go_back(struct switched *self)
{
    if (self->verdict && !is_changing(self))
        self->spec.go_back(self->spec.arg, &self->before);
}

static bool
fail(struct switched *self, const char *why)
{
    const struct change *change = newest(self);
    char reason[MAX_REASON];

    if (!change || !self->before.modules)
        return false;
    if (self->verdict)
        return true;
    snprintf(reason, sizeof reason, "%s: %s", change->version, why);
    self->verdict = mem_strdup(reason);
    log_error("deploy", "%s (%s) goes back to %s. %s", self->spec.service, self->spec.stage, self->before.version,
              reason);
    go_back(self);
    return true;
}

bool
switched_crashed(struct switched *self, const char *why)
{
    return fail(self, why);
}

void
switched_released(struct switched *self)
{
    go_back(self);
}

void
switched_stay(struct switched *self, const char *why)
{
    struct change *change = newest(self);
    char reason[2 * MAX_REASON];

    snprintf(reason, sizeof reason, "%s; it could not go back to %s: %s", self->verdict ? self->verdict : "",
             self->before.version ? self->before.version : "", why);
    log_error("deploy", "%s (%s): %s", self->spec.service, self->spec.stage, reason);
    if (change)
        end_watch(self, change, WATCH_LIVE, reason);
    forget_before(self);
}

/* ---- time */

static void
look_at_watch(struct switched *self, struct change *change)
{
    char verdict[160], reason[256];

    if (change->watch.state != WATCH_OPEN || self->verdict)
        return;
    if (watch_look(&change->watch, verdict, sizeof verdict) && !fail(self, verdict) && !is_changing(self)) {
        snprintf(reason, sizeof reason, "%s; there is no version before it to go back to", verdict);
        log_error("deploy", "%s (%s): %s", self->spec.service, self->spec.stage, reason);
        end_watch(self, change, WATCH_LIVE, reason);
    } else if (!self->verdict && watch_is_over(&change->watch) && !is_changing(self)) {
        end_watch(self, change, WATCH_LIVE, NULL);
    }
}

/* Does anything still depend on the time? */
static bool
is_waiting(const struct switched *self)
{
    const struct change *change = newest(self);

    LIST_EACH(&self->changes, node)
    if (LIST_ENTRY(node, struct change, link)->old)
        return true;
    return self->before.modules || (change && change->watch.state == WATCH_OPEN);
}

static void
forget_old_changes(struct switched *self)
{
    size_t seen = 0;

    LIST_EACH(&self->changes, node)
    {
        struct change *change = LIST_ENTRY(node, struct change, link);

        if (seen++ >= REMEMBERED && !change->old)
            change_free(change);
    }
}

static void
on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct switched *self = timer->data;
    struct change *change = newest(self);

    (void)events;
    LIST_EACH(&self->changes, node)
    look_at_drain(self, LIST_ENTRY(node, struct change, link));
    if (change)
        look_at_watch(self, change);
    go_back(self);
    if (self->before.modules && !self->verdict && clock_mono_ms() > self->before_until)
        forget_before(self);
    forget_old_changes(self);
    if (!is_waiting(self))
        ev_timer_stop(loop, timer);
}

/* ---- switches */

/* What the change before was has been left: by itself, or because somebody wanted another version. */
static void
leave(struct switched *self, struct change *last, const struct switched_change *given)
{
    if (given && given->is_return) {
        end_watch(self, last, WATCH_RETURNED, self->verdict);
        note_return(self, &self->before, self->verdict); /* last: whoever sees it finds the other, too */
    } else {
        end_watch(self, last, WATCH_REPLACED, NULL);
    }
}

static void
remember(struct switched *self, const struct change *last, const struct switched_change *given)
{
    int64_t ms = given->watch_ms > TRUST_MS ? given->watch_ms : TRUST_MS;

    forget_before(self);
    if (!last || !given->before || given->is_return || strcmp(last->version, given->version) == 0)
        return;
    self->before = (struct past){ mem_strdup(last->version), last->timestamp_ms, last->bytes,
                                  service_modules_copy(given->before) };
    self->before_until = clock_mono_ms() + ms;
}

void
switched_begin(struct switched *self, const struct switched_change *given)
{
    struct change *last = newest(self), *change = mem_alloc(sizeof *change);

    change->version = mem_strdup(given->version);
    change->row = given->row ? mem_strdup(given->row) : NULL;
    change->timestamp_ms = given->timestamp_ms;
    change->bytes = given->bytes;
    change->old = given->before;
    change->old_version = last && given->before ? mem_strdup(last->version) : NULL;
    watch_init(&change->watch, given->tally, given->tally ? given->watch_ms : 0);
    if (last)
        leave(self, last, given);
    remember(self, last, given);
    list_init(&change->link);
    list_add_head(&self->changes, &change->link);
    self->is_live = true;
    if (is_waiting(self))
        ev_timer_start(control_loop(), &self->tick);
}

void
switched_end(struct switched *self)
{
    struct change *last = newest(self);

    if (last)
        leave(self, last, NULL);
    forget_before(self);
    self->is_live = false;
}

/* ---- questions */

struct service_texts
switched_used(const struct switched *self, struct arena *arena)
{
    const struct change *live = newest(self);
    const char **names;
    size_t count = 2, at = 0;

    LIST_EACH(&self->changes, counted)
    count++;
    names = arena_alloc(arena, count * sizeof *names);
    if (live)
        names[at++] = arena_strdup(arena, live->version);
    if (self->before.modules)
        names[at++] = arena_strdup(arena, self->before.version);
    LIST_EACH(&self->changes, node)
    {
        const struct change *change = LIST_ENTRY(node, struct change, link);

        if (change->old && change->old_version)
            names[at++] = arena_strdup(arena, change->old_version);
    }
    return (struct service_texts){ names, at };
}

int64_t
switched_watch_until(const struct switched *self)
{
    const struct change *change = newest(self);

    return change && change->watch.state == WATCH_OPEN ? change->watch.until_ms : 0;
}

static void
put_drain(const struct change *change, struct json_out *out)
{
    if (!change->old_version)
        return;
    json_name(out, "drain");
    json_object(out);
    json_pair_text(out, "version", change->old_version);
    json_pair_int(out, "ms", change->drain_ms);
    json_pair_bool(out, "isOver", !change->old);
    json_object_end(out);
}

bool
switched_json(const struct switched *self, int64_t timestamp_ms, struct json_out *out)
{
    const struct change *found = timestamp_ms ? NULL : newest(self);

    LIST_EACH(&self->changes, node)
    {
        const struct change *change = LIST_ENTRY(node, struct change, link);

        if (!found && change->timestamp_ms == timestamp_ms)
            found = change;
    }
    if (!found || !found->row)
        return false;
    json_pair_int(out, "timestamp", found->timestamp_ms);
    json_pair_text(out, "version", found->version);
    watch_json(&found->watch, out);
    put_drain(found, out);
    return true;
}
