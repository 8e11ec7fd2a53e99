/* SPDX-License-Identifier: MIT */
/* interlude host: the modules of a directory, offered to a server that runs somewhere else. */
#include "cli/command.h"
#include "server/remote.h"

static int
run(const struct arguments *arguments)
{
    struct config config;
    int code = EXIT_FAILED;

    if (!arguments_config(arguments, &config, false, NULL))
        code = EXIT_FAILED;
    else if (!*config.endpoint)
        code = usage_error(arguments->command,
                           "host needs to know its server: --endpoint ws://HOST:3000/websocket, or ENDPOINT.");
    else if (!*config.api_key)
        code =
            usage_error(arguments->command,
                        "host needs a key of that server: --api-key KEY, or API_KEY. Its dashboard makes one, and so "
                        "does 'interlude keys create'.");
    else
        code = remote_run(&config);
    config_fini(&config);
    return code;
}

const struct command command_host = {
    .name = "host",
    .summary = "Offer the modules of ROUTES to an Interlude or Interval server somewhere else",
    .details = "Connects to the server as an SDK does, and stays connected. Modules are loaded again when they change. "
               "SIGINT or SIGTERM: takes nothing new, finishes what runs, then leaves; a second one leaves at once.",
    .config = COMMAND_HOST,
    .run = run,
};
