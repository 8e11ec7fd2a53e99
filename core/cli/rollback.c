/* SPDX-License-Identifier: MIT */
/* interlude rollback: an older deployment is live again. */
#include <stdlib.h>

#include "cli/deploy_watch.h"

static bool
explain(struct deploy_command *command, struct err *err)
{
    struct deployment *deployments;
    struct json answer;
    size_t count;

    if (!deploy_api_list(&command->api, &deployments, &count, &answer, err))
        return false;
    if (argument_is_set(command->arguments, "json")) {
        deploy_print_json(answer);
        return true;
    }
    if (count)
        printf("Choose one of these deployments and run: interlude rollback%s --timestamp TIMESTAMP\n\n",
               deploy_same_options(command));
    deploy_print_list(command, deployments, count);
    return true;
}

static bool
roll_back(struct deploy_command *command, struct err *err)
{
    const struct service *service = command->input.service;
    const char *timestamp = argument(command->arguments, "timestamp");
    bool as_json = argument_is_set(command->arguments, "json");
    struct json answer;

    if (!as_json)
        printf("Rolling back %s in stage %s to %s\n\n", service->name, service->stage, timestamp);
    fflush(stdout);
    if (!deploy_api_call(&command->api, "POST",
                         argument_is_set(command->arguments, "no-health") ? "/rollback?health=0" : "/rollback",
                         str_of(arena_printf(&command->api.arena, "{\"timestamp\":%s}", timestamp)), &answer, err) ||
        !deploy_watch(command, answer, err))
        return false;
    if (as_json)
        deploy_print_json(answer);
    else
        printf("%sService rolled back to timestamp %s (%llds)\n", deploy_mark(stdout, true), timestamp,
               deploy_command_seconds(command));
    return true;
}

static int
run(const struct arguments *arguments)
{
    const char *timestamp = argument(arguments, "timestamp");
    size_t len = timestamp ? strspn(timestamp, "0123456789") : 0;

    if (!timestamp)
        return deploy_command_run(arguments, explain);
    if (!len || len > 18 || timestamp[len] || timestamp[0] == '0')
        return usage_error(arguments->command, "--timestamp takes one of 'interlude deploy list', not \"%s\".",
                           timestamp);
    return deploy_command_run(arguments, roll_back);
}

const struct command command_rollback = {
    .name = "rollback",
    .summary = "Make an older deployment live again; without --timestamp: list them",
    .options = { DEPLOY_OPTIONS,
                 { "timestamp", "MS", "Of the deployment, as 'interlude deploy list' says" },
                 { "no-health", NULL, "Make it live without asking its functions whether they are well" } },
    .letters = DEPLOY_LETTERS "t-",
    .run = run,
};
