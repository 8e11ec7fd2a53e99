/* SPDX-License-Identifier: MIT */
/* interlude remove: a service leaves the server. */
#include "cli/deploy_command.h"

static bool
remove_service(struct deploy_command *command, struct err *err)
{
    const struct service *service = command->input.service;
    bool as_json = argument_is_set(command->arguments, "json"),
         is_forced = argument_is_set(command->arguments, "force");
    struct json answer;
    int64_t buried;

    if (!as_json)
        printf("Removing %s from stage %s (%s)\n\n", service->name, service->stage, deploy_region(service));
    fflush(stdout);
    if (!deploy_api_call(&command->api, "DELETE", is_forced ? "?force=1" : "", STR(""), &answer, err))
        return false;
    if (as_json) {
        deploy_print_json(answer);
        return true;
    }
    buried = json_int(json_get(answer, "deadLetters"), 0);
    if (buried)
        printf("%lld asynchronous call%s became dead letters: interlude calls list --state dead\n\n", (long long)buried,
               buried == 1 ? "" : "s");
    printf("%sService %s has been successfully removed (%llds)\n", deploy_mark(stdout, true), service->name,
           deploy_command_seconds(command));
    return true;
}

static int
run(const struct arguments *arguments)
{
    return deploy_command_run(arguments, remove_service);
}

const struct command command_remove = {
    .name = "remove",
    .summary = "Take a service off the server, with all its deployments",
    .details =
        "Its addresses vanish first; calls that run are finished. While asynchronous calls wait for it, it stays "
        "unless --force is given.",
    .options = { DEPLOY_OPTIONS, { "force", NULL, "Calls that wait become dead letters" } },
    .letters = DEPLOY_LETTERS "-",
    .run = run,
};
