/* SPDX-License-Identifier: MIT */
/*
 * What the files of a WebSocket connection share: ws.c (life, commands), ws_io.c (reading, closing), ws_out.c
 * (writing).
 */
#ifndef HTTP_WS_INTERNAL_H
#define HTTP_WS_INTERNAL_H

#include <wslay/wslay.h>

#include "http/internal.h"
#include "http/ws.h"

enum { WS_TEXT = 0x1, WS_BINARY = 0x2, WS_CLOSE = 0x8, WS_PING = 0x9, WS_MAX_REASON = 123 };

struct ws {
    _Atomic unsigned refs;
    _Atomic bool is_closing;     /* sends are dropped */
    _Atomic size_t posted_bytes; /* on the way from other threads */
    _Atomic size_t queued_bytes; /* in `waiting` and `flying` */
    struct http_thread *thread;
    const struct ws_handler *handler;
    void *arg;

    /* http thread only */
    struct http_turn turn;
    struct http_conn *conn; /* NULL before the upgrade and after the end */
    h2o_socket_t *sock;
    wslay_event_context_ptr wslay;
    struct buf waiting, flying; /* whole frames; flying is being written from flying_at on */
    size_t flying_at, writing;

    int pauses; /* not resumed yet */
    bool is_over;
    bool has_sent_close, has_got_close;
    bool has_failed; /* the peer broke a rule: what it still sends is not looked at */
    bool has_pinged; /* and heard nothing since */
    unsigned close_code;
    int64_t heard_at, ping_at, drain_at, close_at; /* INT64_MAX: not waiting for that */
};

/* ws.c */
struct ws *ws_new(struct http_thread *thread, const struct ws_handler *handler, void *arg, size_t max_message_bytes);
void ws_upgrade(struct ws *ws, struct http_request *request); /* request NULL: the client has gone */

/* ws_io.c */
extern const struct wslay_event_callbacks ws_wslay_callbacks;
void ws_open(struct ws *ws, h2o_socket_t *sock);
void ws_read(struct ws *ws); /* handles what has arrived */
void ws_start_close(struct ws *ws, unsigned code, struct str reason);
void ws_fail(struct ws *ws, unsigned code); /* close frame, then stop listening to the peer */
void ws_end(struct ws *ws, unsigned code);  /* now */
void ws_settle(struct ws *ws);              /* after anything changed: reading, deadlines, end of a close */

/* ws_out.c */
void ws_put_frame(struct ws *ws, unsigned opcode, struct str payload);
void ws_put_raw(struct ws *ws, struct str bytes);
void ws_flush(struct ws *ws);
bool ws_is_flushed(const struct ws *ws);

static inline const struct http_limits *
ws_limits(const struct ws *ws)
{
    return &ws->thread->server->config.limits;
}

#endif
