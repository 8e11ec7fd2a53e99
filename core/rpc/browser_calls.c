/* SPDX-License-Identifier: MIT */
/* What a browser asks for (host-protocol.md 2.3 and contract additions): one function a method, one table. */
#include "rpc/browser_calls.h"

#include "json/write.h"
#include "rpc/past.h"
#include "rpc/take.h"
#include "transaction/page.h"
#include "transaction/transaction.h"

enum { MAX_ANSWER = 4096 };

static struct viewer *
viewer_of(struct peer *peer)
{
    return &container_of(peer, struct browser, peer)->viewer;
}

/* The environment that a call names; a foreign organization does not exist for this browser. */
static struct scope *
scope_of(struct peer *peer, struct arena *arena, struct json data)
{
    const char *organization = json_text(arena, json_get(data, "organization"));
    const char *environment = json_text(arena, json_get(data, "environment"));

    if (!organization || !environment || strcmp(organization, viewer_of(peer)->principal.organization) != 0)
        return NULL;
    return registry_scope(organization, environment, viewer_of(peer)->principal.user_id);
}

static bool
id_of(struct arena *arena, struct json data, const char *key, struct uuid *id)
{
    return uuid_parse(json_str(arena, json_get(data, key)), id);
}

static void
initialize_client(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    (void)peer, (void)arena, (void)data;
    peer_respond_bool(call, true);
}

static void
subscribe(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct scope *scope = scope_of(peer, arena, data);

    if (scope)
        container_of(peer, struct browser, peer)->subscribed = scope;
    peer_respond_bool(call, scope != NULL);
}

static void
respond_refused(const struct peer_call *call, const char *code, const char *message, int64_t retry_after_ms)
{
    struct json_out out;
    struct buf buf;

    buf_init(&buf, MAX_ANSWER);
    json_out_init(&out, &buf);
    json_object(&out);
    json_pair_text(&out, "type", "ERROR");
    if (code)
        json_pair_text(&out, "code", code);
    json_pair_text(&out, "message", message);
    if (retry_after_ms > 0)
        json_pair_int(&out, "retryAfterMs", retry_after_ms);
    json_object_end(&out);
    peer_respond(call, buf_view(&buf));
    buf_fini(&buf);
}

/* {"type":"SUCCESS","<key>":"<id>"} */
static void
respond_id(const struct peer_call *call, const char *key, struct uuid id)
{
    struct uuid_text text = uuid_format(id);
    struct buf buf;

    buf_init(&buf, MAX_ANSWER);
    buf_printf(&buf, "{\"type\":\"SUCCESS\",\"%s\":\"%s\"}", key, text.s);
    peer_respond(call, buf_view(&buf));
    buf_fini(&buf);
}

static void
on_created(struct transaction *transaction, void *arg)
{
    struct peer_call *call = arg;
    struct uuid_text id;
    struct buf buf;

    if (transaction) {
        id = uuid_format(transaction->run.id);
        buf_init(&buf, MAX_ANSWER);
        buf_printf(&buf, "{\"type\":\"SUCCESS\",\"transactionId\":\"%s\",\"mode\":\"%s\"}", id.s,
                   transaction->is_paged ? "paged" : "append");
        peer_respond(call, buf_view(&buf));
        buf_fini(&buf);
    } else {
        respond_refused(call, "BUSY", "The run could not be stored. Is the disk full? The server's log says more.", 0);
    }
    peer_call_free(call);
}

/* Makes it; the call is answered, and freed, now or when the row is committed. */
static void
create(struct peer_call *call, const struct transaction_order *order)
{
    static const char *const codes[] = { "NOT_FOUND", "OFFLINE", "DISABLED", "FORBIDDEN", "BUSY", "TOO_LARGE" };
    struct transaction_refused refused;

    if (transaction_create(order, on_created, call, &refused))
        return;
    respond_refused(call, codes[refused.code], refused.why.text, refused.retry_after_ms);
    peer_call_free(call);
}

static void
on_found(struct peer_call *call, const struct take_order *order, const char *why_not)
{
    if (!why_not) {
        create(call, &(struct transaction_order){ .scope = order->scope,
                                                  .slug = order->slug,
                                                  .owner = order->who,
                                                  .params = order->params,
                                                  .params_meta = order->params_meta,
                                                  .queued_id = order->queued_id });
        return;
    }
    respond_refused(call, "NOT_FOUND", why_not, 0);
    peer_call_free(call);
}

static struct str
object_of(struct json data, const char *key)
{
    struct json object = json_get(data, key);

    return json_type(object) == JSON_OBJECT ? json_raw(object) : STR("");
}

static void
create_transaction(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    const char *queued_id = json_text(arena, json_get(data, "queuedActionId"));
    struct transaction_order order = { .scope = scope_of(peer, arena, data),
                                       .slug = json_text(arena, json_get(data, "slug")),
                                       .owner = &viewer_of(peer)->principal,
                                       .params = object_of(data, "params"),
                                       .params_meta = object_of(data, "paramsMeta") };

    if (!order.scope || !order.slug)
        respond_refused(call, "NOT_FOUND", "There is no such environment in this organization.", 0);
    else if (queued_id)
        take_queued(
            call,
            &(struct take_order){ order.scope, order.owner, queued_id, order.slug, order.params, order.params_meta },
            on_found);
    else
        create(peer_call_keep(call), &order);
}

static void
connect_to_transaction(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct uuid id;

    if (!id_of(arena, data, "transactionId", &id))
        peer_respond_bool(call, false);
    else if (transaction_view(id, viewer_of(peer)))
        peer_respond_bool(call, true);
    else
        past_show(call, viewer_of(peer), id);
}

static void
leave_transaction(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct uuid id;

    peer_respond_bool(call, id_of(arena, data, "transactionId", &id) && transaction_leave(id, viewer_of(peer)));
}

static void
cancel_transaction(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct uuid id;

    peer_respond_bool(call,
                      id_of(arena, data, "transactionId", &id) && transaction_cancel(id, &viewer_of(peer)->principal));
}

static void
stop_transaction(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct uuid id;

    peer_respond_bool(call,
                      id_of(arena, data, "transactionId", &id) && transaction_stop(id, &viewer_of(peer)->principal));
}

static void
on_answer_stored(bool is_stored, void *arg)
{
    struct peer_call *call = arg;

    peer_respond_bool(call, is_stored);
    peer_call_free(call);
}

static void
respond_to_io_call(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct str response = json_str(arena, json_get(data, "ioResponse"));
    struct peer_call *kept;
    struct uuid id;

    if (!id_of(arena, data, "transactionId", &id) || !response.p) {
        peer_respond_bool(call, false);
        return;
    }
    kept = peer_call_keep(call);
    if (transaction_respond(id, viewer_of(peer), response, on_answer_stored, kept))
        return;
    peer_respond_bool(call, page_respond(id, viewer_of(peer), response));
    peer_call_free(kept);
}

/* actionMode "console" is the development environment; organizationEnvironmentId wins where given (server.md 4.1). */
static struct scope *
page_scope(struct peer *peer, struct arena *arena, struct json data)
{
    struct scope *scope = scope_of(peer, arena, data);
    const struct principal *who = &viewer_of(peer)->principal;
    bool is_console = json_is(json_get(data, "actionMode"), "console");

    return scope ? scope : registry_scope(who->organization, is_console ? "development" : "production", who->user_id);
}

static void
request_page(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct scope *scope = page_scope(peer, arena, data);
    const char *slug = json_text(arena, json_get(data, "pageSlug"));
    struct json params = json_get(data, "params");
    struct err err = { "The request names no page." };
    struct uuid key;

    if (scope && slug && id_of(arena, data, "pageKey", &key) &&
        page_open(key, viewer_of(peer), scope, slug, json_type(params) == JSON_OBJECT ? json_raw(params) : STR("{}"),
                  &err))
        respond_id(call, "pageKey", key);
    else
        respond_refused(call, NULL, err.text, 0);
}

static void
leave_page(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json data)
{
    struct uuid key;

    peer_respond_bool(call, id_of(arena, data, "pageKey", &key) && page_close(key, viewer_of(peer)));
}

const struct peer_method browser_methods[] = {
    { "INITIALIZE_CLIENT", initialize_client },
    { "SUBSCRIBE", subscribe },
    { "CREATE_TRANSACTION", create_transaction },
    { "CONNECT_TO_TRANSACTION_AS_CLIENT", connect_to_transaction },
    { "LEAVE_TRANSACTION", leave_transaction },
    { "CANCEL_TRANSACTION", cancel_transaction },
    { "STOP_TRANSACTION", stop_transaction },
    { "RESPOND_TO_IO_CALL", respond_to_io_call },
    { "REQUEST_PAGE", request_page },
    { "LEAVE_PAGE", leave_page },
    { NULL, NULL },
};
