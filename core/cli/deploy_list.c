/* SPDX-License-Identifier: MIT */
/* interlude deploy list: what was deployed, and which versions the functions have. */
#include <string.h>

#include "cli/deploy_command.h"

enum { SHOWN_VERSIONS = 5 };

static bool
list(struct deploy_command *command, struct err *err)
{
    struct deployment *deployments;
    struct json answer;
    size_t count;

    if (!deploy_api_list(&command->api, &deployments, &count, &answer, err))
        return false;
    if (argument_is_set(command->arguments, "json"))
        deploy_print_json(answer);
    else
        deploy_print_list(command, deployments, count);
    return true;
}

/* How often the code of a function changed in what the server has kept, beginning with 1. 0: it is in none of it. */
static unsigned
count_versions(struct arena *arena, const struct deployment *deployments, size_t count, const char *name)
{
    const char *last = NULL;
    unsigned versions = 0;

    while (count--) {
        const char *hash = json_text(arena, json_get(json_get(deployments[count].functions, name), "sha256"));

        versions += hash && (!last || strcmp(last, hash) != 0);
        if (hash)
            last = hash;
    }
    return versions;
}

static void
print_versions(const struct deploy_command *command, const char *name, unsigned versions)
{
    unsigned first = versions > SHOWN_VERSIONS ? versions - SHOWN_VERSIONS + 1 : 1;

    printf("%s: ", name);
    if (!command->input.service->versions_functions) {
        printf("$LATEST\n");
        return;
    }
    for (unsigned i = first; i <= versions; i++)
        printf("v%u%s", i, i == versions ? "\n" : ", ");
}

static const struct deployment *
find_live(const struct deployment *deployments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (deployments[i].is_live)
            return &deployments[i];
    return NULL;
}

static bool
list_functions(struct deploy_command *command, struct err *err)
{
    struct arena *arena = &command->api.arena;
    const struct deployment *live;
    struct deployment *deployments;
    struct json answer;
    size_t count;

    if (!deploy_api_list(&command->api, &deployments, &count, &answer, err))
        return false;
    live = find_live(deployments, count);
    if (argument_is_set(command->arguments, "json"))
        deploy_print_json(answer);
    else if (!live)
        deploy_print_list(command, NULL, 0);
    else
        for (struct json function = json_first(live->functions); json_type(function) != JSON_MISSING;
             function = json_next(function)) {
            const char *name = json_key(arena, function).p;

            print_versions(command, deploy_text(arena, name), count_versions(arena, deployments, count, name));
        }
    return true;
}

static int
run(const struct arguments *arguments)
{
    if (!arguments->word_count)
        return deploy_command_run(arguments, list);
    if (strcmp(arguments->words[0], "functions") != 0)
        return usage_error(arguments->command, "deploy list knows functions only.");
    return deploy_command_run(arguments, list_functions);
}

const struct command command_deploy_list = {
    .name = "deploy list",
    .words = "[functions]",
    .summary = "List what was deployed and is kept on the server, newest first",
    .details = "With 'functions' it lists the functions that are live, each with its last five versions.",
    .max_words = 1,
    .options = { DEPLOY_OPTIONS },
    .letters = DEPLOY_LETTERS,
    .run = run,
};
