/* SPDX-License-Identifier: MIT */
/* Packages for a server (deploy_package.h). */
#include "cli/deploy_package.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/deploy_watch.h"
#include "cli/progress.h"
#include "deploy/artefact.h"
#include "deploy/machine.h"

enum { MAX_REPORT = 4 << 20 };

/* How far it is: on a terminal for people; in the old layout always, as its readers expect. */
static void
say_step(const struct deploy_command *command, const char *step)
{
    if (command->is_legacy && !argument_is_set(command->arguments, "json")) {
        printf("Serverless: %s...\n", step);
        fflush(stdout);
    } else if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "%s...\n", step);
    }
}

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

/* The server takes what is newer only, whatever clocks say. */
static int64_t
next_time(struct json listed)
{
    int64_t newest = 0, now = clock_wall_ms();

    for (struct json item = json_first(json_get(listed, "deployments")); json_type(item) != JSON_MISSING;
         item = json_next(item)) {
        int64_t timestamp = json_int(json_get(item, "timestamp"), 0);

        newest = timestamp > newest ? timestamp : newest;
    }
    return now > newest ? now : newest + 1;
}

bool
deploy_package_make(struct deploy_command *command, const struct deploy_package *wanted, struct package *package)
{
    const char *dir = wanted->only ? NULL : argument(command->arguments, "package");
    const struct package_options options = { .dir = command->input.dir,
                                             .config = command->input.tree.path,
                                             .is_verbose = argument_is_set(command->arguments, "verbose"),
                                             .only = wanted->only,
                                             .is_config_only = wanted->is_config_only,
                                             .timestamp_ms = next_time(wanted->listed) };
    struct machine machine = machine_read(&command->api.arena, json_get(wanted->listed, "server"));
    struct buf text;
    bool is_made;

    machine_set(&machine); /* what would not load there is not sent */
    say_step(command, wanted->only ? "Packaging function" : "Packaging service");
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

bool
deploy_package_upload(struct deploy_command *command, const struct package *package, const char *step,
                      struct json *answer, struct err *err)
{
    const char *query = argument_is_set(command->arguments, "no-health") ? "health=0" : "";
    bool is_live;

    say_step(command, step);
    progress_begin("Making it live");
    is_live = deploy_api_put(&command->api, package, query, answer, err);
    progress_end();
    return is_live && deploy_watch(command, *answer, err);
}
