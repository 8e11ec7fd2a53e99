/* SPDX-License-Identifier: MIT */
/*
 * PUT and GET of /uploads/<token>: HTTP in front of the local store. The token is all the right anybody needs: hosts
 * fetch without a cookie.
 */
#ifndef UPLOAD_SERVE_H
#define UPLOAD_SERVE_H

#include "http/server.h"

void upload_routes(struct http_server *server);

#endif
