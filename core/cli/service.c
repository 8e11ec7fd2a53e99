/* SPDX-License-Identifier: MIT */
/* Reading serverless.yml for a command (service.h). */
#include "cli/service.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { MAX_REPORT = 4 << 20 };

/* --param k=v */
static bool
take_params(struct service_input *input, const struct arguments *arguments)
{
    struct service_pairs *params = &input->options.params;
    const char *text;
    size_t at = 0;

    while ((text = argument_next(arguments, "param", &at))) {
        const char *equals = strchr(text, '=');

        if (!equals || equals == text) {
            usage_error(arguments->command, "--param takes NAME=VALUE, not \"%s\".", text);
            return false;
        }
        input->params[params->count++] =
            (struct service_pair){ arena_strndup(&input->arena, text, (size_t)(equals - text)), equals + 1 };
    }
    params->items = input->params;
    return true;
}

/* Everything else that was given, for ${opt:…}. */
static void
take_options(struct service_input *input, const struct arguments *arguments)
{
    static const char *const own[] = { "stage", "region", "config", "param" };
    struct service_pairs *options = &input->options.options;

    for (size_t i = 0; i < arguments->given_count; i++) {
        const struct command_option *option = &arguments->command->options[arguments->given[i].option];
        bool is_own = false;

        for (size_t j = 0; j < COUNT_OF(own); j++)
            is_own = is_own || strcmp(option->name, own[j]) == 0;
        if (!is_own)
            input->given[options->count++] =
                (struct service_pair){ option->name, option->value ? arguments->given[i].value : "true" };
    }
    options->items = input->given;
}

/* The directory of the service is that of its file. */
static void
take_config(struct service_input *input, const char *config)
{
    const char *slash = config ? strrchr(config, '/') : NULL;

    input->dir = slash == config && slash ? "/"
                 : slash                  ? arena_strndup(&input->arena, config, (size_t)(slash - config))
                                          : ".";
    input->options.file = slash ? slash + 1 : config;
}

static void
report(const struct service_input *input, enum service_problems_part shown)
{
    struct buf text;

    buf_init(&text, MAX_REPORT);
    service_problems_text(&input->problems, shown, &text);
    if (text.len)
        fwrite(text.p, 1, text.len, stderr);
    buf_fini(&text);
}

bool
service_input_take(struct service_input *input, const struct arguments *arguments)
{
    struct service_options *options = &input->options;

    *input = (struct service_input){ .dir = ".", .code = EXIT_USAGE };
    arena_init(&input->arena, 0);
    service_problems_init(&input->problems);
    options->stage = argument(arguments, "stage");
    options->region = argument(arguments, "region");
    options->environment = (const char *const *)environ;
    options->is_strict = argument_is_set(arguments, "strict");
    options->allows_outside = argument_is_set(arguments, "allow-outside");
    take_config(input, argument(arguments, "config"));
    take_options(input, arguments);
    return take_params(input, arguments);
}

bool
service_input_open(struct service_input *input, const struct arguments *arguments, enum service_problems_part shown)
{
    const struct service_options *options = &input->options;
    bool is_loaded;

    if (!service_input_take(input, arguments))
        return false;
    is_loaded = service_load(&input->tree, input->dir, options, &input->problems);
    if (is_loaded)
        input->service = service_read(&input->tree, options, &input->problems);
    report(input, shown);
    input->code = input->service ? EXIT_OK : EXIT_FAILED;
    return is_loaded;
}

void
service_input_close(struct service_input *input)
{
    service_put(input->service);
    service_tree_fini(&input->tree);
    service_problems_fini(&input->problems);
    arena_fini(&input->arena);
}
