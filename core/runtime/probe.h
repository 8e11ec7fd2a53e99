/* SPDX-License-Identifier: MIT */
/* `interlude-runner probe FILE`: what is in a module, as one line of JSON. */
#ifndef RUNTIME_PROBE_H
#define RUNTIME_PROBE_H

#include "json/write.h"
#include "runtime/module.h"

/* Writes {"abi":…,"routes":[…]} or {"error":"…"} to the descriptor; returns the exit code. */
int probe_run(const char *path, int out_fd);
/* {"abi":…,"routes":[…]} */
void probe_describe(struct json_out *out, const struct module *module);

#endif
