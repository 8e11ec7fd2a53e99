/* SPDX-License-Identifier: MIT */
/* The address of a server as its hosts write it: ws://host:3000/websocket; and of files it keeps. Any thread. */
#ifndef RPC_UPLINK_ADDRESS_H
#define RPC_UPLINK_ADDRESS_H

#include <stdbool.h>

#include "base/err.h"

enum { UPLINK_MAX_ADDRESS = 4096 };

struct uplink_address {
    bool is_tls;
    char host[256]; /* a name, or an IP address without brackets */
    char port[6];
    char path[UPLINK_MAX_ADDRESS]; /* with the query; "/websocket" when the address has none */
    char text[UPLINK_MAX_ADDRESS]; /* as written, for messages */
};

bool uplink_address_parse(const char *text, struct uplink_address *address, struct err *err) MUST_CHECK;
/* The same for "http://…" and "https://…"; without a path it is "/". */
bool uplink_address_parse_url(const char *url, struct uplink_address *address, struct err *err) MUST_CHECK;
/* One server, by what is written? */
bool uplink_address_is_same(const struct uplink_address *a, const struct uplink_address *b);

#endif
