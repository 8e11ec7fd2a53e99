/* SPDX-License-Identifier: MIT */
/*
 * GET of one file (uplink_fetch.h). The length has to be known before, so that half a file is never taken for one.
 * Writing goes to the page cache, piece by piece: a thread of its own would be one more way for a run to end.
 */
#include "rpc/uplink_fetch.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/reach.h"
#include "loop/control.h"
#include "rpc/uplink_head.h"
#include "rpc/uplink_stream.h"

enum { PIECE = 64 << 10, PIECES_A_TURN = 16 };

struct uplink_fetch {
    struct uplink_fetch_spec spec;
    struct uplink_stream *stream;
    struct buf out, head;
    bool has_head;
    int64_t length, got;
    ev_timer patience;
};

void
uplink_fetch_cancel(struct uplink_fetch *fetch)
{
    ev_timer_stop(control_loop(), &fetch->patience);
    uplink_stream_close(fetch->stream);
    buf_fini(&fetch->out);
    buf_fini(&fetch->head);
    free(fetch);
}

static void
finish(struct uplink_fetch *fetch, const struct err *err)
{
    struct uplink_fetch_spec spec = fetch->spec;
    int64_t got = fetch->got;

    uplink_fetch_cancel(fetch);
    spec.done(spec.arg, got, err);
}

static bool
keep(struct uplink_fetch *fetch, struct str bytes, struct err *err)
{
    fetch->got += (int64_t)bytes.len;
    if (fetch->got > fetch->length)
        return err_set(err, "more came than was announced");
    while (bytes.len) {
        ssize_t written = write(fetch->spec.fd, bytes.p, bytes.len);

        if (written < 0 && errno != EINTR)
            return err_set_errno(err, "it cannot be kept");
        if (written > 0)
            bytes = (struct str){ bytes.p + written, bytes.len - (size_t)written };
    }
    return true;
}

/* The digits of Content-Length; -1: there are none. */
static int64_t
length_of(struct str head)
{
    struct str text = head_field(head, "content-length");
    int64_t length = 0;

    if (!text.len || text.len > 18 || head_field(head, "transfer-encoding").len)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return -1;
        length = length * 10 + (text.p[i] - '0');
    }
    return length;
}

static bool
judge(struct uplink_fetch *fetch, struct str head, struct err *err)
{
    unsigned status = head_status(head);

    if (status != 200)
        return err_set(err, status ? "its address answered HTTP %u" : "its address does not speak HTTP", status);
    fetch->length = length_of(head);
    if (fetch->length < 0)
        return err_set(err, "its address does not say how long it is");
    if (fetch->length > fetch->spec.max_bytes)
        return err_set(err, "it is larger than this host takes (UPLOAD_MAX_BYTES)");
    fetch->has_head = true;
    return true;
}

static bool
take(struct uplink_fetch *fetch, struct str bytes, struct err *err)
{
    const char *end;
    size_t len;

    if (fetch->has_head)
        return keep(fetch, bytes, err);
    buf_put(&fetch->head, bytes.p, bytes.len);
    end = fetch->head.len ? memmem(fetch->head.p, fetch->head.len, "\r\n\r\n", 4) : NULL;
    if (!end)
        return fetch->head.len < UPLINK_MAX_HEAD || err_set(err, "its address does not speak HTTP");
    len = (size_t)(end - fetch->head.p) + 4;
    return judge(fetch, (struct str){ fetch->head.p, len }, err) &&
           keep(fetch, (struct str){ fetch->head.p + len, fetch->head.len - len }, err);
}

static bool
send_request(struct uplink_fetch *fetch)
{
    while (fetch->out.len) {
        ssize_t sent = uplink_stream_write(fetch->stream, fetch->out.p, fetch->out.len);

        if (sent < 0)
            return sent == UPLINK_WAIT;
        buf_drop(&fetch->out, (size_t)sent);
    }
    return true;
}

static void
on_ready(void *arg)
{
    struct uplink_fetch *fetch = arg;
    bool has_ended = !send_request(fetch);
    char piece[PIECE];
    struct err err;

    ev_timer_again(control_loop(), &fetch->patience);
    for (int i = 0; i < PIECES_A_TURN && !has_ended; i++) {
        ssize_t got = uplink_stream_read(fetch->stream, piece, sizeof piece);

        if (got == UPLINK_WAIT)
            return;
        has_ended = got < 0;
        if (!has_ended && !take(fetch, (struct str){ piece, (size_t)got }, &err)) {
            finish(fetch, &err);
            return;
        }
        if (fetch->has_head && fetch->got == fetch->length) {
            finish(fetch, NULL);
            return;
        }
    }
    if (has_ended) {
        err_set(&err, "the connection broke off after %lld bytes", (long long)fetch->got);
        finish(fetch, &err);
    }
}

static void
on_failed(void *arg, bool is_hopeless, const struct err *err)
{
    struct err copy = *err;

    (void)is_hopeless;
    finish(arg, &copy);
}

static bool
may_connect(void *arg, const struct sockaddr *address)
{
    const struct uplink_fetch *fetch = arg;

    return fetch->spec.is_trusted || reach_of(address) == REACH_PUBLIC;
}

static void
on_impatient(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct uplink_fetch *fetch = container_of(timer, struct uplink_fetch, patience);
    struct err err;

    (void)loop, (void)events;
    err_set(&err, "nothing came for %lld ms", (long long)fetch->spec.patience_ms);
    finish(fetch, &err);
}

struct uplink_fetch *
uplink_fetch_start(const struct uplink_fetch_spec *spec)
{
    static const struct uplink_stream_events events = {
        .open = on_ready,
        .ready = on_ready,
        .failed = on_failed,
        .may_connect = may_connect,
    };
    struct uplink_fetch *fetch = mem_alloc(sizeof *fetch);

    fetch->spec = *spec;
    buf_init(&fetch->out, UPLINK_MAX_HEAD);
    buf_init(&fetch->head, UPLINK_MAX_HEAD + PIECE);
    head_put_get(&fetch->out, spec->address);
    buf_str(&fetch->out, "Accept-Encoding: identity\r\nConnection: close\r\n\r\n");
    ev_timer_init(&fetch->patience, on_impatient, 0, (double)spec->patience_ms / 1000);
    ev_timer_again(control_loop(), &fetch->patience);
    fetch->stream = uplink_stream_open(spec->address, &events, fetch);
    return fetch;
}
