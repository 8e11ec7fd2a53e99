/* SPDX-License-Identifier: MIT */
/* The server as a whole: what starts in which order, and how it stops. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "config/config.h"
#include "function/service.h"

/*
 * `interlude dev` and `interlude start`: returns the exit code after a stop, or 1 when it could not start (the reason
 * is on stderr). `service`: how `dev` reads its serverless.yml; NULL for `start`.
 */
int server_run(const struct config *config, const struct service_options *service);

#endif
