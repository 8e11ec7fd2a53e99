/* SPDX-License-Identifier: MIT */
/* Open pages (page.h). */
#include "transaction/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "host/layout.h"
#include "json/read.h"
#include "json/write.h"
#include "transaction/internal.h"

struct page {
    struct host_run run;
    struct viewer *viewer;
    struct list in_viewer;
    char *slug, *label;
};

static struct map by_key; /* 16 bytes of key -> struct page */

void
pages_init(void)
{
    map_init(&by_key);
}

static struct page *
page_of(struct host_run *run)
{
    return container_of(run, struct page, run);
}

static struct str
key_of(const struct uuid *key)
{
    return (struct str){ (const char *)key->bytes, sizeof key->bytes };
}

static void
page_free(struct page *page)
{
    map_remove(&by_key, key_of(&page->run.id));
    list_remove(&page->in_viewer);
    free(page->slug);
    free(page->label);
    free(page);
}

static void
show(struct page *page, struct str layout)
{
    const char *instance = page->run.host ? page->run.host->instance_id : NULL;

    page->viewer->ops->page(page->viewer, page->run.id, instance ? instance : "native", layout);
}

static void
on_page(struct host_run *run, struct host_call call, struct str layout)
{
    struct page *page = page_of(run);

    host_reply(call, true, STR(""));
    show(page, layout);
}

static void
on_page_loading(struct host_run *run, struct str state)
{
    struct page *page = page_of(run);

    page->viewer->ops->loading(page->viewer, run->id, state);
}

static void
on_page_redirect(struct host_run *run, struct host_call call, struct str target)
{
    struct page *page = page_of(run);

    host_reply(call, true, STR(""));
    page->viewer->ops->redirect(page->viewer, run->id, target);
}

static void
send_error(struct page *page, const char *error, const char *message)
{
    struct buf text;

    buf_init(&text, MAX_STATE);
    layout_put_error(&text, error, message);
    show(page, buf_view(&text));
    buf_fini(&text);
}

static void
on_page_lost(struct host_run *run, const struct host_loss *loss)
{
    struct page *page = page_of(run);

    if (loss->is_crash) {
        char text[512];

        snprintf(text, sizeof text, "%s %s. Nothing else is affected; the log says more.", page->slug, loss->message);
        send_error(page, "RouteCrashed", text);
    } else {
        page->viewer->ops->host_lost(page->viewer, run->id);
    }
    page_free(page);
}

/* Its host sends the layout again when it is back. */
static void
on_page_dropped(struct host_run *run)
{
    struct page *page = page_of(run);

    page->viewer->ops->host_lost(page->viewer, run->id);
}

static void
on_page_back(struct host_run *run)
{
    struct page *page = page_of(run);

    page->viewer->ops->host_back(page->viewer, run->id);
}

static void
ignore_notify(struct host_run *run, struct host_call call, struct str notification)
{
    (void)run, (void)notification;
    host_reply(call, false, STR("A page cannot notify people; an action can."));
}

static void
ignore_io_call(struct host_run *run, struct host_call call, struct uuid group, bool is_interactive, struct str render)
{
    (void)run, (void)group, (void)is_interactive, (void)render;
    host_reply(call, false, STR("A page cannot ask questions; link to an action instead."));
}

static void
ignore_log(struct host_run *run, struct host_call call, struct str entry)
{
    (void)run, (void)entry; /* pages have no log (io-methods.md 15.2) */
    host_reply(call, true, STR(""));
}

static void
ignore_complete(struct host_run *run, struct host_call call, enum host_result result, struct str data)
{
    (void)run, (void)result, (void)data;
    host_reply(call, false, STR("A page does not complete."));
}

static void
ignore_busy(struct host_run *run, int cpu_seconds, struct list *others)
{
    (void)run, (void)cpu_seconds, (void)others;
}

static const struct host_run_events events = {
    .io_call = ignore_io_call,
    .page = on_page,
    .loading = on_page_loading,
    .log = ignore_log,
    .redirect = on_page_redirect,
    .complete = ignore_complete,
    .lost = on_page_lost,
    .dropped = on_page_dropped,
    .back = on_page_back,
    .notify = ignore_notify,
    .busy = ignore_busy,
};

/* OPEN_PAGE (host-protocol.md 2.2). */
static void
open_inputs(const struct page *page, const struct scope *scope, const char *slug, struct str params, struct buf *out)
{
    const struct principal *who = &page->viewer->principal;
    struct uuid_text key = uuid_format(page->run.id);
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "pageKey", key.s);
    json_name(&json, "page");
    json_object(&json);
    json_pair_text(&json, "slug", slug);
    json_object_end(&json);
    json_pair_text(&json, "environment", scope->environment);
    json_name(&json, "organization");
    json_object(&json);
    json_pair_text(&json, "name", who->organization_name);
    json_pair_text(&json, "slug", who->organization);
    json_object_end(&json);
    json_name(&json, "user");
    principal_to_json(who, &json);
    json_pair_raw(&json, "params", params.len ? params : STR("{}"));
    json_object_end(&json);
}

static size_t
pages_of(const struct viewer *viewer)
{
    size_t count = 0;

    LIST_EACH(&viewer->pages, node)
    count++;
    return count;
}

bool
page_open(struct uuid key, struct viewer *viewer, struct scope *scope, const char *slug, struct str params,
          struct err *err)
{
    struct route *route = registry_find(scope, slug);
    int64_t retry_after_ms = 0;
    struct buf inputs;
    struct page *page;
    bool is_open;

    if (!route || route->kind != ROUTE_PAGE)
        return err_set(err, "There is no page '%s' here. It may have been renamed or removed.", slug);
    if (!principal_may_run(&viewer->principal, scope) || !route_is_for_all(route, scope))
        return err_set(err, "You may not open '%s'. Ask an administrator for access.", slug);
    if (uuid_is_nil(key) || map_find(&by_key, key_of(&key)) || transaction_find(key)) /* hosts know runs by these */
        return err_set(err, "This page key is in use; open the page with a fresh one.");
    if (pages_of(viewer) >= PAGES_PER_VIEWER)
        return err_set(err, "This browser has %d pages open already; close some.", PAGES_PER_VIEWER);
    page = mem_alloc(sizeof *page);
    page->run = (struct host_run){ .id = key, .is_page = true, .events = &events };
    page->slug = mem_strdup(slug);
    page->label = mem_strdup(route->name);
    page->run.label = page->label;
    page->viewer = viewer;
    list_init(&page->run.in_host);
    list_add_tail(&viewer->pages, &page->in_viewer);
    map_set(&by_key, key_of(&page->run.id), page);
    buf_init(&inputs, MAX_STATE * 16);
    open_inputs(page, scope, slug, params, &inputs);
    if (!route->has_handler) { /* nothing but a place for routes below it: the dashboard lists them */
        show(page, STR(""));
        buf_fini(&inputs);
        return true;
    }
    is_open = inputs.over
                  ? err_set(err, "The parameters of this page are too long.")
                  : route->host->ops->start(route->host, &page->run, route, buf_view(&inputs), &retry_after_ms, err);
    buf_fini(&inputs);
    if (!is_open)
        page_free(page);
    return is_open;
}

static struct page *
own_page(struct uuid key, const struct viewer *viewer)
{
    struct page *page = map_find(&by_key, key_of(&key));

    return page && page->viewer == viewer ? page : NULL;
}

static bool
group_of(struct str response, struct uuid *group)
{
    struct arena arena;
    struct json root;
    struct err err;
    bool is_found;

    arena_init(&arena, MAX_RENDER);
    is_found = json_parse(&arena, response, &root, &err) &&
               uuid_parse(json_str(&arena, json_get(root, "inputGroupKey")), group);
    arena_fini(&arena);
    return is_found;
}

bool
page_respond(struct uuid key, struct viewer *viewer, struct str response)
{
    struct page *page = own_page(key, viewer);
    struct uuid group;

    if (!page || !page->run.host || !group_of(response, &group))
        return false;
    return page->run.host->ops->io_response(&page->run, group, response);
}

static void
close_page(struct page *page)
{
    if (page->run.host)
        page->run.host->ops->close(&page->run);
    page_free(page);
}

bool
page_close(struct uuid key, struct viewer *viewer)
{
    struct page *page = own_page(key, viewer);

    if (page)
        close_page(page);
    return page != NULL;
}

void
pages_viewer_gone(struct viewer *viewer)
{
    LIST_EACH(&viewer->pages, node)
    close_page(LIST_ENTRY(node, struct page, in_viewer));
}
