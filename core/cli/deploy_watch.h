/* SPDX-License-Identifier: MIT */
/* The first seconds of a deployment, in which the server takes it back by itself (functions.md 2.2, watch). */
#ifndef CLI_DEPLOY_WATCH_H
#define CLI_DEPLOY_WATCH_H

#include "cli/deploy_command.h"

/*
 * answer: of the PUT. Returns at once without a window, else when it ends. false: it was taken back, for the reason in
 * err, or nobody knows.
 */
bool deploy_watch(struct deploy_command *command, struct json answer, struct err *err) MUST_CHECK;

#endif
