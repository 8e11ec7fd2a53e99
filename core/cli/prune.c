/* SPDX-License-Identifier: MIT */
/* interlude prune: old deployments are deleted on the server. */
#include <string.h>

#include "cli/deploy_command.h"

static void
print_deleted(struct deploy_command *command, struct json answer, bool is_dry_run)
{
    struct arena *arena = &command->api.arena;
    struct json deleted = json_get(answer, "deleted");
    int64_t bytes = 0;

    for (struct json item = json_first(deleted); json_type(item) != JSON_MISSING; item = json_next(item)) {
        const char *function = json_text(arena, json_get(item, "function"));

        bytes += json_int(json_get(item, "size"), 0);
        printf("  - %lld%s%s\n", (long long)json_int(json_get(item, "timestamp"), 0), function ? " of function " : "",
               function ? deploy_text(arena, function) : "");
    }
    if (!json_count(deleted))
        printf("Nothing to prune. (%llds)\n", deploy_command_seconds(command));
    else
        printf("\n%s%zu old version%s %s, %lld kB (%llds)\n", is_dry_run ? "" : deploy_mark(stdout, true),
               json_count(deleted), json_count(deleted) == 1 ? "" : "s", is_dry_run ? "would be deleted" : "deleted",
               (long long)(bytes + 999) / 1000, deploy_command_seconds(command));
}

static bool
prune(struct deploy_command *command, struct err *err)
{
    const struct service *service = command->input.service;
    bool is_dry_run = argument_is_set(command->arguments, "dryRun");
    const char *body = arena_printf(&command->api.arena, "{\"keep\":%s,\"dryRun\":%s}",
                                    argument(command->arguments, "number"), is_dry_run ? "true" : "false");
    struct json answer;

    if (!deploy_api_call(&command->api, "POST", "/prune", str_of(body), &answer, err))
        return false;
    if (argument_is_set(command->arguments, "json")) {
        deploy_print_json(answer);
        return true;
    }
    printf("Pruning %s in stage %s (%s)\n\n", service->name, service->stage, deploy_region(service));
    print_deleted(command, answer, is_dry_run);
    return true;
}

static int
run(const struct arguments *arguments)
{
    const char *number = argument(arguments, "number");
    size_t len = number ? strspn(number, "0123456789") : 0;

    if (!len || len > 4 || number[len] || (len > 1 && number[0] == '0'))
        return usage_error(arguments->command, "say how many old deployments stay: -n N");
    return deploy_command_run(arguments, prune);
}

const struct command command_prune = {
    .name = "prune",
    .summary = "Delete old deployments on the server, all but the newest N",
    .details = "What is live stays in any case, and so does what somebody still uses. After each deployment the server "
               "does this by itself: with custom.prune.number, else it keeps 5. Versions of single functions are "
               "counted for themselves.",
    .options = { DEPLOY_OPTIONS,
                 { "number", "N", "How many old deployments stay" },
                 { "dryRun", NULL, "Only say which would go" } },
    .letters = DEPLOY_LETTERS "n-",
    .run = run,
};
