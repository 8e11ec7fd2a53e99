/* SPDX-License-Identifier: MIT */
/*
 * Probing: a short-lived runner opens a staged module, verifies it and describes its routes, or says in one sentence
 * why not. The only way a module is looked into before it serves. Control thread.
 */
#ifndef HOST_PROBE_H
#define HOST_PROBE_H

#include "base/err.h"
#include "base/str.h"

/*
 * The runner's description: {"routes":[…]} or {"error":"…"}; a runner that died gives an error made here. Called once,
 * on the control loop.
 */
typedef void probe_done(struct str descriptor, void *arg);

/* false: no process could be started; `done` is not called. */
bool probe_start(const char *module_path, probe_done *done, void *arg, struct err *err) MUST_CHECK;

#endif
