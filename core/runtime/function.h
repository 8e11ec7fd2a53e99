/* SPDX-License-Identifier: MIT */
/*
 * Function streams. One thread leads each stream: it reads the frames and runs the handlers itself, one after the
 * other, without handing anything over. A monitor takes the stream away from a leader whose handler takes longer than
 * about a millisecond and has another thread lead it; the slow one answers when it is done and goes back to the pool.
 */
#ifndef RUNTIME_FUNCTION_H
#define RUNTIME_FUNCTION_H

#include <stdbool.h>

#include "runtime/module.h"

/* Leads `count` streams, on descriptors from first_fd upwards. */
void function_start(const struct module *module, int first_fd, int count);

/* Have all streams ended, and all handlers? control_poke() is called when that becomes true. Any thread. */
bool function_is_done(void);

#endif
