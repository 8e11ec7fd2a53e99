/* SPDX-License-Identifier: MIT */
/*
 * WebSocket connections (RFC 6455), text messages only. A struct ws is reference counted: the connection has a
 * reference until on_close has returned, whoever gets one from ws_accept or http_call_accept has another. Handlers run
 * on the http thread of the connection. No extensions are offered.
 */
#ifndef HTTP_WS_H
#define HTTP_WS_H

#include "http/call.h"

struct ws_handler {
    void (*on_open)(struct ws *ws, void *arg); /* the upgrade went through; may be NULL */
    /* one whole message, valid UTF-8; text lives for the call */
    void (*on_text)(struct ws *ws, struct str text, void *arg);
    /*
     * Exactly once, also when the upgrade failed, and nothing comes after it. 1006: lost without a close frame (RFC
     * 6455 7.4.1)
     */
    void (*on_close)(struct ws *ws, unsigned code, void *arg);
};

/* Is this a complete WebSocket handshake? If not, it has been answered (400, 405 or 426). http thread. */
bool ws_check(struct http_request *request);

/*
 * Upgrades a request that passed ws_check. What is sent before on_open is kept and sent then. handler and arg outlive
 * on_close. Messages over max_message_bytes close with 1009. The caller owns a reference.
 */
struct ws *ws_accept(struct http_request *request, const struct ws_handler *handler, void *arg,
                     size_t max_message_bytes);

/* The same for a held request, from any thread; gives the call back. */
struct ws *http_call_accept(struct http_call *call, const struct ws_handler *handler, void *arg,
                            size_t max_message_bytes);

struct ws *ws_get(struct ws *ws);
void ws_put(struct ws *ws);

/*
 * Any thread; in the order of the calling thread. Many messages of one loop turn become one write. false: closing or
 * closed, the message is dropped. A peer for whom more than ws_hard_bytes wait already is closed with 1013.
 */
bool ws_send_text(struct ws *ws, struct str text);

/*
 * The same, but a socket of another thread is not told: it leaves with whatever that thread is sent next, or after
 * ws_nudge().
 */
bool ws_send_text_quietly(struct ws *ws, struct str text);
void ws_nudge(struct ws *ws);

/* Any thread. Sends a close frame behind what is queued; reason: at most 123 bytes of UTF-8. */
void ws_close(struct ws *ws, unsigned code, const char *reason);

/*
 * Any thread. While paused nothing is read from the peer; up to 4 KiB already taken from the socket may still be
 * delivered. Pauses add up: each ends with a resume of its own.
 */
void ws_pause(struct ws *ws);
void ws_resume(struct ws *ws);

size_t ws_queued_bytes(const struct ws *ws); /* waiting to be sent; any thread */

#endif
