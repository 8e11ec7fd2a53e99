/* SPDX-License-Identifier: MIT */
/* SDK hosts as struct host_ops: what runs tell them (host.h). */
#include "json/write.h"
#include "rpc/host_inputs.h"
#include "rpc/host_internal.h"

static bool
on_start(struct host *base, struct host_run *run, struct route *route, struct str inputs, int64_t *retry_after_ms,
         struct err *err)
{
    struct sdk_host *host = sdk_host_of(base);
    bool is_sent = false;
    struct buf text;

    *retry_after_ms = 0;
    if (!host->conn || strcmp(base->status, "ONLINE") != 0)
        return err_set(err, "The host of '%s' is not connected. Start it, or wait until it is back.", route->slug);
    buf_init(&text, HOST_MAX_DATA);
    if (!host_inputs(&text, &host->profile, host_environment(host), inputs, err)) {
        buf_fini(&text);
        return false;
    }
    sdk_run_add(host, run); /* it may be spoken of before the call is answered */
    is_sent = !text.over && host_send(host, run->is_page ? HOST_OPEN_PAGE : HOST_START, run, buf_view(&text));
    buf_fini(&text);
    if (is_sent)
        return true;
    sdk_run_remove(run);
    return err_set(err, "The parameters are too long for the host of '%s'.", route->slug);
}

/* {"transactionId":"…"} or {"pageKey":"…"}, and more behind it. */
static void
begin(struct buf *text, struct json_out *json, const char *key, const struct host_run *run)
{
    struct uuid_text id = uuid_format(run->id);

    buf_init(text, HOST_MAX_DATA);
    json_out_init(json, text);
    json_object(json);
    json_pair_text(json, key, id.s);
}

static bool
on_io_response(struct host_run *run, struct uuid group, struct str response)
{
    struct json_out json;
    struct buf text;
    bool is_sent;

    (void)group;                               /* it is in the response, too */
    begin(&text, &json, "transactionId", run); /* of pages, too (host-protocol.md 2.2) */
    json_pair_str(&json, "value", response);
    json_object_end(&json);
    is_sent = !text.over && host_send(sdk_host_of(run->host), HOST_IO_RESPONSE, run, buf_view(&text));
    buf_fini(&text);
    return is_sent;
}

void
host_send_close(struct sdk_host *host, const struct host_run *run)
{
    struct json_out json;
    struct buf text;

    if (run->is_page ? !host->profile.has_pages : !host->profile.has_close_transaction)
        return;
    begin(&text, &json, run->is_page ? "pageKey" : "transactionId", run);
    json_object_end(&json);
    host_send(host, HOST_CLOSE, run, buf_view(&text));
    buf_fini(&text);
}

static void
on_close(struct host_run *run)
{
    struct sdk_host *host = sdk_host_of(run->host);

    sdk_run_remove(run);
    host_send_close(host, run);
}

/* Nobody can end a computation in another process; the run ends here, and the host learns that it did. */
static void
on_stop(struct host_run *run)
{
    static const struct host_loss loss = { .is_crash = true, .message = "was stopped by a person" };

    on_close(run);
    run->events->lost(run, &loss);
}

const struct host_ops sdk_host_ops = {
    .start = on_start,
    .io_response = on_io_response,
    .close = on_close,
    .stop = on_stop,
    .reply = host_answer,
};
