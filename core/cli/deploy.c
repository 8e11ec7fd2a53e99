/* SPDX-License-Identifier: MIT */
/* interlude deploy: from a directory to functions that are live on a server (functions.md 2.2). */
#include <string.h>

#include "cli/deploy_package.h"
#include "cli/information.h"
#include "deploy/content.h"

static void
say_begin(const struct deploy_command *command)
{
    const struct service *service = command->input.service;

    if (command->is_legacy || argument_is_set(command->arguments, "json"))
        return;
    printf("Deploying %s to stage %s (%s)\n\n", service->name, service->stage, deploy_region(service));
    fflush(stdout);
}

/* ---- what is live ---- */

static bool
is_live(const struct deployment *deployments, size_t count, const struct package *package)
{
    char content[CONTENT_HASH_LEN + 1];

    content_hash(package->manifest, content);
    for (size_t i = 0; i < count; i++)
        if (deployments[i].is_live)
            return deployments[i].content && strcmp(deployments[i].content, content) == 0;
    return false;
}

static bool
print_unchanged(struct deploy_command *command, struct err *err)
{
    const char *begin = command->is_legacy ? "Serverless: " : "";
    struct json answer;

    if (!argument_is_set(command->arguments, "json")) {
        printf("%sNo changes to deploy. Deployment skipped. (%llds)\n", begin, deploy_command_seconds(command));
        return true;
    }
    if (!deploy_api_call(&command->api, "GET", "", STR(""), &answer, err))
        return false;
    deploy_print_json(answer);
    return true;
}

static void
print_deployed(struct deploy_command *command, struct json answer)
{
    const struct service *service = command->input.service;
    struct information information = { .answer = answer,
                                       .shows_outputs = argument_is_set(command->arguments, "verbose"),
                                       .shows_keys = !argument_is_set(command->arguments, "conceal"),
                                       .is_legacy = command->is_legacy };

    if (argument_is_set(command->arguments, "json")) {
        deploy_print_json(answer);
        return;
    }
    if (information.is_legacy)
        printf("Service Information\n");
    else
        printf("%sService deployed to stack %s-%s (%llds)\n\n", deploy_mark(stdout, true), service->name,
               service->stage, deploy_command_seconds(command));
    information_print(&information, &command->api.arena);
    if (information.is_legacy)
        printf("Serverless: Removing old service versions...\n"); /* the server has done so */
}

/* ---- all of it ---- */

static bool
send(struct deploy_command *command, const struct deployment *deployments, size_t count, struct package *package,
     struct err *err)
{
    struct json answer;

    if (!argument_is_set(command->arguments, "force") && is_live(deployments, count, package))
        return print_unchanged(command, err);
    if (!deploy_package_upload(command, package, "Uploading service", &answer, err))
        return false;
    print_deployed(command, answer);
    return true;
}

static bool
deploy(struct deploy_command *command, struct err *err)
{
    const struct service *service = command->input.service;
    struct deployment *deployments;
    struct package package;
    struct json answer;
    bool is_done;
    size_t count;

    command->is_legacy = argument_is_set(command->arguments, "legacy-output");
    say_begin(command);
    is_done = deploy_api_list(&command->api, &deployments, &count, &answer, err);
    if (is_done) {
        is_done = deploy_package_make(command, &(struct deploy_package){ .listed = answer }, &package) &&
                  send(command, deployments, count, &package, err);
        package_fini(&package);
    }
    if (!is_done) {
        fflush(stdout);
        fprintf(stderr, "%sStack %s-%s failed to deploy (%llds)\n", deploy_mark(stderr, false), service->name,
                service->stage, deploy_command_seconds(command));
    }
    return is_done;
}

static int
run(const struct arguments *arguments)
{
    return deploy_command_run(arguments, deploy);
}

const struct command command_deploy = {
    .name = "deploy",
    .summary = "Build the service of a serverless.yml and make it live on a server",
    .details = "Everything is checked before anything changes: a deployment that fails leaves what is live as it is. "
               "What is live already is not deployed again. The key is made by 'interlude login'.",
    .options = { DEPLOY_OPTIONS,
                 { "package", "DIR", "Deploy what 'interlude package --package DIR' has made" },
                 { "force", NULL, "Also what is live already" },
                 { "no-health", NULL, "Make it live without asking its functions whether they are well" },
                 { "conceal", NULL, "Print the names of API keys only" },
                 { "legacy-output", NULL, "Print what version 1 of the Serverless Framework prints" } },
    .letters = DEPLOY_LETTERS "p----",
    .run = run,
};
