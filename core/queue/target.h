/* SPDX-License-Identifier: MIT */
/*
 * Where callbacks may go: what anybody writes into a header must not make this server talk to things that only it can
 * reach. A name says nothing; the address that is connected to is what is judged. Any thread.
 */
#ifndef QUEUE_TARGET_H
#define QUEUE_TARGET_H

#include <stdbool.h>

#include "base/str.h"

struct sockaddr;

enum target_verdict { TARGET_ALLOWED, TARGET_INVALID, TARGET_FORBIDDEN };

/* A URL as given, before its name is resolved. allow: as CALLBACK_ALLOW, of the server or a function. */
enum target_verdict target_check(struct str url, const char *allow);

/* May a callback to this URL (which target_check let through) connect to that address? */
bool target_may_connect(const char *url, const char *allow, const struct sockaddr *address);

#endif
