/* SPDX-License-Identifier: MIT */
/*
 * Transactions and pages that a server runs on us: its calls become host_ops, the events of the host become calls to
 * it (host-protocol.md 2.1, 2.2, 4). What the server says is uplink_take.c.
 */
#include "rpc/uplink_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "host/layout.h"
#include "json/write.h"
#include "loop/control.h"
#include "rpc/uplink_files.h"

/* A loading state that changes often is sent this often (host-protocol.md 4.4). */
static const double LOADING_SECONDS = 0.1;

static struct uplink_run *
run_of(struct host_run *run)
{
    return container_of(run, struct uplink_run, run);
}

/* ---- life */

static void on_loading_timer(struct ev_loop *loop, ev_timer *timer, int events);

struct uplink_run *
uplink_run_new(struct str id, struct uuid internal, bool is_page, const char *slug)
{
    struct uplink_run *run = mem_alloc(sizeof *run);

    run->id = mem_strndup(id.p, id.len);
    run->slug = mem_strdup(slug);
    run->run = (struct host_run){ .id = internal, .is_page = is_page, .events = &uplink_run_events };
    run->run.label = run->slug;
    list_init(&run->run.in_host);
    list_init(&run->calls);
    buf_init(&run->shown, UPLINK_MAX_TEXT);
    buf_init(&run->loading, UPLINK_MAX_TEXT);
    ev_init(&run->loading_timer, on_loading_timer);
    map_set(&uplink.runs, id, run);
    uplink.running += !is_page;
    return run;
}

/* The action has come to its end, the server knows or need not know; a page has none. */
static void
stop_counting(struct uplink_run *run)
{
    if (!run->is_over && !run->run.is_page)
        uplink.running--;
    run->is_over = true;
}

void
uplink_run_free(struct uplink_run *run)
{
    stop_counting(run);
    while (!list_is_empty(&run->calls)) {
        struct uplink_call *call = LIST_ENTRY(run->calls.next, struct uplink_call, in_run);

        list_remove(&call->in_run);
        call->run = NULL;
        host_reply(call->reply, false, STR("The run was closed."));
        call->reply = (struct host_call){ 0 };
        if (!call->is_last_word) /* else the server still wants to know */
            uplink_call_free(call);
    }
    if (run->run.host)
        run->run.host->ops->close(&run->run);
    ev_timer_stop(control_loop(), &run->loading_timer);
    uplink_files_stop(run);
    uplink_files_remove(run);
    map_remove(&uplink.runs, str_of(run->id));
    buf_fini(&run->shown);
    buf_fini(&run->loading);
    free(run->id);
    free(run->slug);
    free(run);
}

/* ---- inputs of calls */

/* {"transactionId":"…" and what `more`, an object, has in it */
static void
put_inputs(struct buf *out, const struct uplink_run *run, struct str more)
{
    struct json_out json;
    size_t open = 0;

    buf_init(out, UPLINK_MAX_TEXT);
    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "transactionId", run->id);
    while (open < more.len && more.p[open] != '{')
        open++;
    more = open < more.len ? (struct str){ more.p + open + 1, more.len - open - 1 } : STR("}");
    while (more.len && strchr(" \t\r\n", *more.p))
        more = (struct str){ more.p + 1, more.len - 1 };
    if (more.len && *more.p != '}')
        buf_char(out, ',');
    buf_put(out, more.p, more.len);
}

/* {"<id_name>":"…","<name>":"<text as a string>"}; text empty: without */
static void
put_text_inputs(struct buf *out, const struct uplink_run *run, const char *id_name, const char *name, struct str text)
{
    struct json_out json;

    buf_init(out, UPLINK_MAX_TEXT);
    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, id_name, run->id);
    if (text.len)
        json_pair_str(&json, name, text);
    json_object_end(&json);
}

static struct uplink_call *
call_of_run(struct uplink_run *run, const char *method, struct buf *inputs, uplink_answered *answered,
            struct host_call reply)
{
    struct uplink_call *call = uplink_call(method, inputs, answered);

    call->run = run;
    call->reply = reply;
    list_add_tail(&run->calls, &call->in_run);
    return call;
}

/* ---- answers of the server */

/* true, or why not in a sentence (host-protocol.md 2.1). */
static bool
is_yes(struct json data, const char *failure, const char **why)
{
    *why = failure;
    if (failure)
        return false;
    if (json_type(data) == JSON_BOOL && json_bool(data, false))
        return true;
    *why = json_text(&uplink.arena, json_get(data, "message"));
    if (!*why)
        *why = json_type(data) == JSON_BOOL ? "The server refused it: for it the run is over, or is not of this host."
                                            : "The server could not deal with it.";
    return false;
}

static void
on_answered(struct uplink_call *call, struct json data, const char *failure)
{
    const char *why;
    bool is_ok = is_yes(data, failure, &why);

    host_reply(call->reply, is_ok, is_ok ? STR("") : str_of(why));
    if (!is_ok)
        log_debug("uplink", "%s was refused: %s", call->method, why);
}

static void
forget_loading(struct uplink_run *run)
{
    buf_fini(&run->loading);
    run->is_loading_new = false;
}

/* A question or a page: what is shown is said again to a server that has lost the connection. */
static void
on_shown(struct uplink_call *call, struct json data, const char *failure)
{
    struct uplink_run *run = call->run;
    const char *why;
    bool is_ok = is_yes(data, failure, &why);

    if (run && run->asking == call)
        run->asking = NULL;
    if (run && is_ok) {
        forget_loading(run);
        if (call->is_current) {
            buf_fini(&run->shown);
            buf_put(&run->shown, call->inputs.p, call->inputs.len);
            run->shown_group = call->group;
        }
    }
    if (!is_ok)
        log_info("uplink", "%s: the server did not take %s: %s", run ? run->slug : "?", call->method, why);
    host_reply(call->reply, is_ok, is_ok ? STR("") : str_of(why));
}

/* A server that does not know a run any more will not close it either. */
static void
on_shown_again(struct uplink_call *call, struct json data, const char *failure)
{
    struct uplink_run *run = call->run;
    const char *why;

    if (!run || failure || is_yes(data, NULL, &why))
        return;
    log_info("uplink", "%s: the server has forgotten a run, which ends here: %s", run->slug, why);
    list_remove(&call->in_run);
    uplink_run_free(run);
}

void
uplink_run_answer(struct uplink_run *run, struct uuid group)
{
    struct uplink_call *asking = run->asking;

    if (asking && uuid_eq(asking->group, group)) { /* the answer has overtaken the RESPONSE */
        run->asking = NULL;
        host_reply(asking->reply, true, STR(""));
        uplink_call_free(asking);
    }
    if (!run->run.is_page && uuid_eq(run->shown_group, group))
        buf_fini(&run->shown);
}

void
uplink_run_cancelled(struct uplink_run *run)
{
    if (run->run.is_page)
        return;
    uplink_files_stop(run);
    buf_fini(&run->shown);
    forget_loading(run);
    stop_counting(run);
    if (!run->stays)
        uplink_run_free(run);
    uplink_settle();
}

/* ---- events of the host */

static void
on_io_call(struct host_run *host_run, struct host_call reply, struct uuid group, bool is_interactive, struct str render)
{
    struct uplink_run *run = run_of(host_run);
    struct uplink_call *call;
    struct buf inputs;

    put_text_inputs(&inputs, run, "transactionId", "ioCall", render);
    call = call_of_run(run, "SEND_IO_CALL", &inputs, on_shown, reply);
    call->group = group;
    call->is_current = is_interactive || !run->is_shown_interactive || (!run->shown.len && !run->asking);
    if (call->is_current) {
        run->is_shown_interactive = is_interactive;
        run->asking = call;
        run->last_group = group;
    }
    uplink_calls_flush();
}

static void
on_page(struct host_run *host_run, struct host_call reply, struct str layout)
{
    struct uplink_run *run = run_of(host_run);
    struct uplink_call *call;
    struct buf inputs;

    if (!host_run->is_page) { /* one that outlived our predecessor: now we know what it is */
        stop_counting(run);
        host_run->is_page = true;
    }
    put_text_inputs(&inputs, run, "pageKey", "page", layout);
    call = call_of_run(run, "SEND_PAGE", &inputs, on_shown, reply);
    call->is_current = true;
    uplink_calls_flush();
}

static void
on_loading_answered(struct uplink_call *call, struct json data, const char *failure)
{
    (void)data, (void)failure;
    if (call->run)
        call->run->loading_call = NULL;
}

static void
send_loading(struct uplink_run *run)
{
    struct buf inputs;

    put_inputs(&inputs, run, buf_view(&run->loading));
    run->loading_call = call_of_run(run, "SEND_LOADING_CALL", &inputs, on_loading_answered, (struct host_call){ 0 });
    run->loading_call->is_of_connection = true;
    run->is_loading_new = false;
    ev_timer_set(&run->loading_timer, LOADING_SECONDS, 0);
    ev_timer_start(control_loop(), &run->loading_timer);
    uplink_calls_flush();
}

static void
send_loading_if_due(struct uplink_run *run)
{
    if (run->is_loading_new && uplink.phase == PHASE_ONLINE && !run->loading_call && !ev_is_active(&run->loading_timer))
        send_loading(run);
}

static void
on_loading_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct uplink_run *run = container_of(timer, struct uplink_run, loading_timer);

    (void)events;
    if (run->is_loading_new && run->loading_call) { /* the server is slow */
        ev_timer_set(timer, LOADING_SECONDS, 0);
        ev_timer_start(loop, timer);
        return;
    }
    send_loading_if_due(run);
}

static void
on_loading(struct host_run *host_run, struct str state)
{
    struct uplink_run *run = run_of(host_run);

    buf_clear(&run->loading);
    buf_put(&run->loading, state.p, state.len);
    run->is_loading_new = true;
    send_loading_if_due(run);
}

static void
on_log(struct host_run *host_run, struct host_call reply, struct str entry)
{
    struct buf inputs;

    put_inputs(&inputs, run_of(host_run), entry);
    call_of_run(run_of(host_run), "SEND_LOG", &inputs, on_answered, reply)->is_last_word = true;
    uplink_calls_flush();
}

static void
on_redirect(struct host_run *host_run, struct host_call reply, struct str target)
{
    struct buf inputs;

    put_inputs(&inputs, run_of(host_run), target);
    call_of_run(run_of(host_run), "SEND_REDIRECT", &inputs, on_answered, reply);
    uplink_calls_flush();
}

static void
on_notify(struct host_run *host_run, struct host_call reply, struct str notification)
{
    struct buf inputs;

    buf_init(&inputs, UPLINK_MAX_TEXT);
    buf_put(&inputs, notification.p, notification.len); /* names the transaction itself */
    call_of_run(run_of(host_run), "NOTIFY", &inputs, on_answered, reply)->is_last_word = true;
    uplink_calls_flush();
}

/* ---- ends */

static void
on_completed(struct uplink_call *call, struct json data, const char *failure)
{
    struct uplink_run *run = call->run;
    const char *why;
    bool is_ok = is_yes(data, failure, &why);

    if (!is_ok)
        log_warn("uplink", "%s: its result was not taken: %s", run ? run->slug : "a run that is gone", why);
    host_reply(call->reply, is_ok, is_ok ? STR("") : str_of(why));
    if (!run)
        return;
    stop_counting(run);
    if (!is_ok || !run->stays) { /* nobody will close it */
        list_remove(&call->in_run);
        uplink_run_free(run);
    }
}

/* Takes over `result`. The run may be NULL: one that never came to be. */
static void
send_result(const char *id, struct uplink_run *run, const char *status, struct str result, struct host_call reply)
{
    struct uplink_call *call;
    struct json_out json;
    struct buf inputs;

    buf_init(&inputs, UPLINK_MAX_TEXT);
    json_out_init(&json, &inputs);
    json_object(&json);
    json_pair_text(&json, "transactionId", id);
    json_pair_text(&json, "resultStatus", status);
    json_pair_str(&json, "result", result);
    json_object_end(&json);
    if (run)
        call = call_of_run(run, "MARK_TRANSACTION_COMPLETE", &inputs, on_completed, reply);
    else
        call = uplink_call("MARK_TRANSACTION_COMPLETE", &inputs, on_completed);
    call->is_last_word = true;
    uplink_calls_flush();
}

static void
on_complete(struct host_run *host_run, struct host_call reply, enum host_result result, struct str data)
{
    struct uplink_run *run = run_of(host_run);

    buf_fini(&run->shown);
    forget_loading(run);
    send_result(run->id, run,
                result == HOST_SUCCESS    ? "SUCCESS"
                : result == HOST_CANCELED ? "CANCELED"
                                          : "FAILURE",
                data, reply);
}

void
uplink_fail(const char *id, const char *slug, const char *error, const char *message, const char *signal)
{
    struct json_out json;
    struct buf text;

    buf_init(&text, UPLINK_MAX_TEXT);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_int(&json, "schemaVersion", 1);
    json_pair_text(&json, "status", "FAILURE");
    json_name(&json, "data");
    json_object(&json);
    json_pair_text(&json, "error", error);
    json_pair_text(&json, "message", message);
    json_pair_text(&json, "route", slug);
    if (signal)
        json_pair_text(&json, "signal", signal);
    json_object_end(&json);
    json_object_end(&json);
    send_result(id, NULL, "FAILURE", buf_view(&text), (struct host_call){ 0 });
    buf_fini(&text);
}

static void
fail_page(struct uplink_run *run, const char *error, const char *message)
{
    struct buf layout, inputs;

    buf_init(&layout, UPLINK_MAX_TEXT);
    layout_put_error(&layout, error, message);
    put_text_inputs(&inputs, run, "pageKey", "page", buf_view(&layout));
    buf_fini(&layout);
    uplink_call("SEND_PAGE", &inputs, on_answered);
}

static bool
is_completing(const struct uplink_run *run)
{
    LIST_EACH(&run->calls, node)
    if (strcmp(LIST_ENTRY(node, struct uplink_call, in_run)->method, "MARK_TRANSACTION_COMPLETE") == 0)
        return true;
    return false;
}

static void
on_lost(struct host_run *host_run, const struct host_loss *loss)
{
    struct uplink_run *run = run_of(host_run);
    char message[640];

    snprintf(message, sizeof message, "%s %s. Nothing else is affected; the log of its host says more.", run->slug,
             loss->message ? loss->message : "lost its process");
    if (host_run->is_page)
        fail_page(run, "RouteCrashed", message);
    else if (!run->is_over && !is_completing(run))
        uplink_fail(run->id, run->slug, "RouteCrashed", message, loss->signal);
    uplink_run_free(run);
    uplink_calls_flush();
    uplink_settle();
}

static void
on_busy(struct host_run *host_run, int cpu_seconds, struct list *others)
{
    (void)others;
    log_info("uplink", "%s computes for %d s already", run_of(host_run)->slug, cpu_seconds);
}

const struct host_run_events uplink_run_events = {
    .io_call = on_io_call,
    .page = on_page,
    .loading = on_loading,
    .log = on_log,
    .redirect = on_redirect,
    .complete = on_complete,
    .lost = on_lost,
    .notify = on_notify,
    .busy = on_busy,
};

/* ---- another connection */

static void
show_again(struct uplink_run *run)
{
    struct uplink_call *call;
    struct buf inputs;

    buf_init(&inputs, UPLINK_MAX_TEXT);
    buf_put(&inputs, run->shown.p, run->shown.len);
    call = call_of_run(run, run->run.is_page ? "SEND_PAGE" : "SEND_IO_CALL", &inputs, on_shown_again,
                       (struct host_call){ 0 });
    call->is_of_connection = true;
}

void
uplink_runs_resend(void)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&uplink.runs, &cursor))) {
        struct uplink_run *run = entry->value;

        if (run->shown.len && !run->asking)
            show_again(run);
        run->is_loading_new = run->loading.len > 0;
        send_loading_if_due(run);
    }
}

struct host_run *
uplink_adopt(struct uuid id, const char *module)
{
    struct uuid_text text = uuid_format(id);
    struct uplink_run *run;

    if (map_find(&uplink.runs, str_of(text.s)))
        return NULL;
    run = uplink_run_new(str_of(text.s), id, false, module);
    run->stays = run->has_files = true; /* perhaps */
    return &run->run;
}
