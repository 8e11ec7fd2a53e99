/* SPDX-License-Identifier: MIT */
/* Browsers on /websocket: connection, and what the server tells them (browser.h). What they ask is browser_calls.c. */
#include "rpc/browser.h"

#include <ev.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/ws.h"
#include "json/write.h"
#include "loop/control.h"
#include "rpc/browser_calls.h"
#include "transaction/page.h"
#include "transaction/transaction.h"

static struct list browsers = { &browsers, &browsers };
static ev_timer invalidate;
static const double INVALIDATE_SECONDS = 0.02;

enum { MAX_DATA = 72 << 20 };

static void on_invalidate(struct ev_loop *loop, ev_timer *timer, int events);

static struct browser *
browser_of_viewer(struct viewer *viewer)
{
    return container_of(viewer, struct browser, viewer);
}

/* Starts the data object of a call about one run: {"transactionId":"…" or {"pageKey":"…". */
static void
begin(struct buf *buf, struct json_out *out, const char *key, struct uuid id)
{
    struct uuid_text text = uuid_format(id);

    buf_init(buf, MAX_DATA);
    json_out_init(out, buf);
    json_object(out);
    json_pair_text(out, key, text.s);
}

static void
end(struct viewer *viewer, const char *method, struct buf *buf, struct json_out *out)
{
    json_object_end(out);
    if (!buf->over)
        peer_send_call(&browser_of_viewer(viewer)->peer, method, buf_view(buf));
    buf_fini(buf);
}

static void
on_render(struct viewer *viewer, struct uuid id, struct str render)
{
    struct json_out out;
    struct buf buf;

    begin(&buf, &out, "transactionId", id);
    json_pair_str(&out, "toRender", render);
    end(viewer, "RENDER", &buf, &out);
}

static void
on_page(struct viewer *viewer, struct uuid key, const char *instance, struct str layout)
{
    struct json_out out;
    struct buf buf;

    begin(&buf, &out, "pageKey", key);
    if (layout.len)
        json_pair_str(&out, "page", layout);
    json_pair_text(&out, "hostInstanceId", instance);
    end(viewer, "RENDER_PAGE", &buf, &out);
}

/* Passes on an object of the host's with the id in front: `{"a":1}` becomes `{"transactionId":"…","a":1}`. */
static void
send_merged(struct viewer *viewer, const char *method, struct uuid id, struct str object)
{
    struct uuid_text text = uuid_format(id);
    struct buf buf;

    if (object.len < 2 || object.p[0] != '{')
        return;
    buf_init(&buf, MAX_DATA);
    buf_printf(&buf, "{\"transactionId\":\"%s\"%s", text.s, object.len > 2 ? "," : "");
    buf_put(&buf, object.p + 1, object.len - 1);
    if (!buf.over)
        peer_send_call(&browser_of_viewer(viewer)->peer, method, buf_view(&buf));
    buf_fini(&buf);
}

static void
on_loading(struct viewer *viewer, struct uuid id, struct str state)
{
    send_merged(viewer, "LOADING_STATE", id, state);
}

static void
on_log(struct viewer *viewer, struct uuid id, struct str entry)
{
    send_merged(viewer, "LOG", id, entry);
}

static void
on_redirect(struct viewer *viewer, struct uuid id, struct str target)
{
    send_merged(viewer, "REDIRECT", id, target);
}

static void
on_completed(struct viewer *viewer, struct uuid id, const char *result_status, struct str result)
{
    struct json_out out;
    struct buf buf;

    begin(&buf, &out, "transactionId", id);
    json_pair_text(&out, "resultStatus", result_status);
    if (result.len)
        json_pair_str(&out, "result", result);
    end(viewer, "TRANSACTION_COMPLETED", &buf, &out);
}

static void
on_host_lost(struct viewer *viewer, struct uuid id)
{
    send_merged(viewer, "HOST_CLOSED_UNEXPECTEDLY", id, STR("{}"));
}

static void
on_host_back(struct viewer *viewer, struct uuid id)
{
    send_merged(viewer, "HOST_RECONNECTED", id, STR("{}"));
}

static void
on_notify(struct viewer *viewer, struct uuid id, struct str notification)
{
    send_merged(viewer, "NOTIFY", id, notification);
}

static void
on_usurped(struct viewer *viewer, struct uuid id)
{
    send_merged(viewer, "CLIENT_USURPED", id, STR("{}"));
}

static void
on_busy(struct viewer *viewer, struct uuid id, int cpu_seconds, struct str others)
{
    struct json_out out;
    struct buf buf;

    begin(&buf, &out, "transactionId", id);
    json_pair_int(&out, "cpuSeconds", cpu_seconds);
    json_pair_raw(&out, "others", others);
    end(viewer, "HOST_BUSY", &buf, &out);
}

static const struct viewer_ops viewer_ops = {
    .render = on_render,
    .page = on_page,
    .loading = on_loading,
    .log = on_log,
    .redirect = on_redirect,
    .completed = on_completed,
    .host_lost = on_host_lost,
    .host_back = on_host_back,
    .notify = on_notify,
    .usurped = on_usurped,
    .busy = on_busy,
};

static struct browser *
browser_of(struct peer *peer)
{
    return container_of(peer, struct browser, peer);
}

static void
on_gone(struct peer *peer)
{
    struct browser *browser = browser_of(peer);

    transactions_viewer_gone(&browser->viewer);
    pages_viewer_gone(&browser->viewer);
    list_remove(&browser->in_browsers);
}

static void
on_free(struct peer *peer)
{
    struct browser *browser = browser_of(peer);

    arena_fini(&browser->texts);
    free(browser);
}

static const struct peer_ops peer_ops = {
    .methods = browser_methods,
    .gone = on_gone,
    .free = on_free,
};

void
browsers_init(void)
{
    ev_init(&invalidate, on_invalidate);
}

struct peer *
browser_connected(struct ws *ws, const struct principal *principal)
{
    struct browser *browser = mem_alloc(sizeof *browser);

    arena_init(&browser->texts, 64 << 10);
    browser->viewer.ops = &viewer_ops;
    browser->viewer.principal = principal_copy(&browser->texts, principal);
    list_init(&browser->viewer.runs);
    list_init(&browser->viewer.pages);
    list_add_tail(&browsers, &browser->in_browsers);
    peer_init(&browser->peer, &peer_ops, ws);
    return &browser->peer;
}

static void
send_invalidate(struct browser *browser)
{
    static const char *const names[] = { "routes", "problems", "transactions", "queue", "notifications" };
    struct json_out out;
    struct buf buf;

    buf_init(&buf, MAX_DATA);
    json_out_init(&out, &buf);
    json_object(&out);
    json_pair_text(&out, "organization", browser->subscribed->organization);
    json_pair_text(&out, "environment", browser->subscribed->environment);
    json_name(&out, "topics");
    json_array(&out);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (browser->stale & 1u << i)
            json_put_text(&out, names[i]);
    json_array_end(&out);
    browser->stale = 0;
    end(&browser->viewer, "INVALIDATE", &buf, &out);
}

/* A thousand routes that change at once are one message. */
static void
on_invalidate(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    LIST_EACH(&browsers, node)
    {
        struct browser *browser = LIST_ENTRY(node, struct browser, in_browsers);

        if (browser->stale)
            send_invalidate(browser);
    }
}

void
browsers_invalidate(const struct scope *scope, enum topic topic)
{
    bool is_wanted = false;

    LIST_EACH(&browsers, node)
    {
        struct browser *browser = LIST_ENTRY(node, struct browser, in_browsers);

        if (browser->subscribed == scope) {
            browser->stale |= 1u << topic;
            is_wanted = true;
        }
    }
    if (is_wanted && !ev_is_active(&invalidate)) {
        ev_timer_set(&invalidate, INVALIDATE_SECONDS, 0);
        ev_timer_start(control_loop(), &invalidate);
    }
}

void
browsers_close_all(void)
{
    LIST_EACH(&browsers, node)
    {
        struct browser *browser = LIST_ENTRY(node, struct browser, in_browsers);

        ws_close(browser->peer.ws, 1012, "The server restarts.");
    }
}
