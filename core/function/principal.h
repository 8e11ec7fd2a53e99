/* SPDX-License-Identifier: MIT */
/*
 * Whose a durable call is: "key:ID" of a key of functions, "principal:NAME" as an authorizer said, "operator" by the
 * invoke API, "server" (queue/queue.h) from inside; NULL: nobody's.
 */
#ifndef FUNCTION_PRINCIPAL_H
#define FUNCTION_PRINCIPAL_H

#include "function/stream.h"

/* As admission found out; lives in the arena or longer. */
const char *principal_of_call(struct arena *arena, const struct function_call *call);

/* Api threads: may one who shows this key (x-api-key; len 0: none) look at such a call? */
bool principal_is_shown(const char *principal, struct str key);

#endif
