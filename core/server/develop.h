/* SPDX-License-Identifier: MIT */
/* What `interlude dev` adds to the server: sources are compiled as they are saved. Control thread. */
#ifndef SERVER_DEVELOP_H
#define SERVER_DEVELOP_H

#include "config/config.h"

bool develop_start(const struct config *config, struct err *err) MUST_CHECK;
void develop_stop(void);

#endif
