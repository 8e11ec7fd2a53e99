/* SPDX-License-Identifier: MIT */
/* interlude info: what is live of the service of this directory. */
#include "cli/deploy_command.h"
#include "cli/information.h"

static bool
show(struct deploy_command *command, struct err *err)
{
    const struct service *service = command->input.service;
    bool shows_keys = argument_is_set(command->arguments, "show-keys");
    struct information information = { .shows_keys = shows_keys,
                                       .asked_for_keys = shows_keys,
                                       .shows_outputs = argument_is_set(command->arguments, "verbose"),
                                       .is_legacy = argument_is_set(command->arguments, "legacy-output") };

    if (!deploy_api_call(&command->api, "GET", shows_keys ? "?keys=1" : "", STR(""), &information.answer, err)) {
        if (command->api.status == 404)
            err_set(err, "%s is not deployed to stage %s of %s; do so with: interlude deploy%s", service->name,
                    service->stage, command->api.base, deploy_same_options(command));
        return false;
    }
    if (argument_is_set(command->arguments, "json")) {
        deploy_print_json(information.answer);
        return true;
    }
    if (information.is_legacy)
        printf("Service Information\n");
    information_print(&information, &command->api.arena);
    return true;
}

static int
run(const struct arguments *arguments)
{
    return deploy_command_run(arguments, show);
}

const struct command command_info = {
    .name = "info",
    .summary = "Show what is live of a service: endpoints, functions, API keys",
    .options = { DEPLOY_OPTIONS,
                 { "show-keys", NULL, "The values of API keys, too, as far as the server can show them" },
                 { "legacy-output", NULL, "As version 1 of the Serverless Framework prints it" } },
    .letters = DEPLOY_LETTERS "--",
    .run = run,
};
