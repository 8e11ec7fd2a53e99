/* SPDX-License-Identifier: MIT */
/* A scripted socket (ws_peer.h). RFC 6455; the layers above are the server's own rpc/frame.c. */
#include "ws_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"

enum { MAX_BYTES = 64 << 20, READ_BYTES = 64 << 10, MAX_HEAD = 4096, WS_TEXT = 1, WS_PING = 9 };

static void
die(const char *what)
{
    perror(what);
    exit(1);
}

/* The upgrade is waited for: whoever measures starts its clock afterwards. */
static void
upgrade(struct ws_peer *peer, unsigned port, const char *api_key)
{
    struct uuid_text id = uuid_format(uuid_v4());
    char head[MAX_HEAD];
    size_t used = 0;

    if (api_key)
        buf_printf(&peer->out, "GET /websocket HTTP/1.1\r\nx-instance-id: %s\r\nx-api-key: %s\r\n", id.s, api_key);
    else
        buf_printf(&peer->out,
                   "GET /websocket?__INTERVAL_CLIENT_ISOCKET_ID=%s HTTP/1.1\r\nOrigin: http://127.0.0.1:%u\r\n", id.s,
                   port);
    buf_printf(&peer->out,
               "Host: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
               port);
    if (!ws_peer_flush(peer))
        die("sending the upgrade");
    do {
        ssize_t got = recv(peer->fd, head + used, 1, 0); /* byte by byte: what follows are frames */

        if (got <= 0 || ++used == sizeof head)
            die("no answer to the upgrade");
    } while (used < 4 || memcmp(head + used - 4, "\r\n\r\n", 4) != 0);
    if (!memmem(head, used, " 101 ", 5)) {
        fprintf(stderr, "the upgrade was refused: %.*s\n", (int)used, head);
        exit(1);
    }
}

void
ws_peer_open(struct ws_peer *peer, unsigned port, const char *api_key)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;

    address.sin_port = htons((uint16_t)port);
    buf_init(&peer->in, MAX_BYTES);
    buf_init(&peer->out, MAX_BYTES);
    buf_init(&peer->text, MAX_BYTES);
    buf_init(&peer->scratch, MAX_BYTES);
    arena_init(&peer->arena, 0);
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || connect(peer->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connecting");
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    upgrade(peer, port, api_key);
    if (fcntl(peer->fd, F_SETFL, O_NONBLOCK) != 0)
        die("O_NONBLOCK");
}

/* Masked with zeros: the mask protects proxies from scripts, and there are neither here. */
static void
put_frame(struct ws_peer *peer, unsigned opcode, struct str text)
{
    unsigned char head[14] = { (unsigned char)(0x80 | opcode) };
    size_t len = 2;

    if (text.len < 126) {
        head[1] = (unsigned char)(0x80 | text.len);
    } else {
        size_t wide = text.len < 65536 ? 2 : 8;

        head[1] = wide == 2 ? 0xfe : 0xff;
        for (size_t i = 0; i < wide; i++)
            head[len++] = (unsigned char)(text.len >> (8 * (wide - 1 - i)));
    }
    buf_put(&peer->out, head, len + 4);
    buf_put(&peer->out, text.p, text.len);
}

void
ws_peer_call(struct ws_peer *peer, uint64_t id, const char *method, const char *data)
{
    buf_clear(&peer->text);
    rpc_put_call(&peer->text, &peer->scratch, id, method, str_of(data));
    put_frame(peer, WS_TEXT, buf_view(&peer->text));
}

void
ws_peer_ping(struct ws_peer *peer, bool is_frame)
{
    if (is_frame) {
        put_frame(peer, WS_PING, str_of(uuid_format(uuid_v4()).s));
        return;
    }
    buf_clear(&peer->text);
    rpc_put_literal(&peer->text, "ping");
    put_frame(peer, WS_TEXT, buf_view(&peer->text));
}

static void
take_message(struct ws_peer *peer, struct str text)
{
    struct rpc_frame frame;
    struct err err;

    arena_reset(&peer->arena);
    if (!rpc_frame_read(&peer->arena, text, &frame, &err)) {
        fprintf(stderr, "the server sent no ISocket frame: %s\n", err.text);
        exit(1);
    }
    if (frame.kind == RPC_ACK)
        return;
    buf_clear(&peer->text);
    rpc_put_ack(&peer->text, frame.message_id);
    put_frame(peer, WS_TEXT, buf_view(&peer->text));
    if (frame.kind != RPC_CALL && frame.kind != RPC_RESPONSE)
        return;
    peer->on_frame(peer, &frame);
    if (frame.kind == RPC_CALL) {
        buf_clear(&peer->text);
        rpc_put_response(&peer->text, &peer->scratch, frame.id, frame.method, STR("true"));
        put_frame(peer, WS_TEXT, buf_view(&peer->text));
    }
}

/* One frame from the front of `bytes`; 0: not all of it is there. Only text matters: the server pings rarely. */
static size_t
take_frame(struct ws_peer *peer, struct str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t head = 2, len;

    if (bytes.len < head)
        return 0;
    len = p[1] & 0x7f;
    if (len >= 126) {
        size_t wide = len == 126 ? 2 : 8;

        head += wide;
        if (bytes.len < head)
            return 0;
        len = 0;
        for (size_t i = 0; i < wide; i++)
            len = len << 8 | p[2 + i];
    }
    if (bytes.len - head < len)
        return 0;
    if ((p[0] & 0x0f) == 1)
        take_message(peer, (struct str){ bytes.p + head, len });
    return head + len;
}

bool
ws_peer_read(struct ws_peer *peer)
{
    for (;;) {
        size_t done = 0, used;
        ssize_t got;

        if (!buf_reserve(&peer->in, READ_BYTES))
            die("the server sent more than anyone can keep");
        got = recv(peer->fd, peer->in.p + peer->in.len, READ_BYTES, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return false;
        if (got < 0)
            return true;
        peer->in.len += (size_t)got;
        while ((used = take_frame(peer, (struct str){ peer->in.p + done, peer->in.len - done })) > 0)
            done += used;
        buf_drop(&peer->in, done);
    }
}

bool
ws_peer_flush(struct ws_peer *peer)
{
    while (peer->out.len > 0) {
        ssize_t sent = send(peer->fd, peer->out.p, peer->out.len, MSG_NOSIGNAL);

        if (sent < 0)
            return errno == EAGAIN ? false : (die("sending"), false);
        buf_drop(&peer->out, (size_t)sent);
    }
    return true;
}
