/* SPDX-License-Identifier: MIT */
/*
 * Runs of this process (serve.h). Towards the runtime this is its control stream: what a server would write is handed
 * over by a call, what the runtime writes comes through a socket pair, because its threads write it.
 */
#include "embed/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "host/host.h"
#include "host/wire.h"
#include "json/read.h"
#include "runtime/control.h"
#include "runtime/module.h"
#include "runtime/probe.h"
#include "runtime/runs.h"
#include "runtime/thread.h"

enum { MAX_DESCRIPTION = 16 << 20 };

static const struct host_ops ops;

static struct {
    struct host host;
    struct module module; /* room for all routes there may ever be: runs hold pointers into it */
    struct port port;
    struct wire *wire;
    struct map runs;   /* 16 bytes of id -> struct host_run */
    struct map routes; /* slug -> struct route */
} serve;

/* ---- towards the runtime */

static struct str
key_of(const struct uuid *id)
{
    return (struct str){ (const char *)id->bytes, sizeof id->bytes };
}

static struct link_received
frame_for(const struct host_run *run, enum link_method method, struct str payload)
{
    struct link_received received = { .payload = payload, .fd = -1 };

    received.head = (struct link_frame){ .kind = LINK_CALL, .method = (uint8_t)method, .slot = run->slot };
    memcpy(received.head.subject.bytes, run->id.bytes, sizeof run->id.bytes);
    return received;
}

static bool
on_start(struct host *host, struct host_run *run, struct route *route, struct str inputs, int64_t *retry_after_ms,
         struct err *err)
{
    struct link_received received;

    *retry_after_ms = 0;
    run->slot = route->slot;
    received = frame_for(run, run->is_page ? LINK_OPEN_PAGE : LINK_START_TRANSACTION, inputs);
    map_set(&serve.runs, key_of(&run->id), run);
    run->host = host;
    if (runs_start(&received, err))
        return true;
    map_remove(&serve.runs, key_of(&run->id));
    run->host = NULL;
    return false;
}

static bool
on_io_response(struct host_run *run, struct uuid group, struct str response)
{
    struct link_received received = frame_for(run, LINK_IO_RESPONSE, response);

    memcpy(received.head.group.bytes, group.bytes, sizeof group.bytes);
    runs_answer(&received);
    return true;
}

static void
on_close(struct host_run *run)
{
    struct link_received received = frame_for(run, run->is_page ? LINK_CLOSE_PAGE : LINK_CLOSE_TRANSACTION, STR(""));

    map_remove(&serve.runs, key_of(&run->id));
    run->host = NULL;
    runs_close(&received);
}

static void
on_stop(struct host_run *run)
{
    (void)run; /* a thread cannot be ended from outside */
}

static void
confirm(const struct link_frame *call, bool is_ok, struct str reason)
{
    struct link_received received = { .head = link_answer_head(call, is_ok ? LINK_OK : LINK_REFUSED),
                                      .payload = reason,
                                      .fd = -1 };

    runs_confirm(&received);
}

static void
on_reply(struct host_call call, bool accepted, struct str reason)
{
    struct link_frame head = { .kind = LINK_CALL, .method = call.method, .call = call.id };

    memcpy(head.subject.bytes, call.run->id.bytes, sizeof head.subject.bytes);
    confirm(&head, accepted, reason);
}

static const struct host_ops ops = {
    .start = on_start,
    .io_response = on_io_response,
    .close = on_close,
    .stop = on_stop,
    .reply = on_reply,
};

/* ---- from the runtime */

static enum host_result
result_of(unsigned status)
{
    return status == LINK_SUCCESS ? HOST_SUCCESS : status == LINK_CANCELED ? HOST_CANCELED : HOST_FAILURE;
}

static void
deliver(struct host_run *run, const struct link_frame *head, struct str payload)
{
    const struct host_run_events *events = run->events;
    struct host_call call = { run, head->flags & LINK_ONEWAY ? 0 : head->call, head->method };
    struct uuid group;

    memcpy(group.bytes, head->group.bytes, sizeof group.bytes);
    if (head->method == LINK_SEND_IO_CALL)
        events->io_call(run, call, group, (head->flags & LINK_INTERACTIVE) != 0, payload);
    else if (head->method == LINK_SEND_PAGE)
        events->page(run, call, payload);
    else if (head->method == LINK_SEND_LOADING_CALL)
        events->loading(run, payload);
    else if (head->method == LINK_SEND_LOG)
        events->log(run, call, payload);
    else if (head->method == LINK_SEND_REDIRECT)
        events->redirect(run, call, payload);
    else if (head->method == LINK_NOTIFY)
        events->notify(run, call, payload);
    else if (head->method == LINK_COMPLETE)
        events->complete(run, call, result_of(head->status), payload);
}

static void
on_frame(void *arg, const struct link_frame *head, struct str payload)
{
    struct host_run *run =
        map_find(&serve.runs, (struct str){ (const char *)head->subject.bytes, sizeof head->subject.bytes });

    (void)arg;
    if (run)
        deliver(run, head, payload);
    else if (!(head->flags & LINK_ONEWAY))
        confirm(head, false, STR("The run is over."));
}

static void
on_ended(void *arg)
{
    (void)arg;
    log_error("host", "something in this program has closed a descriptor that is not its own; no run can go on");
    wire_close(serve.wire);
    serve.wire = NULL;
}

/* Of a runner, this wakes the thread that may end its process; here nobody waits for it. */
void
control_poke(void)
{
}

bool
serve_start(struct err *err)
{
    static const struct wire_events events = { .frame = on_frame, .ended = on_ended };
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return err_set_errno(err, "cannot make the stream between handlers and the connection");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    serve.host = (struct host){ .ops = &ops, .profile = &profile_native, .status = "ONLINE", .is_online = true };
    serve.module.routes = mem_alloc(MODULE_MAX_ROUTES * sizeof *serve.module.routes);
    map_init(&serve.runs);
    map_init(&serve.routes);
    serve.wire = wire_open(ends[0], &events, NULL);
    port_init(&serve.port, ends[1]);
    thread_init();
    runs_init(&serve.module, &serve.port);
    return true;
}

void
serve_cancel(void)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&serve.runs, &cursor)))
        on_close(entry->value);
}

/* ---- routes */

static void
record_free(struct route *record)
{
    if (record) {
        route_fini(record);
        free(record);
    }
}

static struct route *
record_new(struct arena *arena, struct json description, struct err *err)
{
    const char *slug = json_text(arena, json_get(description, "slug"));
    struct route *record;

    if (!slug || !slug_is_valid(str_of(slug))) {
        err_set(err, "the slug \"%s\" is not usable: letters, digits, '.', '_', '-', and '/' in between",
                slug ? slug : "");
        return NULL;
    }
    if (serve_find(slug)) {
        err_set(err, "there is a route \"%s\" already", slug);
        return NULL;
    }
    record = mem_alloc(sizeof *record);
    if (route_from_json(record, slug, description, err))
        return record;
    record_free(record);
    return NULL;
}

/* The rows as records, in the way that a module file takes: by its description. */
static bool
describe(const struct module *module, struct route **records, struct err *err)
{
    struct json_out out;
    struct arena arena;
    struct json root;
    struct buf text;
    size_t count = 0;
    bool is_ok;

    buf_init(&text, MAX_DESCRIPTION);
    arena_init(&arena, 0);
    json_out_init(&out, &text);
    probe_describe(&out, module);
    is_ok = json_parse(&arena, buf_view(&text), &root, err);
    for (struct json node = json_first(json_get(root, "routes")); is_ok && json_type(node); node = json_next(node)) {
        records[count] = record_new(&arena, node, err);
        is_ok = records[count++] != NULL;
    }
    while (!is_ok && count-- > 0)
        record_free(records[count]);
    arena_fini(&arena);
    buf_fini(&text);
    return is_ok;
}

static bool
take_rows(const il_route *routes, size_t count, const il_api **api, struct module *module, struct err *err)
{
    il_module table = { .magic = IL_MAGIC,
                        .abi_major = IL_ABI,
                        .abi_minor = IL_ABI_MINOR,
                        .size = sizeof table,
                        .api = api,
                        .routes = routes,
                        .n_routes = count,
                        .route_stride = sizeof *routes };

    if (serve.module.table.n_routes + count > MODULE_MAX_ROUTES)
        return err_set(err, "more than %d routes were added", MODULE_MAX_ROUTES);
    if (!module_take(&table, module, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!module->routes[i].slug)
            return err_set(err, "route %zu has no slug: make it with IL_ROUTE_ACTION(\"slug\", …)", i + 1);
        if (module->routes[i].kind == IL_KIND_FUNCTION)
            return err_set(err, "\"%s\" is an HTTP function, which only a server can offer", module->routes[i].slug);
    }
    return module_load(module, err);
}

bool
serve_add(const il_route *routes, size_t count, const il_api **api, struct err *err)
{
    struct route **records = mem_alloc((count + 1) * sizeof *records);
    struct module module = { 0 };
    bool is_ok = take_rows(routes, count, api, &module, err) && describe(&module, records, err);

    for (size_t i = 0; is_ok && i < count; i++) {
        size_t slot = serve.module.table.n_routes++;

        serve.module.routes[slot] = module.routes[i];
        records[i]->slot = (uint32_t)slot;
        records[i]->host = &serve.host;
        map_set(&serve.routes, str_of(records[i]->slug), records[i]);
    }
    free(module.routes);
    free(records);
    return is_ok;
}

bool
serve_remove(const char *slug)
{
    struct route *record = map_remove(&serve.routes, str_of(slug));

    record_free(record);
    return record != NULL;
}

static int
by_slug(const void *a, const void *b)
{
    return strcmp((*(struct route *const *)a)->slug, (*(struct route *const *)b)->slug);
}

size_t
serve_list(struct arena *arena, struct route ***routes)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    size_t count = 0;

    *routes = arena_alloc(arena, (serve.routes.count + 1) * sizeof **routes);
    while ((entry = map_next(&serve.routes, &cursor)))
        (*routes)[count++] = entry->value;
    qsort(*routes, count, sizeof **routes, by_slug);
    return count;
}

struct route *
serve_find(const char *slug)
{
    return map_find(&serve.routes, str_of(slug));
}
