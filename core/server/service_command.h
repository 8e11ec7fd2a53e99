/* SPDX-License-Identifier: MIT */
/*
 * custom.interlude.build.command under `interlude dev`: what makes the modules of a service instead of our compiler.
 * One at a time; asked again meanwhile, it runs once more. Control thread.
 */
#ifndef SERVER_SERVICE_COMMAND_H
#define SERVER_SERVICE_COMMAND_H

#include <stdbool.h>

/* done: why it failed, or NULL; not while it has to run once more. What it prints goes to stdout. */
void service_command_run(const char *command, const char *dir, void (*done)(const char *why));
bool service_command_is_running(void);
void service_command_stop(void); /* done is not called any more */

#endif
