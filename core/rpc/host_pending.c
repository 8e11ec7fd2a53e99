/* SPDX-License-Identifier: MIT */
/*
 * Calls of ours that hosts have not answered yet: who answers nothing has not understood (host-protocol.md 1.5: there
 * is no error frame).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "json/write.h"
#include "rpc/host_internal.h"

enum { MAX_MESSAGE = 8192 };

static const char *
name_of(enum host_method method, bool is_page)
{
    static const char *const names[][2] = {
        [HOST_START] = { "START_TRANSACTION", "START_TRANSACTION" },
        [HOST_OPEN_PAGE] = { "OPEN_PAGE", "OPEN_PAGE" },
        [HOST_IO_RESPONSE] = { "IO_RESPONSE", "IO_RESPONSE" },
        [HOST_CLOSE] = { "CLOSE_TRANSACTION", "CLOSE_PAGE" },
    };

    return names[method][is_page];
}

static void
pending_free(struct host_pending *pending)
{
    list_remove(&pending->link);
    free(pending);
}

bool
host_send(struct sdk_host *host, enum host_method method, const struct host_run *run, struct str inputs)
{
    struct sdk_conn *conn = host->conn;
    struct host_pending *pending;
    uint64_t call;

    if (!conn)
        return false;
    call = peer_send_call_within(&conn->peer, name_of(method, run->is_page), inputs, host->profile.max_frame_bytes);
    if (!call)
        return false;
    pending = mem_alloc(sizeof *pending);
    *pending = (struct host_pending){ .method = method,
                                      .call = call,
                                      .message = conn->last_sent,
                                      .run = run->id,
                                      .deadline = clock_mono_ms() + HOST_RESPONSE_MS };
    list_add_tail(&conn->pending, &pending->link);
    return true;
}

/* A result or layout made here: nothing but an error. */
static void
put_error(struct buf *out, bool is_page, const char *error, const char *message)
{
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    if (is_page) {
        json_pair_text(&json, "kind", "BASIC");
        json_name(&json, "errors");
        json_array(&json);
    } else {
        json_pair_int(&json, "schemaVersion", 1);
        json_pair_text(&json, "status", "FAILURE");
        json_name(&json, "data");
    }
    json_object(&json);
    json_pair_text(&json, "error", error);
    json_pair_text(&json, "message", message);
    json_object_end(&json);
    if (is_page)
        json_array_end(&json);
    json_object_end(&json);
}

/* The run did not begin at the host. */
static void
fail(struct host_run *run, const char *error, const char *message)
{
    struct buf text;

    buf_init(&text, MAX_MESSAGE * 8);
    put_error(&text, run->is_page, error, message);
    if (run->is_page)
        run->events->page(run, (struct host_call){ .run = run }, buf_view(&text));
    else
        run->events->complete(run, (struct host_call){ .run = run }, HOST_FAILURE, buf_view(&text));
    buf_fini(&text);
}

static void
refused(struct sdk_conn *conn, const struct host_pending *pending, const char *message)
{
    struct host_run *run = sdk_run_find(conn->host, pending->run);

    if (!run || pending->method == HOST_CLOSE)
        return;
    if (pending->method == HOST_IO_RESPONSE)
        log_warn("host", "%s did not understand an answer for run %s", conn->host->instance_id, uuid_format(run->id).s);
    else
        fail(run, "HostRefused", message);
}

void
host_pending_response(struct sdk_conn *conn, const struct rpc_frame *frame)
{
    char text[24];

    LIST_EACH(&conn->pending, node)
    {
        struct host_pending *pending = LIST_ENTRY(node, struct host_pending, link);
        const char *message;

        snprintf(text, sizeof text, "%llu", (unsigned long long)pending->call);
        if (!str_is(frame->id, text))
            continue;
        list_remove(&pending->link);
        message = json_text(&conn->peer.arena, json_get(frame->data, "message"));
        if (pending->method == HOST_OPEN_PAGE && json_is(json_get(frame->data, "type"), "ERROR"))
            refused(conn, pending, message ? message : "The host did not open this page.");
        pending_free(pending);
        return;
    }
}

void
host_pending_ack(struct sdk_conn *conn, struct uuid message)
{
    LIST_EACH(&conn->pending, node)
    {
        struct host_pending *pending = LIST_ENTRY(node, struct host_pending, link);

        if (uuid_eq(pending->message, message)) {
            pending->is_acked = true;
            return;
        }
    }
}

void
host_pending_expire(struct sdk_conn *conn, int64_t now)
{
    LIST_EACH(&conn->pending, node)
    {
        struct host_pending *pending = LIST_ENTRY(node, struct host_pending, link);

        if (now < pending->deadline)
            break;
        if (!pending->is_acked) /* it may just be computing; if it stays deaf, the connection is closed */
            continue;
        list_remove(&pending->link);
        refused(conn, pending, "The host did not answer. It may not understand the parameters of this run.");
        pending_free(pending);
    }
}

void
host_pending_drop(struct sdk_conn *conn)
{
    LIST_EACH(&conn->pending, node)
    pending_free(LIST_ENTRY(node, struct host_pending, link));
}
