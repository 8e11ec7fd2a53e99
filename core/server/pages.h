/* SPDX-License-Identifier: MIT */
/* The dashboard's files, its shell on every path below /dashboard, and the socket. */
#ifndef SERVER_PAGES_H
#define SERVER_PAGES_H

#include "http/server.h"

/* `home` is where / and /dashboard lead in `interlude dev`; NULL: the shell decides. */
void pages_routes(struct http_server *server, const char *home);

#endif
