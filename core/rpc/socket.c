/* SPDX-License-Identifier: MIT */
/* From sockets to the control thread (socket.h). */
#include "rpc/socket.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/ws.h"
#include "loop/control.h"
#include "rpc/browser.h"

/*
 * What of one connection control has not looked at yet, in messages of up to CREDIT_BYTES: above the first nothing more
 * is read, below the second it is again.
 */
enum { CREDIT_STOP = 64, CREDIT_RESUME = 16, CREDIT_BYTES = 64 << 10 };

/* Belongs to the http thread until on_close, then to the control thread, which frees it behind the last message. */
struct socket {
    struct message opened, closed;
    struct ws *ws;     /* set when open; the reference is the peer's */
    struct peer *peer; /* control thread only */
    struct principal who;
    struct host_login login; /* instance_id NULL: a browser, `who` */
    unsigned close_code;
    struct arena texts;
    atomic_int unread;
    atomic_bool is_paused;
};

struct incoming {
    struct message message;
    struct socket *socket;
    size_t len;
    char text[];
};

static int
cost_of(size_t len)
{
    return 1 + (int)(len / CREDIT_BYTES); /* len: at most SOCKET_MAX_MESSAGE */
}

/* Either thread, whichever sees last that enough has been looked at. */
static void
resume_if_paused(struct socket *socket)
{
    if (atomic_load(&socket->unread) <= CREDIT_RESUME && atomic_exchange(&socket->is_paused, false))
        ws_resume(socket->ws);
}

static void
on_control_opened(struct message *message)
{
    struct socket *socket = container_of(message, struct socket, opened);

    socket->peer = socket->login.instance_id ? host_connected(socket->ws, &socket->login)
                                             : browser_connected(socket->ws, &socket->who);
}

static void
on_control_text(struct message *message)
{
    struct incoming *incoming = container_of(message, struct incoming, message);
    struct socket *socket = incoming->socket;

    if (socket->peer)
        peer_received(socket->peer, (struct str){ incoming->text, incoming->len });
    atomic_fetch_sub(&socket->unread, cost_of(incoming->len));
    resume_if_paused(socket);
    free(incoming);
}

static void
on_control_closed(struct message *message)
{
    struct socket *socket = container_of(message, struct socket, closed);

    if (socket->peer)
        peer_gone(socket->peer, socket->close_code);
    arena_fini(&socket->texts);
    free(socket);
}

static void
on_open(struct ws *ws, void *arg)
{
    struct socket *socket = arg;

    socket->ws = ws_get(ws);
    control_post(&socket->opened, on_control_opened);
}

/* Control need not be woken for an acknowledgement. (Another text that is taken for one waits a second at most.) */
static bool
is_ack(struct str text)
{
    enum { MAX_ACK = 256 };

    return text.len && text.len < MAX_ACK && memmem(text.p, text.len, "\"ACK\"", 5);
}

static void
on_text(struct ws *ws, struct str text, void *arg)
{
    struct socket *socket = arg;
    struct incoming *incoming = mem_realloc(NULL, sizeof *incoming + text.len);

    incoming->socket = socket;
    incoming->len = text.len;
    if (text.len)
        memcpy(incoming->text, text.p, text.len);
    if (atomic_fetch_add(&socket->unread, cost_of(text.len)) + cost_of(text.len) >= CREDIT_STOP &&
        !atomic_exchange(&socket->is_paused, true)) {
        ws_pause(ws);
        resume_if_paused(socket); /* control may have looked at everything since, and seen no pause to end */
    } else if (is_ack(text)) {
        control_post_quietly(&incoming->message, on_control_text);
        return;
    }
    control_post(&incoming->message, on_control_text);
}

static void
on_close(struct ws *ws, unsigned code, void *arg)
{
    struct socket *socket = arg;

    (void)ws;
    socket->close_code = code;
    control_post(&socket->closed, on_control_closed);
}

static const struct ws_handler handler = { .on_open = on_open, .on_text = on_text, .on_close = on_close };

static struct socket *
socket_new(void)
{
    struct socket *socket = mem_alloc(sizeof *socket);

    arena_init(&socket->texts, 0);
    return socket;
}

void
socket_accept_browser(struct http_call *call, const struct principal *who)
{
    struct socket *socket = socket_new();

    socket->who = principal_copy(&socket->texts, who);
    ws_put(http_call_accept(call, &handler, socket, SOCKET_MAX_MESSAGE));
}

void
socket_accept_host(struct http_call *call, const struct host_login *login)
{
    struct socket *socket = socket_new();

    socket->login = host_login_copy(&socket->texts, login);
    ws_put(http_call_accept(call, &handler, socket, SOCKET_MAX_MESSAGE));
}

static void
ignore_text(struct ws *ws, struct str text, void *arg)
{
    (void)ws, (void)text, (void)arg;
}

static void
ignore_close(struct ws *ws, unsigned code, void *arg)
{
    (void)ws, (void)code, (void)arg;
}

void
socket_refuse_host(struct http_call *call, const char *reason)
{
    static const struct ws_handler deaf = { .on_text = ignore_text, .on_close = ignore_close };
    struct ws *ws = http_call_accept(call, &deaf, NULL, SOCKET_MAX_REFUSED);

    ws_close(ws, 1008, reason);
    ws_put(ws);
}
