/* SPDX-License-Identifier: MIT */
/* interlude rollback function: one function has older code again. */
#include <string.h>

#include "cli/deploy_watch.h"

static bool
roll_back(struct deploy_command *command, struct err *err)
{
    const char *name = argument(command->arguments, "function");
    const char *version = argument(command->arguments, "function-version");
    bool as_json = argument_is_set(command->arguments, "json");
    struct json answer;

    if (!as_json)
        printf("Rolling back function %s of %s in stage %s to version %s\n\n", name, command->input.service->name,
               command->input.service->stage, version);
    fflush(stdout);
    if (!deploy_api_call(&command->api, "POST",
                         arena_printf(&command->api.arena, "/functions/%s/rollback%s", name,
                                      argument_is_set(command->arguments, "no-health") ? "?health=0" : ""),
                         str_of(arena_printf(&command->api.arena, "{\"version\":%s}", version)), &answer, err) ||
        !deploy_watch(command, answer, err))
        return false;
    if (as_json)
        deploy_print_json(answer);
    else if (json_bool(json_get(answer, "unchanged"), false))
        printf("Function %s has version %s already. (%llds)\n", name, version, deploy_command_seconds(command));
    else
        printf("%sFunction %s rolled back to version %s (%llds)\n", deploy_mark(stdout, true), name, version,
               deploy_command_seconds(command));
    return true;
}

static int
run(const struct arguments *arguments)
{
    const char *name = argument(arguments, "function"), *version = argument(arguments, "function-version");
    size_t len = version ? strspn(version, "0123456789") : 0;

    if (!name || strcspn(name, "/?#% ") != strlen(name))
        return usage_error(arguments->command, "name the function: -f NAME");
    if (!len || len > 9 || version[len] || version[0] == '0')
        return usage_error(arguments->command,
                           "--function-version takes the number of one of 'interlude deploy list functions'.");
    return deploy_command_run(arguments, roll_back);
}

const struct command command_rollback_function = {
    .name = "rollback function",
    .summary = "Give one function older code again, as 'deploy list functions' numbers it",
    .details = "Its settings, its addresses and all other functions stay as they are.",
    .options = { DEPLOY_OPTIONS,
                 { "function", "NAME", "Its name in the file" },
                 { "function-version", "N", "2 for v2" },
                 { "no-health", NULL, "Make it live without asking whether it is well" } },
    .letters = DEPLOY_LETTERS "f--",
    .run = run,
};
