/* SPDX-License-Identifier: MIT */
/* interlude deploy function: one function of what is live gets its new code, or its new settings only. */
#include "cli/deploy_package.h"

static const char *
option_function(const struct deploy_command *command)
{
    return argument(command->arguments, "function");
}

static void
print_done(struct deploy_command *command, struct json answer)
{
    const char *name = option_function(command);
    bool is_unchanged = json_bool(json_get(answer, "unchanged"), false);

    if (argument_is_set(command->arguments, "json"))
        deploy_print_json(answer);
    else if (is_unchanged)
        printf("No changes to deploy. Function %s skipped. (%llds)\n", name, deploy_command_seconds(command));
    else
        printf("%s%s of function %s deployed (%llds)\n", deploy_mark(stdout, true),
               argument_is_set(command->arguments, "update-config") ? "Configuration" : "Code", name,
               deploy_command_seconds(command));
}

static bool
send(struct deploy_command *command, struct json listed, struct err *err)
{
    const struct deploy_package wanted = { .listed = listed,
                                           .only = option_function(command),
                                           .is_config_only = argument_is_set(command->arguments, "update-config") };
    struct package package;
    struct json answer;
    bool is_done = deploy_package_make(command, &wanted, &package) &&
                   deploy_package_upload(command, &package, "Uploading function", &answer, err);

    if (is_done)
        print_done(command, answer);
    package_fini(&package);
    return is_done;
}

static bool
deploy_function(struct deploy_command *command, struct err *err)
{
    const struct service *service = command->input.service;
    struct deployment *deployments;
    struct json listed;
    bool is_done;
    size_t count;

    if (!argument_is_set(command->arguments, "json"))
        printf("Deploying function %s of %s to stage %s (%s)\n\n", option_function(command), service->name,
               service->stage, deploy_region(service));
    fflush(stdout);
    is_done = deploy_api_list(&command->api, &deployments, &count, &listed, err) && send(command, listed, err);
    if (!is_done) {
        fflush(stdout);
        fprintf(stderr, "%sFunction %s failed to deploy (%llds)\n", deploy_mark(stderr, false),
                option_function(command), deploy_command_seconds(command));
    }
    return is_done;
}

static int
run(const struct arguments *arguments)
{
    if (!argument(arguments, "function"))
        return usage_error(arguments->command, "name the function: -f NAME");
    return deploy_command_run(arguments, deploy_function);
}

const struct command command_deploy_function = {
    .name = "deploy function",
    .summary = "Make the code of one function live, in the service that is live already",
    .details = "Its code and its settings; where it is reached stays as it was deployed last, and so do all other "
               "functions. It is no deployment of its own in 'deploy list', but a version in 'deploy list functions'.",
    .options = { DEPLOY_OPTIONS,
                 { "function", "NAME", "Its name in the file" },
                 { "update-config", NULL, "Its settings only: environment, timeout, memory; the code stays" },
                 { "no-health", NULL, "Make it live without asking whether it is well" } },
    .letters = DEPLOY_LETTERS "fu-",
    .run = run,
};
