/* SPDX-License-Identifier: MIT */
/* The address of a server as its hosts write it: ws://host:3000/websocket. Any thread. */
#ifndef RPC_UPLINK_ADDRESS_H
#define RPC_UPLINK_ADDRESS_H

#include <stdbool.h>

#include "base/err.h"

enum { UPLINK_MAX_ADDRESS = 1024 };

struct uplink_address {
    bool is_tls;
    char host[256]; /* a name, or an IP address without brackets */
    char port[6];
    char path[UPLINK_MAX_ADDRESS]; /* with the query; "/websocket" when the address has none */
    char text[UPLINK_MAX_ADDRESS]; /* as written, for messages */
};

bool uplink_address_parse(const char *text, struct uplink_address *address, struct err *err) MUST_CHECK;

#endif
