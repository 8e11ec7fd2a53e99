/* SPDX-License-Identifier: MIT */
/* interlude deploy list: what was deployed, and which versions the functions have. */
#include <stdlib.h>
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

static int
by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The numbers of its code in what the server has kept, each once, ascending. */
static size_t
find_numbers(struct arena *arena, const struct deployment *deployments, size_t count, const char *name,
             int64_t **numbers)
{
    size_t found = 0, kept = 0;

    *numbers = arena_alloc(arena, (count + 1) * sizeof **numbers);
    for (size_t i = 0; i < count; i++) {
        int64_t number = json_int(json_get(deployments[i].numbers, name), 0);

        if (number)
            (*numbers)[found++] = number;
    }
    qsort(*numbers, found, sizeof **numbers, by_number);
    for (size_t i = 0; i < found; i++)
        if (!kept || (*numbers)[kept - 1] != (*numbers)[i])
            (*numbers)[kept++] = (*numbers)[i];
    return kept;
}

/* "quote: v1, v2", and which of them is live unless it is the last one. */
static void
print_versions(const struct deploy_command *command, const char *name, const int64_t *numbers, size_t count,
               int64_t live)
{
    printf("%s: ", name);
    if (!command->input.service->versions_functions || !count) {
        printf("$LATEST\n");
        return;
    }
    for (size_t i = count > SHOWN_VERSIONS ? count - SHOWN_VERSIONS : 0; i < count; i++)
        printf("v%lld%s", (long long)numbers[i], i + 1 == count ? "" : ", ");
    if (numbers[count - 1] != live)
        printf(" (live: v%lld)", (long long)live);
    putchar('\n');
}

static bool
list_functions(struct deploy_command *command, struct err *err)
{
    struct arena *arena = &command->api.arena;
    const struct deployment *live;
    struct deployment *deployments;
    struct json answer;
    int64_t *numbers;
    size_t count;

    if (!deploy_api_list(&command->api, &deployments, &count, &answer, err))
        return false;
    live = deploy_live(deployments, count);
    if (argument_is_set(command->arguments, "json"))
        deploy_print_json(answer);
    else if (!live)
        deploy_print_list(command, NULL, 0);
    else
        for (struct json function = json_first(live->functions); json_type(function) != JSON_MISSING;
             function = json_next(function)) {
            const char *name = json_key(arena, function).p;
            size_t number_count = find_numbers(arena, deployments, count, name, &numbers);

            print_versions(command, deploy_text(arena, name), numbers, number_count,
                           json_int(json_get(live->numbers, name), 0));
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
