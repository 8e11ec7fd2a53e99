/* SPDX-License-Identifier: MIT */
/* Taking an endpoint apart (uplink_address.h). */
#include "rpc/uplink_address.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/str.h"

static const char EXAMPLE[] = "write it as ws://HOST:3000/websocket, or wss://HOST/websocket for a server behind TLS";

static bool
refuse(const char *text, const char *why, struct err *err)
{
    return err_set(err, "the endpoint \"%.200s\" %s; %s", text, why, EXAMPLE);
}

struct scheme {
    const char *name;
    bool is_tls;
};

/* Behind the scheme; NULL: it is neither of the two. */
static const char *
read_scheme(const char *text, const struct scheme schemes[2], struct uplink_address *address)
{
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i].name);

        if (strncasecmp(text, schemes[i].name, len) == 0) {
            address->is_tls = schemes[i].is_tls;
            return text + len;
        }
    }
    return NULL;
}

static bool
read_port(const char *text, const char *port, size_t len, struct uplink_address *address, struct err *err)
{
    char *end;
    long value;

    if (!len)
        return snprintf(address->port, sizeof address->port, "%s", address->is_tls ? "443" : "80") > 0;
    if (len >= sizeof address->port)
        return refuse(text, "has a port that is no number from 1 to 65535", err);
    memcpy(address->port, port, len);
    address->port[len] = '\0';
    value = strtol(address->port, &end, 10);
    return (!*end && value > 0 && value < 65536 && port[0] >= '0' && port[0] <= '9') ||
           refuse(text, "has a port that is no number from 1 to 65535", err);
}

/* host, host:port, [v6], [v6]:port: len bytes */
static bool
read_authority(const char *text, const char *p, size_t len, struct uplink_address *address, struct err *err)
{
    bool is_bracketed = len && *p == '[';
    const char *end = is_bracketed ? memchr(p, ']', len) : memchr(p, ':', len);
    struct str host;

    if (memchr(p, '@', len))
        return refuse(text, "contains a user name; the key belongs into --api-key", err);
    if (is_bracketed && !end)
        return refuse(text, "has a bracket that is not closed", err);
    end = end ? end : p + len;
    host = is_bracketed ? (struct str){ p + 1, (size_t)(end - p - 1) } : (struct str){ p, (size_t)(end - p) };
    end += is_bracketed;
    if (!host.len || host.len >= sizeof address->host)
        return refuse(text, "names no host", err);
    snprintf(address->host, sizeof address->host, "%.*s", STR_ARG(host));
    if (end < p + len && *end != ':')
        return refuse(text, "has something odd behind the host", err);
    end += end < p + len;
    return read_port(text, end, (size_t)(p + len - end), address, err);
}

/* `usual` is the path of an address without one. */
static bool
parse(const char *text, const struct scheme schemes[2], const char *usual, struct uplink_address *address,
      struct err *err)
{
    const char *rest, *path;

    *address = (struct uplink_address){ 0 };
    if (strlen(text) >= sizeof address->text - sizeof "/websocket")
        return refuse(text, "is too long", err);
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c == 0x7f)
            return refuse(text, "contains a blank or a control character", err);
    snprintf(address->text, sizeof address->text, "%s", text);
    rest = read_scheme(text, schemes, address);
    if (!rest)
        return refuse(text, "does not begin with ws:// or wss://", err);
    path = rest + strcspn(rest, "/?#");
    if (!read_authority(text, rest, (size_t)(path - rest), address, err))
        return false;
    if (strchr(path, '#'))
        return refuse(text, "contains a fragment (#)", err);
    if (!*path || strcmp(path, "/") == 0)
        path = usual;
    snprintf(address->path, sizeof address->path, "%s%s", *path == '?' ? usual : "", path);
    return true;
}

bool
uplink_address_parse(const char *text, struct uplink_address *address, struct err *err)
{
    static const struct scheme schemes[] = { { "ws://", false }, { "wss://", true } };

    return parse(text, schemes, "/websocket", address, err);
}

bool
uplink_address_parse_url(const char *url, struct uplink_address *address, struct err *err)
{
    static const struct scheme schemes[] = { { "http://", false }, { "https://", true } };

    return parse(url, schemes, "/", address, NULL) ||
           err_set(err, "its address is none that can be fetched: %.100s", url);
}

bool
uplink_address_is_same(const struct uplink_address *a, const struct uplink_address *b)
{
    return a->is_tls == b->is_tls && strcasecmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
}
