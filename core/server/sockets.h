/* SPDX-License-Identifier: MIT */
/*
 * /websocket on the http threads: who is it, a browser with a cookie or a host with an API key? An api thread finds out
 * while the request is held (host-protocol.md 1.1).
 */
#ifndef SERVER_SOCKETS_H
#define SERVER_SOCKETS_H

#include "http/request.h"

void sockets_upgrade(struct http_request *request, void *arg);

#endif
