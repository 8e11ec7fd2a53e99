/* SPDX-License-Identifier: MIT */
/*
 * What a new version of a service has to pass before it answers anybody (functions.md 2.2): every module is started in
 * the process that will serve, with its limits, .load has run and .health says yes; then the requests of
 * custom.interlude.smoke are answered by it as expected. Nothing of this touches what is live. Control thread.
 */
#ifndef DEPLOY_CANARY_H
#define DEPLOY_CANARY_H

#include "base/err.h"
#include "deploy/service_modules.h"

struct canary_spec {
    const struct service_modules *modules; /* stay until canary_free */
    bool with_checks;                      /* .health and smoke; .load is never skipped */
    /* Once, from the loop. NULL: all is well, and the processes are warm. */
    void (*done)(void *arg, const struct err *err);
    void *arg;
};

struct canary *canary_start(const struct canary_spec *spec);
/* After `done`. Refused: the processes that it started end. */
void canary_free(struct canary *canary);

#endif
