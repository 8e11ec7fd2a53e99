/* SPDX-License-Identifier: MIT */
/* Making, finding, showing and releasing transactions (transaction.h). IO is io.c, endings are finish.c. */
#include "transaction/transaction.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "transaction/internal.h"
#include "transaction/record.h"

static struct map by_id;   /* 16 bytes of id -> struct transaction */
static struct map tallies; /* user id -> struct tally */
static char *app_url, *uploads_dir;

const struct host_run_events transaction_events = {
    .io_call = on_io_call,
    .loading = on_loading,
    .log = on_log,
    .redirect = on_redirect,
    .complete = on_complete,
    .lost = on_lost,
    .notify = on_notify,
    .dropped = on_dropped,
    .back = on_back,
    .busy = on_busy,
};

const char *
transaction_status_name(enum transaction_status status)
{
    static const char *const names[] = {
        "PENDING", "RUNNING", "AWAITING_INPUT", "COMPLETED", "HOST_CONNECTION_DROPPED", "CLIENT_CONNECTION_DROPPED"
    };

    return names[status];
}

const char *
transaction_result_name(enum transaction_result result)
{
    static const char *const names[] = { NULL, "SUCCESS", "FAILURE", "CANCELED", "REDIRECTED" };

    return names[result];
}

void
transactions_init(const char *url, const char *uploads)
{
    map_init(&by_id);
    map_init(&tallies);
    app_url = mem_strdup(url);
    uploads_dir = mem_strdup(uploads);
}

const char *
transactions_uploads_dir(void)
{
    return uploads_dir;
}

const char *
transactions_app_url(void)
{
    return app_url;
}

static struct str
key_of(const struct uuid *id)
{
    return (struct str){ (const char *)id->bytes, sizeof id->bytes };
}

struct transaction *
transaction_find(struct uuid id)
{
    return map_find(&by_id, key_of(&id));
}

/* How many runs of one person are open: a browser in a loop must not fill memory and disk. */
struct tally {
    size_t count;
};

static size_t
open_of(const char *user_id)
{
    const struct tally *tally = map_find(&tallies, str_of(user_id));

    return tally ? tally->count : 0;
}

static void
set_owner(struct transaction *t, const struct principal *owner)
{
    t->owner = principal_copy(&t->owner_texts, owner);
    t->tally = map_find(&tallies, str_of(owner->user_id));
    if (!t->tally) {
        t->tally = mem_alloc(sizeof *t->tally);
        map_set(&tallies, str_of(owner->user_id), t->tally);
    }
    t->tally->count++;
}

static void
drop_owner(struct transaction *t)
{
    if (--t->tally->count == 0)
        free(map_remove(&tallies, str_of(t->owner.user_id)));
    arena_fini(&t->owner_texts);
}

bool
transaction_set_host(struct transaction *t, const struct host *host)
{
    bool is_paged = !host->profile->has_append_ui;

    if (t->is_paged == is_paged && str_eq(str_of(t->host_instance), str_of(host->instance_id)))
        return false;
    t->is_paged = is_paged;
    free(t->host_instance);
    t->host_instance = host->instance_id ? mem_strdup(host->instance_id) : NULL;
    return true;
}

static struct transaction *
transaction_new(struct uuid id, struct scope *scope, const char *slug)
{
    struct transaction *t = mem_alloc(sizeof *t);

    t->run.id = id;
    t->run.events = &transaction_events;
    list_init(&t->run.in_host);
    list_init(&t->in_viewer);
    list_init(&t->in_dropped);
    list_init(&t->in_away);
    list_init(&t->in_doubt);
    list_init(&t->in_stale);
    t->scope = scope;
    t->slug = mem_strdup(slug);
    buf_init(&t->pending, MAX_RENDER);
    buf_init(&t->last_answer, MAX_RENDER);
    buf_init(&t->loading, MAX_STATE);
    buf_init(&t->redirect, MAX_STATE);
    buf_init(&t->logs, MAX_LOG_REPLAY);
    buf_init(&t->result_data, MAX_RESULT);
    map_set(&by_id, key_of(&t->run.id), t);
    return t;
}

static void
transaction_free(struct transaction *t)
{
    map_remove(&by_id, key_of(&t->run.id));
    list_remove(&t->in_dropped);
    list_remove(&t->in_away);
    list_remove(&t->in_doubt);
    list_remove(&t->in_stale);
    free(t->slug);
    free(t->name);
    drop_owner(t);
    free(t->params);
    free(t->params_meta);
    free(t->queued_id);
    free(t->steps);
    free((char *)(uintptr_t)t->run.label);
    free(t->host_instance);
    free(t->logs_seen);
    buf_fini(&t->pending);
    buf_fini(&t->last_answer);
    buf_fini(&t->loading);
    buf_fini(&t->redirect);
    buf_fini(&t->logs);
    buf_fini(&t->result_data);
    free(t);
}

void
transaction_release(struct transaction *t)
{
    if (!transaction_is_over(t) || t->viewer || t->writes || (t->is_cancel_wanted && t->run.host))
        return;
    if (t->run.host)
        t->run.host->ops->close(&t->run);
    transaction_free(t);
}

bool
route_is_for_all(const struct route *route, const struct scope *scope)
{
    /* Teams belong to a later release; until then a route for teams runs only where its author develops it. */
    return !route->access || strcmp(route->access, "\"entire-organization\"") == 0 ||
           strcmp(scope->environment, "development") == 0;
}

static bool PRINTF_LIKE(3, 4)
    refuse(struct transaction_refused *refused, enum transaction_refusal code, const char *fmt, ...)
{
    va_list args;

    refused->code = code;
    va_start(args, fmt);
    vsnprintf(refused->why.text, sizeof refused->why.text, fmt, args);
    va_end(args);
    return false;
}

static bool
check_route(struct route *route, const struct transaction_order *order, struct transaction_refused *refused)
{
    if (!route || route->kind != ROUTE_ACTION)
        return refuse(refused, REFUSED_NOT_FOUND, "There is no action '%s' here. It may have been renamed or removed.",
                      order->slug);
    if (!principal_may_run(order->owner, order->scope) || !route_is_for_all(route, order->scope))
        return refuse(refused, REFUSED_FORBIDDEN, "You may not run '%s'. Ask an administrator for access.",
                      order->slug);
    if (!route->host->is_online)
        return refuse(refused, REFUSED_OFFLINE, "Nothing that runs '%s' is connected at the moment.", order->slug);
    if (order->params.len + order->params_meta.len > TRANSACTION_MAX_PARAMS)
        return refuse(refused, REFUSED_TOO_LARGE,
                      "The parameters of '%s' are longer than 1 MiB. Pass an id, and let the action fetch the rest.",
                      order->slug);
    if (open_of(order->owner->user_id) >= MAX_OPEN_PER_OWNER)
        return refuse(refused, REFUSED_BUSY, "You have %d runs open already. Finish or cancel some.",
                      MAX_OPEN_PER_OWNER);
    refused->retry_after_ms = breaker_wait_ms(&route->breaker, clock_mono_ms());
    if (refused->retry_after_ms > 0)
        return refuse(refused, REFUSED_DISABLED,
                      "'%s' crashed repeatedly and is paused for a moment; it will be tried again.", order->slug);
    return true;
}

/* What and who, for others in the same runner. */
static char *
make_label(const struct transaction *t)
{
    struct buf label;

    buf_init(&label, MAX_STATE);
    buf_printf(&label, "%s (%s)", t->name, t->owner.email);
    return buf_take(&label, NULL);
}

struct creation {
    transaction_created *created;
    void *arg;
};

static void
on_created(struct transaction *t, bool is_ok, void *arg)
{
    struct creation *creation = arg;

    if (!is_ok) {
        t->status = TRANSACTION_COMPLETED;
        t->result = RESULT_FAILURE;
    }
    creation->created(is_ok ? t : NULL, creation->arg);
    registry_notify(t->scope, TOPIC_TRANSACTIONS);
    if (t->queued_id)
        registry_notify(t->scope, TOPIC_QUEUE);
    free(creation);
    transaction_release(t);
}

static char *
copied(struct str text)
{
    return text.len ? mem_strndup(text.p, text.len) : NULL;
}

bool
transaction_create(const struct transaction_order *order, transaction_created *created, void *arg,
                   struct transaction_refused *refused)
{
    struct route *route = registry_find(order->scope, order->slug);
    struct creation *creation;
    struct transaction *t;

    *refused = (struct transaction_refused){ 0 };
    if (!check_route(route, order, refused))
        return false;
    t = transaction_new(uuid_v7(), order->scope, order->slug);
    t->name = mem_strdup(route->name);
    t->backgroundable = route->backgroundable;
    transaction_set_host(t, route->host);
    set_owner(t, order->owner);
    t->params = order->params.len ? copied(order->params) : mem_strdup("{}");
    t->params_meta = copied(order->params_meta);
    t->queued_id = copied(str_of(order->queued_id));
    t->run.label = make_label(t);
    creation = mem_alloc(sizeof *creation);
    *creation = (struct creation){ created, arg };
    transaction_dropped_add(t); /* until its browser connects */
    record_created(t, on_created, creation);
    return true;
}

struct transaction *
transaction_adopt(struct uuid id, struct scope *scope, const char *slug, const char *name,
                  const struct principal *owner, bool backgroundable)
{
    struct transaction *t = transaction_new(id, scope, slug);

    t->name = mem_strdup(name);
    t->params = mem_strdup("{}");
    set_owner(t, owner);
    t->backgroundable = backgroundable;
    t->run.label = make_label(t);
    t->status = backgroundable ? TRANSACTION_RUNNING : TRANSACTION_CLIENT_DROPPED;
    if (!backgroundable)
        transaction_dropped_add(t);
    return t;
}

void
transaction_adopt_step(struct transaction *t, struct uuid group, bool is_answered, struct str response)
{
    struct step *step = transaction_step_add(t, group);

    if (!step)
        return;
    step->is_answered = is_answered;
    if (response.len) {
        buf_set(&t->last_answer, response);
        t->last_group = group;
    }
}

size_t
transactions_ids(struct arena *arena, const char ***ids)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    size_t count = 0;

    *ids = arena_alloc(arena, (by_id.count + 1) * sizeof **ids);
    while ((entry = map_next(&by_id, &cursor)))
        (*ids)[count++] = arena_strdup(arena, uuid_format(((struct transaction *)entry->value)->run.id).s);
    return count;
}
