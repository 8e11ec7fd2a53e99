/* SPDX-License-Identifier: MIT */
/* The upgrade to a WebSocket, from the client's side (uplink_upgrade.h). */
#include "rpc/uplink_upgrade.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "rpc/uplink_head.h"

enum { NONCE_LEN = 16, ACCEPT_LEN = 28 };

void
upgrade_init(struct upgrade *upgrade, const struct uplink_address *address, const char *api_key,
             const char *instance_id)
{
    unsigned char nonce[NONCE_LEN];

    *upgrade = (struct upgrade){ .address = address };
    buf_init(&upgrade->out, UPLINK_MAX_HEAD);
    buf_init(&upgrade->in, UPLINK_MAX_HEAD);
    ASSERT(RAND_bytes(nonce, sizeof nonce) == 1);
    EVP_EncodeBlock((unsigned char *)upgrade->key, nonce, sizeof nonce);
    head_put_get(&upgrade->out, address);
    buf_printf(&upgrade->out,
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n"
               "x-api-key: %s\r\nx-instance-id: %s\r\n\r\n",
               upgrade->key, api_key, instance_id);
}

void
upgrade_fini(struct upgrade *upgrade)
{
    buf_fini(&upgrade->out);
    buf_fini(&upgrade->in);
}

bool
upgrade_write(struct upgrade *upgrade, struct uplink_stream *stream)
{
    while (upgrade->out.len) {
        ssize_t sent = uplink_stream_write(stream, upgrade->out.p, upgrade->out.len);

        if (sent < 0)
            return sent == UPLINK_WAIT;
        buf_drop(&upgrade->out, (size_t)sent);
    }
    return true;
}

static bool
is_accepted(const struct upgrade *upgrade, struct str head)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char source[sizeof upgrade->key + sizeof guid], wanted[ACCEPT_LEN + 1];
    unsigned char digest[SHA_DIGEST_LENGTH];
    int len = snprintf(source, sizeof source, "%s%s", upgrade->key, guid);

    SHA1((const unsigned char *)source, (size_t)len, digest);
    EVP_EncodeBlock((unsigned char *)wanted, digest, sizeof digest);
    return str_is(head_field(head, "sec-websocket-accept"), wanted);
}

static void
refuse(struct upgrade *upgrade, struct str head, unsigned status, struct uplink_end *end)
{
    const char *at = upgrade->address->text;
    struct str target = head_field(head, "location");

    /* Busy, starting, or a proxy in front of a server that is: the only refusals that pass (host-protocol.md P3). */
    end->is_hopeless = status < 500 && status != 408 && status != 429;
    if (status == 401 || status == 403)
        err_set(&end->explanation,
                "%s answered HTTP %u instead of opening a WebSocket; check the API key, and that no proxy in front "
                "asks for another sign-in",
                at, status);
    else if (status >= 300 && status < 400)
        err_set(&end->explanation, "%s answered HTTP %u and points to %.*s; give that address as the endpoint", at,
                status, target.len ? (int)target.len : 1, target.len ? target.p : "?");
    else if (status >= 500)
        err_set(&end->explanation, "%s answered HTTP %u: the server is not ready", at, status);
    else if (status == 404)
        err_set(&end->explanation,
                "%s answered HTTP 404: there is a web server, but nothing at this path; the path of an Interval server "
                "is /websocket",
                at);
    else
        err_set(&end->explanation,
                "%s answered HTTP %u instead of opening a WebSocket; is it the address of an Interval server, with "
                "the path /websocket?",
                at, status);
}

static enum upgrade_state
judge(struct upgrade *upgrade, struct str head, struct uplink_end *end)
{
    unsigned status = head_status(head);

    if (status == 101 && is_accepted(upgrade, head))
        return UPGRADE_DONE;
    end->is_hopeless = true;
    if (status == 101)
        err_set(&end->explanation, "%s answered the WebSocket handshake wrongly; is there a proxy in between?",
                upgrade->address->text);
    else if (!status)
        err_set(&end->explanation, "%s answers, but not with HTTP; is the port right, and should it be %s?",
                upgrade->address->text, upgrade->address->is_tls ? "ws://" : "wss://");
    else
        refuse(upgrade, head, status, end);
    return UPGRADE_REFUSED;
}

enum upgrade_state
upgrade_read(struct upgrade *upgrade, struct uplink_stream *stream, struct uplink_end *end)
{
    const char *head_end;
    bool has_ended = !upgrade_write(upgrade, stream);
    ssize_t got;

    while (!has_ended && buf_reserve(&upgrade->in, 1024)) {
        got = uplink_stream_read(stream, upgrade->in.p + upgrade->in.len, upgrade->in.cap - upgrade->in.len);
        if (got == UPLINK_WAIT)
            return UPGRADE_WAITS;
        has_ended = got < 0;
        upgrade->in.len += has_ended ? 0 : (size_t)got;
        head_end = upgrade->in.len ? memmem(upgrade->in.p, upgrade->in.len, "\r\n\r\n", 4) : NULL;
        if (head_end) {
            upgrade->taken = (size_t)(head_end - upgrade->in.p) + 4;
            return judge(upgrade, (struct str){ upgrade->in.p, upgrade->taken }, end);
        }
        if (upgrade->in.len >= 5 && memcmp(upgrade->in.p, "HTTP/", 5) != 0)
            return judge(upgrade, buf_view(&upgrade->in), end);
    }
    if (upgrade->in.len)
        return judge(upgrade, (struct str){ "", 0 }, end);
    err_set(&end->explanation,
            "%s closed the connection without an answer; is it an Interval server, and should the "
            "endpoint begin with %s?",
            upgrade->address->text, upgrade->address->is_tls ? "ws://" : "wss://");
    return UPGRADE_REFUSED;
}

struct str
upgrade_rest(struct upgrade *upgrade, size_t len)
{
    struct str rest = { upgrade->in.p + upgrade->taken, upgrade->in.len - upgrade->taken };

    if (rest.len > len)
        rest.len = len;
    upgrade->taken += rest.len;
    return rest;
}
