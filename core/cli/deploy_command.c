/* SPDX-License-Identifier: MIT */
/* What the commands about deployments share (deploy_command.h). */
#include "cli/deploy_command.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

static int
act(struct deploy_command *command, deploy_action *action)
{
    const struct service *service = command->input.service;
    struct err err = { "" };
    int code = EXIT_FAILED;

    if (deploy_api_open(&command->api, argument(command->arguments, "server"), service->name, service->stage, &err) &&
        action(command, &err))
        code = EXIT_OK;
    else if (err.text[0])
        fail(&err);
    if (code != EXIT_OK)
        fputs(buf_text(&command->api.problems), stderr);
    deploy_api_close(&command->api);
    return code;
}

int
deploy_command_run(const struct arguments *arguments, deploy_action *action)
{
    struct deploy_command *command = mem_alloc(sizeof *command);
    int code;

    command->arguments = arguments;
    command->begun_ms = clock_mono_ms();
    code = service_input_open(&command->input, arguments, PROBLEMS_ALL) && command->input.service ? act(command, action)
                                                                                                  : command->input.code;
    service_input_close(&command->input);
    free(command);
    return code;
}

long long
deploy_command_seconds(const struct deploy_command *command)
{
    return (clock_mono_ms() - command->begun_ms) / 1000;
}

const char *
deploy_region(const struct service *service)
{
    return service->region ? service->region : "local";
}

const char *
deploy_same_options(struct deploy_command *command)
{
    static const char *const names[][2] = { { "stage", "-s" }, { "config", "-c" }, { "server", "--server" } };
    const char *text = "";

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = argument(command->arguments, names[i][0]);

        if (value)
            text = arena_printf(&command->api.arena, "%s %s %s", text, names[i][1], value);
    }
    return text;
}

const char *
deploy_mark(FILE *out, bool is_good)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool has_color = isatty(fileno(out)) && !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0;

    if (is_good)
        return has_color ? "\033[32m✔\033[0m " : "✔ ";
    return has_color ? "\033[31m✖\033[0m " : "✖ ";
}

void
deploy_print_json(struct json answer)
{
    struct str text = json_raw(answer);

    fwrite(text.p, 1, text.len, stdout);
    putchar('\n');
}

const struct deployment *
deploy_live(const struct deployment *deployments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (deployments[i].is_live)
            return &deployments[i];
    return NULL;
}

/* "live", also when single functions of it were changed afterwards. */
static void
print_status(struct arena *arena, const struct deployment *deployment, const struct deployment *live)
{
    if (live && live->timestamp == deployment->timestamp)
        printf("Status: live\n");
    else if (live && live->base == deployment->timestamp)
        printf("Status: live, functions were changed since, last %s\n", deploy_text(arena, live->function));
}

static void
print_deployment(struct arena *arena, const struct deployment *deployment, const struct deployment *live)
{
    time_t seconds = (time_t)(deployment->timestamp / 1000);
    char text[32];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
    printf("%s\nTimestamp: %lld\n", text, (long long)deployment->timestamp);
    print_status(arena, deployment, live);
    printf("Files:\n");
    for (struct json function = json_first(deployment->functions); json_type(function) != JSON_MISSING;
         function = json_next(function))
        printf("  - %s\n", deploy_text(arena, json_key(arena, function).p));
    for (struct json route = json_first(deployment->routes); json_type(route) != JSON_MISSING;
         route = json_next(route)) {
        struct str file = json_key(arena, route);

        file.len -= str_ends(file, STR(".so")) ? strlen(".so") : 0;
        printf("  - %s\n", deploy_text(arena, arena_strndup(arena, file.p, file.len)));
    }
}

void
deploy_print_list(struct deploy_command *command, const struct deployment *deployments, size_t count)
{
    const struct service *service = command->input.service;
    const struct deployment *live = deploy_live(deployments, count);
    size_t shown = 0;

    for (size_t i = 0; i < count; i++) {
        if (deployments[i].function)
            continue;
        if (shown++)
            putchar('\n');
        print_deployment(&command->api.arena, &deployments[i], live);
    }
    if (!shown)
        printf("Nothing of %s was deployed to stage %s yet.\n", service->name, service->stage);
}
