/* SPDX-License-Identifier: MIT */
/*
 * The service of `interlude dev`: a directory with a serverless.yml is read, its functions are compiled, and all of it
 * becomes live in one step; again whenever one of its files changes. What is wrong changes nothing but the list of
 * problems. Control thread.
 */
#ifndef SERVER_SERVICES_H
#define SERVER_SERVICES_H

#include "server/state.h"

/* The directory need not have a service; it may get one. */
bool services_start(const struct server *server, struct err *err) MUST_CHECK;
void services_stop(void);

/* For native_spec: the version before it, of the same function, serves again. */
bool services_fall_back(struct version *bad, const char *why);

#endif
