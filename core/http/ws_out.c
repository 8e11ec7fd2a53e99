/* SPDX-License-Identifier: MIT */
/*
 * What goes out on a WebSocket: our frames and those wslay makes (pongs, close) end up in one buffer in one order, and
 * one write is in flight at a time. When a write is done, everything that has gathered meanwhile becomes the next one.
 */
#include <sys/socket.h>

#include "http/ws_internal.h"

enum { MAX_WRITE = 256 * 1024, KEEP_BYTES = 64 * 1024 };

static void
publish(struct ws *ws)
{
    atomic_store_explicit(&ws->queued_bytes, ws->waiting.len + ws->flying.len - ws->flying_at, memory_order_relaxed);
}

/*
 * Too much is waiting: what has not begun to leave is dropped (whole frames), the peer learns why if it ever reads on.
 */
static void
overflow(struct ws *ws)
{
    buf_clear(&ws->waiting);
    publish(ws);
    ws->has_failed = true; /* first: the close frame comes through here, too */
    ws_fail(ws, 1013);
}

void
ws_put_raw(struct ws *ws, struct str bytes)
{
    size_t queued = ws->waiting.len + ws->flying.len - ws->flying_at;

    if (queued > ws_limits(ws)->ws_hard_bytes && !ws->has_sent_close && !ws->has_failed) {
        overflow(ws);
        return;
    }
    buf_put(&ws->waiting, bytes.p, bytes.len);
    publish(ws);
}

/* RFC 6455 5.2: FIN, opcode; servers do not mask */
void
ws_put_frame(struct ws *ws, unsigned opcode, struct str payload)
{
    unsigned char head[10] = { (unsigned char)(0x80 | opcode) };
    size_t len = 2;

    if (ws->has_sent_close || ws->is_over)
        return;
    if (payload.len < 126) {
        head[1] = (unsigned char)payload.len;
    } else {
        unsigned bytes = payload.len < 65536 ? 2 : 8;

        head[1] = bytes == 2 ? 126 : 127;
        while (bytes-- > 0)
            head[len++] = (unsigned char)((uint64_t)payload.len >> (8 * bytes));
    }
    buf_put(&ws->waiting, head, len);
    ws_put_raw(ws, payload);
}

bool
ws_is_flushed(const struct ws *ws)
{
    return ws->waiting.len == 0 && ws->flying.len == 0;
}

static void
release(struct buf *buf)
{
    if (buf->cap > KEEP_BYTES)
        buf_fini(buf);
    buf_clear(buf);
}

static void
on_written(h2o_socket_t *sock, const char *error)
{
    struct ws *ws = sock->data;

    if (error) {
        ws_end(ws, ws->close_code);
        return;
    }
    ws->flying_at += ws->writing;
    if (ws->flying_at == ws->flying.len) {
        release(&ws->flying);
        ws->flying_at = 0;
    }
    publish(ws);
    ws->drain_at = INT64_MAX;
    http_turn_add(ws->thread, &ws->turn);
}

void
ws_flush(struct ws *ws)
{
    h2o_iovec_t bytes;

    if (!ws->sock || h2o_socket_is_writing(ws->sock))
        return;
    if (ws->flying.len == 0) {
        struct buf empty = ws->flying;

        ws->flying = ws->waiting;
        ws->waiting = empty;
    }
    if (ws->flying.len == 0)
        return;
    ws->writing = ws->flying.len - ws->flying_at < MAX_WRITE ? ws->flying.len - ws->flying_at : MAX_WRITE;
    bytes = h2o_iovec_init(ws->flying.p + ws->flying_at, ws->writing);
    ws->drain_at = now_ms() + ws_limits(ws)->ws_drain_ms;
    h2o_socket_write(ws->sock, &bytes, 1, on_written);
}
