/* SPDX-License-Identifier: MIT */
/* What the server asks of this host (host-protocol.md 2.2): answered first, then done. */
#include <stdio.h>

#include "base/log.h"
#include "json/write.h"
#include "rpc/uplink_files.h"

enum { MAX_ID = 256, MAX_INPUTS = 32 << 20 };

static void
respond(const struct rpc_frame *frame, struct str data)
{
    buf_clear(&uplink.out);
    rpc_put_response(&uplink.out, &uplink.scratch, frame->id, frame->method, data);
    uplink_put();
}

static struct str
id_of(struct json inputs, const char *key)
{
    struct str id = json_str(&uplink.arena, json_get(inputs, key));

    return id.len <= MAX_ID && (!id.len || !memchr(id.p, '\0', id.len)) ? id : STR("");
}

static struct uplink_run *
find(struct str id)
{
    return id.len ? map_find(&uplink.runs, id) : NULL;
}

/* Hosts know runs by UUID, servers by any text. */
static struct uuid
internal_id(struct str id)
{
    struct uuid uuid;

    return uuid_parse(id, &uuid) && !uuid_is_nil(uuid) ? uuid : uuid_v4();
}

/*
 * Inputs for the host: the server's, with the organization it named when it took us (runners know it by that name), and
 * with our place for files, whatever the server says there.
 */
static void
host_inputs(struct buf *out, struct json inputs, const struct uplink_run *run)
{
    struct str raw = json_raw(inputs);

    buf_init(out, MAX_INPUTS);
    buf_char(out, '{');
    if (uplink.organization)
        buf_printf(out, "\"organization\":%s,", uplink.organization);
    buf_put(out, raw.p + 1, raw.len - 2); /* the server's own, if it names one: the last counts */
    buf_str(out, ",\"uploads\":");
    uplink_files_put_place(out, run);
    buf_char(out, '}');
}

static bool
start_at_host(struct uplink_run *run, struct route *route, struct json inputs, int64_t *retry_after_ms, struct err *err)
{
    struct buf text;
    bool is_started;

    host_inputs(&text, inputs, run);
    is_started = text.over
                     ? err_set(err, "The parameters of '%s' are too long.", run->slug)
                     : route->host->ops->start(route->host, &run->run, route, buf_view(&text), retry_after_ms, err);
    buf_fini(&text);
    return is_started;
}

static void
start_transaction(const struct rpc_frame *frame)
{
    struct str id = id_of(frame->data, "transactionId");
    const char *slug = json_text(&uplink.arena, json_get(json_get(frame->data, "action"), "slug"));
    struct route *route;
    struct uplink_run *run;
    int64_t retry_after_ms = 0;
    struct err err;

    slug = slug ? slug : json_text(&uplink.arena, json_get(frame->data, "actionName"));
    if (!id.len || !slug || json_type(json_get(frame->data, "params")) != JSON_OBJECT) {
        log_warn("uplink", "the server sent a START_TRANSACTION without transactionId, slug or params");
        return; /* as SDKs: no RESPONSE to what makes no sense (host-protocol.md P7) */
    }
    respond(frame, STR(""));
    if (find(id))
        return;
    route = uplink.spec.find(slug);
    if (!route || route->kind != ROUTE_ACTION) {
        err_set(&err, "This host has no action '%s'. It may have been renamed or removed.", slug);
        uplink_fail(id.p, slug, "RouteNotFound", err.text, NULL);
        return;
    }
    if (uplink.has_left) {
        uplink_fail(id.p, slug, "HostShuttingDown", "This host is shutting down; start the action again.", NULL);
        return;
    }
    run = uplink_run_new(id, internal_id(id), false, slug);
    run->stays = json_bool(json_get(frame->data, "displayResolvesImmediately"), false);
    if (start_at_host(run, route, frame->data, &retry_after_ms, &err))
        return;
    uplink_fail(id.p, slug, retry_after_ms > 0 ? "RouteDisabled" : "RouteNotStarted", err.text, NULL);
    uplink_run_free(run);
}

static void
respond_to_open(const struct rpc_frame *frame, struct str key, const char *error)
{
    struct json_out json;
    struct buf text;

    buf_init(&text, UPLINK_MAX_TEXT);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "type", error ? "ERROR" : "SUCCESS");
    if (error)
        json_pair_text(&json, "message", error);
    else
        json_pair_str(&json, "pageKey", key);
    json_object_end(&json);
    respond(frame, buf_view(&text));
    buf_fini(&text);
}

static void
open_page(const struct rpc_frame *frame)
{
    struct str key = id_of(frame->data, "pageKey");
    const char *slug = json_text(&uplink.arena, json_get(json_get(frame->data, "page"), "slug"));
    struct route *route = slug ? uplink.spec.find(slug) : NULL;
    struct uplink_run *run;
    int64_t retry_after_ms = 0;
    struct err err;

    if (!key.len || !slug) {
        log_warn("uplink", "the server sent an OPEN_PAGE without pageKey or slug");
        return;
    }
    if (find(key) || uplink.has_left) {
        respond_to_open(frame, key, uplink.has_left ? "Host shutting down." : "This page key is in use.");
        return;
    }
    if (!route || route->kind != ROUTE_PAGE || !route->has_handler) {
        err_set(&err, "This host has no page '%s'. It may have been renamed or removed.", slug);
        respond_to_open(frame, key, err.text);
        return;
    }
    run = uplink_run_new(key, internal_id(key), true, slug);
    if (start_at_host(run, route, frame->data, &retry_after_ms, &err)) {
        respond_to_open(frame, key, NULL);
    } else {
        respond_to_open(frame, key, err.text);
        uplink_run_free(run);
    }
}

/* The text within is what counts, also for whose it is (host-protocol.md 4.3). */
static void
deliver(struct str outer_id, struct str value)
{
    struct uplink_run *run;
    struct json root;
    struct str id, key;
    struct uuid group = { 0 };
    struct err err;

    if (!json_parse(&uplink.arena, value, &root, &err)) {
        log_warn("uplink", "the server sent an IO_RESPONSE that makes no sense: %s", err.text);
        return;
    }
    id = id_of(root, "transactionId");
    run = find(id.len ? id : outer_id);
    if (!run || !run->run.host) {
        log_debug("uplink", "an IO_RESPONSE for a run that is over");
        return;
    }
    key = json_str(&uplink.arena, json_get(root, "inputGroupKey"));
    if (!key.len)
        group = run->last_group;
    else if (!uuid_parse(key, &group) && !json_is(json_get(root, "kind"), "CANCELED"))
        return; /* not one of our groups */
    if (json_is(json_get(root, "kind"), "RETURN")) {
        bool waits = uplink_files_are_awaited(run, group) || uplink_files_take(run, group, root, value);

        uplink_run_answer(run, group);
        if (waits)
            return;
    }
    run->run.host->ops->io_response(&run->run, group, value);
    if (json_is(json_get(root, "kind"), "CANCELED"))
        uplink_run_cancelled(run);
}

static void
io_response(const struct rpc_frame *frame)
{
    struct str id = id_of(frame->data, "transactionId"),
               value = json_str(&uplink.arena, json_get(frame->data, "value"));

    if (!id.len || !value.p) {
        log_warn("uplink", "the server sent an IO_RESPONSE without transactionId or value");
        return;
    }
    respond(frame, STR(""));
    deliver(id, value);
}

static void
close_run(const struct rpc_frame *frame, const char *key)
{
    struct str id = id_of(frame->data, key);
    struct uplink_run *run = find(id);

    if (!id.len)
        return;
    respond(frame, STR(""));
    if (run)
        uplink_run_free(run);
    uplink_settle();
}

bool
uplink_runs_take(const struct rpc_frame *frame)
{
    if (strcmp(frame->method, "START_TRANSACTION") == 0)
        start_transaction(frame);
    else if (strcmp(frame->method, "IO_RESPONSE") == 0)
        io_response(frame);
    else if (strcmp(frame->method, "CLOSE_TRANSACTION") == 0)
        close_run(frame, "transactionId");
    else if (strcmp(frame->method, "OPEN_PAGE") == 0)
        open_page(frame);
    else if (strcmp(frame->method, "CLOSE_PAGE") == 0)
        close_run(frame, "pageKey");
    else
        return false;
    return true;
}
