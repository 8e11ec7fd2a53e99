/* SPDX-License-Identifier: MIT */
/* Dispatch to a subcommand, nothing else. */
#include <stdio.h>
#include <string.h>
#include "config/config.h"
#include "server/server.h"
extern char **environ;
int
main(int argc, char **argv)
{
    struct config config;
    struct config_flag flags[2] = { { CONFIG_port, argc > 2 ? argv[argc - 1] : "3000" } };
    if (!config_load(&config, &(struct config_input){ .environment = (const char *const *)environ, .is_dev = strcmp(argv[1], "dev") == 0, .flags = flags, .flag_count = 1 }))
        return 2;
    return server_run(&config);
}
