/* SPDX-License-Identifier: MIT */
/* A browser comes to look at a transaction, and goes: start, replay, leave (transaction.h). */
#include "transaction/transaction.h"

#include "base/clock.h"
#include "json/write.h"
#include "transaction/internal.h"
#include "transaction/record.h"

/* A run whose browser is gone may be picked up again for this long; then it is cancelled (host-protocol.md 4.1). */
enum { DROPPED_KEEP_MS = 10 * 60 * 1000 };

static struct list dropped = { &dropped, &dropped };

void
transaction_dropped_add(struct transaction *t)
{
    list_remove(&t->in_dropped);
    t->dropped_at = clock_mono_ms();
    list_add_tail(&dropped, &t->in_dropped);
}

void
transaction_detach(struct transaction *t)
{
    t->viewer = NULL;
    list_remove(&t->in_viewer);
}

static bool
may_view(const struct transaction *t, const struct viewer *viewer)
{
    if (strcmp(t->scope->organization, viewer->principal.organization) != 0)
        return false;
    return t->owner.user_id[0] == '\0' || strcmp(t->owner.user_id, viewer->principal.user_id) == 0;
}

/* The address a person can open: dashboardUrl of the scope and the slug (host-protocol.md 3.5). */
static void
action_url_to_json(const struct transaction *t, struct json_out *json)
{
    struct buf url;

    buf_init(&url, MAX_STATE);
    scope_url(t->scope, transactions_app_url(), &url);
    buf_printf(&url, "/%s", t->slug);
    json_put_str(json, buf_view(&url));
    buf_fini(&url);
}

static void
uploads_to_json(const struct transaction *t, struct json_out *json)
{
    struct buf path;

    buf_init(&path, MAX_STATE);
    buf_printf(&path, "%s/%s", transactions_uploads_dir(), uuid_format(t->run.id).s);
    json_pair_str(json, "uploads", buf_view(&path));
    buf_fini(&path);
}

/* START_TRANSACTION (host-protocol.md 2.2). */
static void
start_inputs(const struct transaction *t, struct buf *out)
{
    struct uuid_text id = uuid_format(t->run.id);
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "transactionId", id.s);
    json_pair_bool(&json, "displayResolvesImmediately", !t->is_paged);
    json_pair_text(&json, "actionName", t->slug);
    json_name(&json, "action");
    json_object(&json);
    json_pair_text(&json, "slug", t->slug);
    json_name(&json, "url");
    action_url_to_json(t, &json);
    json_object_end(&json);
    json_pair_text(&json, "environment", t->scope->environment);
    json_name(&json, "organization");
    json_object(&json);
    json_pair_text(&json, "name", t->owner.organization_name);
    json_pair_text(&json, "slug", t->owner.organization);
    json_object_end(&json);
    json_name(&json, "user");
    principal_to_json(&t->owner, &json);
    if (!t->host_instance) /* our own runners read files where they lie */
        uploads_to_json(t, &json);
    json_pair_raw(&json, "params", str_of(t->params));
    if (t->params_meta)
        json_pair_raw(&json, "paramsMeta", str_of(t->params_meta));
    json_object_end(&json);
}

static struct route *
action_of(const struct transaction *t)
{
    struct route *route = registry_find(t->scope, t->slug);

    return route && route->kind == ROUTE_ACTION ? route : NULL;
}

/* Its host has left, or is leaving, since the run was made. The next one may take it: browsers ask again (2.3). */
static bool
waits_for_host(const struct transaction *t)
{
    const struct route *route = t->status == TRANSACTION_PENDING && !t->is_completing ? action_of(t) : NULL;

    return route && !route->host->is_online;
}

static void
start(struct transaction *t)
{
    struct route *route = action_of(t); /* perhaps another one than when it was made */
    struct err err = { "the route is gone" };
    int64_t retry_after_ms = 0;
    struct buf inputs;
    bool is_started = false, is_moved = false;

    buf_init(&inputs, TRANSACTION_MAX_PARAMS + 4 * MAX_STATE);
    if (route)
        is_moved = transaction_set_host(t, route->host);
    start_inputs(t, &inputs);
    t->status = TRANSACTION_RUNNING;
    t->started_at = clock_wall_ms();
    if (route && !inputs.over)
        is_started = route->host->ops->start(route->host, &t->run, route, buf_view(&inputs), &retry_after_ms, &err);
    buf_fini(&inputs);
    if (is_started && is_moved)
        record_moved(t);
    else if (is_started)
        record_status(t);
    else
        transaction_fail(t, retry_after_ms > 0 ? "RouteDisabled" : "RouteNotStarted", err.text, NULL);
}

static void
replay(struct transaction *t, struct viewer *viewer)
{
    const char *at = t->logs.p, *end = t->logs.p + t->logs.len;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        viewer->ops->log(viewer, t->run.id, (struct str){ at, (size_t)(newline - at) });
        at = newline + 1;
    }
    if (t->status == TRANSACTION_COMPLETED) {
        viewer->ops->completed(viewer, t->run.id, transaction_result_name(t->result), buf_view(&t->result_data));
        return;
    }
    if (t->pending.len)
        viewer->ops->render(viewer, t->run.id, buf_view(&t->pending));
    if (t->loading.len)
        viewer->ops->loading(viewer, t->run.id, buf_view(&t->loading));
    if (t->redirect.len) {
        viewer->ops->redirect(viewer, t->run.id, buf_view(&t->redirect));
        buf_clear(&t->redirect);
    }
}

bool
transaction_view(struct uuid id, struct viewer *viewer)
{
    struct transaction *t = transaction_find(id);

    if (!t || !may_view(t, viewer) || (t->status == TRANSACTION_HOST_DROPPED && !t->is_away) || waits_for_host(t))
        return false;
    if (t->viewer && t->viewer != viewer) {
        t->viewer->ops->usurped(t->viewer, id);
        transaction_detach(t);
    }
    if (!t->viewer) {
        t->viewer = viewer;
        list_add_tail(&viewer->runs, &t->in_viewer);
    }
    list_remove(&t->in_dropped);
    if (t->status == TRANSACTION_CLIENT_DROPPED) {
        t->status = t->pending.len ? TRANSACTION_AWAITING_INPUT : TRANSACTION_RUNNING;
        record_status(t);
    }
    if (t->status == TRANSACTION_PENDING && !t->is_completing)
        start(t);
    else
        replay(t, viewer);
    if (t->is_away)
        viewer->ops->host_lost(viewer, id);
    return true;
}

bool
transaction_leave(struct uuid id, struct viewer *viewer)
{
    struct transaction *t = transaction_find(id);

    if (!t || t->viewer != viewer)
        return false;
    transaction_detach(t);
    if (!transaction_is_over(t) && !t->backgroundable)
        return transaction_cancel(id, &viewer->principal);
    transaction_release(t);
    return true;
}

void
transactions_viewer_gone(struct viewer *viewer)
{
    LIST_EACH(&viewer->runs, node)
    {
        struct transaction *t = LIST_ENTRY(node, struct transaction, in_viewer);

        transaction_detach(t);
        if (!transaction_is_over(t) && !t->backgroundable) {
            if (!t->is_away) {
                t->status = TRANSACTION_CLIENT_DROPPED;
                record_status(t);
            }
            transaction_dropped_add(t);
        }
        transaction_release(t);
    }
}

void
transactions_sweep(void)
{
    int64_t oldest = clock_mono_ms() - DROPPED_KEEP_MS;

    LIST_EACH(&dropped, node)
    {
        struct transaction *t = LIST_ENTRY(node, struct transaction, in_dropped);

        if (t->dropped_at > oldest)
            break;
        list_remove(node);
        if (!t->viewer)
            transaction_cancel(t->run.id, NULL);
    }
    transactions_sweep_away();
}
