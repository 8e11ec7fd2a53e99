/* SPDX-License-Identifier: MIT */
/*
 * The http side of /websocket: carries texts from the socket to the control thread and tells it when the socket is
 * gone, with a credit per connection so that nobody can fill the control thread's inbox.
 */
#ifndef RPC_SOCKET_H
#define RPC_SOCKET_H

#include "http/call.h"
#include "transaction/viewer.h"

enum { SOCKET_MAX_MESSAGE = 32 << 20 };

/* Any thread: upgrades a held request that passed ws_check, as this person's browser. Gives the call back. */
void socket_accept_browser(struct http_call *call, const struct principal *who);

#endif
