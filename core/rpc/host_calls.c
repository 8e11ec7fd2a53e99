/* SPDX-License-Identifier: MIT */
/* What SDK hosts say about their runs (host-protocol.md 2.1): each call becomes an event of the run. */
#include "base/clock.h"
#include "json/peek.h"
#include "json/validate.h"
#include "json/write.h"
#include "rpc/host_internal.h"

/* The few members of an IO call that the server looks at (4.3). */
static bool
read_io_call(struct str text, struct uuid *group, bool *is_interactive)
{
    struct str to_render = json_peek(text, "toRender"), component;
    struct str display = STR("DISPLAY_");
    size_t at = 0;

    *is_interactive = false;
    while (json_peek_next(to_render, &at, &component))
        *is_interactive |= !str_starts(json_peek_text(json_peek(component, "methodName")), display);
    return uuid_parse(json_peek_text(json_peek(text, "inputGroupKey")), group);
}

static void
send_io_call(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
             struct json data)
{
    struct str text = json_str(arena, json_get(data, "ioCall"));
    struct uuid group;
    struct err err;
    bool is_interactive;

    if (!text.p || !json_validate(text, 0, NULL, &err) || !read_io_call(text, &group, &is_interactive))
        host_refuse(call, &conn->host->profile, STR("The IO call is not valid."));
    else
        run->events->io_call(run, host_call_of(conn, call, run), group, is_interactive, text);
}

static void
send_page(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
          struct json data)
{
    struct str text = json_str(arena, json_get(data, "page"));
    struct err err;

    if (!run->is_page || (text.len && !json_validate(text, 0, NULL, &err)))
        peer_respond_bool(call, false);
    else
        run->events->page(run, host_call_of(conn, call, run), text);
}

/* LoadingState: the known members, and `title` by its present name. */
static void
send_loading(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
             struct json data)
{
    static const char *const names[] = { "label", "description", "itemsInQueue", "itemsCompleted" };
    struct json title = json_get(data, "title");
    struct json_out json;
    struct buf text;
    bool is_late;

    (void)conn, (void)arena;
    buf_init(&text, HOST_MAX_DATA);
    json_out_init(&json, &text);
    json_object(&json);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct json value = json_get(data, names[i]);

        if (i == 0 && json_type(value) == JSON_MISSING)
            value = title;
        if (json_type(value) != JSON_MISSING)
            json_pair_raw(&json, names[i], json_raw(value));
    }
    json_object_end(&json);
    is_late = run->is_parked; /* completions overtake them (4.4) */
    run->events->loading(run, buf_view(&text));
    buf_fini(&text);
    peer_respond_bool(call, !is_late);
}

/* index and timestamp are ours where an old SDK sends none (4.4). */
static void
send_log(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
         struct json data)
{
    struct str line = json_str(arena, json_get(data, "data"));
    struct json_out json;
    struct buf text;

    buf_init(&text, HOST_MAX_DATA);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_str(&json, "data", line);
    json_pair_int(&json, "index", json_int(json_get(data, "index"), run->slot));
    json_pair_int(&json, "timestamp", json_int(json_get(data, "timestamp"), clock_wall_ms()));
    json_object_end(&json);
    run->slot++;
    run->events->log(run, host_call_of(conn, call, run), buf_view(&text));
    buf_fini(&text);
}

/* One of url, route and, of old, action, which is the same as route. */
static void
send_redirect(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
              struct json data)
{
    struct json url = json_get(data, "url"), route = json_get(data, "route"), action = json_get(data, "action");
    bool has_url = json_type(url) == JSON_STRING;
    struct json params = json_get(data, "params");
    struct json_out json;
    struct buf text;

    (void)arena;
    if (json_type(route) != JSON_STRING)
        route = action;
    if (has_url == (json_type(route) == JSON_STRING)) {
        peer_respond_bool(call, false);
        return;
    }
    buf_init(&text, HOST_MAX_DATA);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_raw(&json, has_url ? "url" : "route", json_raw(has_url ? url : route));
    if (!has_url && json_type(params) == JSON_OBJECT)
        json_pair_raw(&json, "params", json_raw(params));
    if (json_type(json_get(data, "replace")) == JSON_BOOL)
        json_pair_raw(&json, "replace", json_raw(json_get(data, "replace")));
    json_object_end(&json);
    run->events->redirect(run, host_call_of(conn, call, run), buf_view(&text));
    buf_fini(&text);
}

/* The status inside the result counts; resultStatus is for hosts that send no result (4.1, 4.5). */
static void
mark_complete(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
              struct json data)
{
    struct str text = json_str(arena, json_get(data, "result")), status;
    enum host_result result = HOST_SUCCESS;
    struct err err;

    if (text.len && !json_validate(text, 0, NULL, &err)) {
        peer_respond_bool(call, false);
        return;
    }
    status = text.len ? json_peek_text(json_peek(text, "status")) : STR("");
    if (!status.len)
        status = json_str(arena, json_get(data, "resultStatus"));
    if (str_is(status, "FAILURE"))
        result = HOST_FAILURE;
    else if (str_is(status, "CANCELED"))
        result = HOST_CANCELED;
    if (!text.len)
        text = STR("{\"schemaVersion\":0,\"status\":\"SUCCESS\",\"data\":null}");
    run->events->complete(run, host_call_of(conn, call, run), result, text);
}

static void
notify(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena, struct json data)
{
    (void)arena;
    if (run->events->notify)
        run->events->notify(run, host_call_of(conn, call, run), json_raw(data));
    else
        peer_respond_bool(call, false);
}

/* ---- to whom */

static const struct {
    const char *name;
    const char *key; /* which names the run */
    void (*deliver)(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
                    struct json data);
} run_methods[] = {
    { "SEND_IO_CALL", "transactionId", send_io_call },
    { "SEND_PAGE", "pageKey", send_page },
    { "SEND_LOADING_CALL", "transactionId", send_loading },
    { "SEND_LOG", "transactionId", send_log },
    { "SEND_REDIRECT", "transactionId", send_redirect },
    { "MARK_TRANSACTION_COMPLETE", "transactionId", mark_complete },
    { "NOTIFY", "transactionId", notify },
};

static size_t
method_of(const struct peer_call *call)
{
    size_t i = 0;

    while (strcmp(run_methods[i].name, call->method) != 0)
        i++;
    return i;
}

void
host_deliver(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run, struct arena *arena,
             struct json data)
{
    run_methods[method_of(call)].deliver(conn, call, run, arena, data);
}

/* A run that is over: the host shall forget it (8 P10). */
void
host_refuse_unknown(struct sdk_conn *conn, const struct peer_call *call, struct uuid id)
{
    struct host_run gone = { .id = id, .is_page = strcmp(call->method, "SEND_PAGE") == 0 };

    host_refuse(call, &conn->host->profile, STR("The run is over."));
    if (strcmp(call->method, "SEND_LOADING_CALL") != 0 && strcmp(call->method, "SEND_REDIRECT") != 0)
        host_send_close(conn->host, &gone);
}

static void
on_run_call(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct sdk_conn *conn = conn_of(peer);
    struct json name = json_get(data, run_methods[method_of(call)].key);
    struct host_run *run;
    struct uuid id;

    if (!uuid_parse(json_str(arena, name), &id)) {
        host_refuse(call, &conn->host->profile, STR("The call names no run."));
        return;
    }
    run = sdk_run_find(conn->host, id);
    if (run)
        host_deliver(conn, call, run, arena, data);
    else if (!host_adopt(conn, call, id, data))
        host_refuse_unknown(conn, call, id);
}

static void
begin_shutdown(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    (void)arena, (void)data;
    peer_respond(call, STR("{\"type\":\"success\"}"));
    sdk_host_leave(conn_of(peer)->host);
}

const struct peer_method host_methods[] = {
    { "INITIALIZE_HOST", host_initialize },
    { "SEND_IO_CALL", on_run_call },
    { "SEND_PAGE", on_run_call },
    { "SEND_LOADING_CALL", on_run_call },
    { "SEND_LOG", on_run_call },
    { "SEND_REDIRECT", on_run_call },
    { "MARK_TRANSACTION_COMPLETE", on_run_call },
    { "NOTIFY", on_run_call },
    { "BEGIN_HOST_SHUTDOWN", begin_shutdown },
    { NULL, NULL },
};
