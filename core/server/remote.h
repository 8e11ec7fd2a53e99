/* SPDX-License-Identifier: MIT */
/* The supervisor of modules without the server around it: `interlude host`, an uplink in its place. */
#ifndef SERVER_REMOTE_H
#define SERVER_REMOTE_H

#include "config/config.h"

/* Returns the exit code after a stop, or 1 when the server could not be used (the reason is on stderr). */
int remote_run(const struct config *config);

#endif
