/* SPDX-License-Identifier: MIT */
/* interlude deploy: from a directory to functions that are live on a server (functions.md 2.2). */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/deploy_command.h"
#include "cli/information.h"
#include "deploy/artefact.h"
#include "deploy/content.h"
#include "deploy/package.h"
#include "deploy/machine.h"

enum { MAX_REPORT = 4 << 20 };

/* How far it is: on a terminal for people; in the old layout always, as its readers expect. */
static void
say_step(const struct deploy_command *command, const char *step)
{
    if (argument_is_set(command->arguments, "legacy-output") && !argument_is_set(command->arguments, "json")) {
        printf("Serverless: %s...\n", step);
        fflush(stdout);
    } else if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "%s...\n", step);
    }
}

static void
say_begin(const struct deploy_command *command)
{
    const struct service *service = command->input.service;

    if (argument_is_set(command->arguments, "legacy-output") || argument_is_set(command->arguments, "json"))
        return;
    printf("Deploying %s to stage %s (%s)\n\n", service->name, service->stage, deploy_region(service));
    fflush(stdout);
}

/* ---- the package ---- */

/* --package DIR: what `interlude package -p DIR` has left there. */
static bool
take_package(struct deploy_command *command, const char *dir, struct package *package)
{
    const struct service *wanted = command->input.service;
    const char *path = arena_printf(&command->api.arena, "%s/%s-%s.tgz", dir, wanted->name, wanted->stage);
    struct service *service = artefact_read(package, path, NULL, NULL, &command->input.problems);
    bool is_good = service && strcmp(service->name, wanted->name) == 0 && strcmp(service->stage, wanted->stage) == 0;

    if (service && !is_good)
        fprintf(stderr, "interlude: %s is of %s for stage %s\n", path, service->name, service->stage);
    service_put(service);
    return is_good;
}

static bool
make_package(struct deploy_command *command, int64_t newest, struct package *package)
{
    const char *dir = argument(command->arguments, "package");
    int64_t now = clock_wall_ms();
    const struct package_options options = { .dir = command->input.dir,
                                             .config = command->input.tree.path,
                                             .is_verbose = argument_is_set(command->arguments, "verbose"),
                                             /* the server takes what is newer only, whatever clocks say */
                                             .timestamp_ms = now > newest ? now : newest + 1 };
    struct buf text;
    bool is_made;

    say_step(command, "Packaging service");
    is_made = dir ? take_package(command, dir, package)
                  : package_make(package, command->input.service, &options, &command->input.problems);
    if (is_made)
        return true;
    buf_init(&text, MAX_REPORT);
    service_problems_text(&command->input.problems, PROBLEMS_ERRORS, &text);
    fwrite(text.p, 1, text.len, stderr);
    buf_fini(&text);
    return false;
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
    const char *begin = argument_is_set(command->arguments, "legacy-output") ? "Serverless: " : "";
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
                                       .is_legacy = argument_is_set(command->arguments, "legacy-output") };

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
    say_step(command, "Uploading service");
    if (!deploy_api_put(&command->api, package, argument_is_set(command->arguments, "no-health") ? "health=0" : "",
                        &answer, err))
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
    struct machine machine;
    struct json answer;
    bool is_done;
    size_t count;

    say_begin(command);
    is_done = deploy_api_list(&command->api, &deployments, &count, &answer, err);
    if (is_done) {
        machine = machine_read(&command->api.arena, json_get(answer, "server"));
        machine_set(&machine); /* what would not load there is not sent */
        is_done = make_package(command, count ? deployments[0].timestamp : 0, &package) &&
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
