/* SPDX-License-Identifier: MIT */
/*
 * The http side of /websocket: carries texts from the socket to the control thread and tells it when the socket is
 * gone, with a credit per connection so that nobody can fill the control thread's inbox.
 */
#ifndef RPC_SOCKET_H
#define RPC_SOCKET_H

#include "http/call.h"
#include "rpc/host.h"
#include "transaction/viewer.h"

enum { SOCKET_MAX_MESSAGE = 32 << 20, SOCKET_MAX_REFUSED = 4096 };

/* Any thread: upgrades a held request that passed ws_check, as this person's browser. Gives the call back. */
void socket_accept_browser(struct http_call *call, const struct principal *who);
/* The same for a host whose key is good. */
void socket_accept_host(struct http_call *call, const struct host_login *login);
/*
 * Upgrades only to say why not (1008): SDKs print the reason of a close, but of an HTTP answer no more than the status.
 */
void socket_refuse_host(struct http_call *call, const char *reason);

#endif
