/* SPDX-License-Identifier: MIT */
/* interlude start: the server in production. */
#include "cli/command.h"
#include "server/server.h"

static int
run(const struct arguments *arguments)
{
    struct config config;
    int code = EXIT_FAILED;

    if (arguments_config(arguments, &config, false, NULL))
        code = server_run(&config, NULL);
    config_fini(&config);
    return code;
}

const struct command command_start = {
    .name = "start",
    .summary = "Serve: the routes belong to production of the first organization",
    .details =
        "Needs an organization and a user: interlude user add EMAIL --org SLUG --role admin. Secrets that are not set "
        "are made once and kept in the data directory.",
    .config = COMMAND_CONFIG,
    .run = run,
};
