/* SPDX-License-Identifier: MIT */
/* interlude dev: the server on the developer's own machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/service.h"
#include "server/server.h"

static bool
has_service(const char *file)
{
    return file ? access(file, F_OK) == 0
                : access("serverless.yml", F_OK) == 0 || access("serverless.yaml", F_OK) == 0 ||
                      access("serverless.json", F_OK) == 0;
}

static int
serve(const struct config *config, const struct service_options *service)
{
    struct err err;

    if (chdir(config->project_dir) != 0) {
        err_set_errno(&err, "cannot work in %s", config->project_dir);
        return fail(&err);
    }
    if (service->file && !has_service(service->file)) {
        err_set(&err, "there is no %s in %s", service->file, config->project_dir);
        return fail(&err);
    }
    if (access(config->routes, F_OK) != 0 && !has_service(NULL) && !service->file)
        printf("There is no %s yet; begin with: interlude new action hello\n", config->routes);
    return server_run(config, service);
}

static int
configure(const struct arguments *arguments, const struct service_options *service)
{
    const char *dir = arguments->word_count ? arguments->words[0] : NULL;
    struct config config;
    int code = EXIT_FAILED;

    if (arguments_config(arguments, &config, true, dir)) {
        config.aws_urls = argument_is_set(arguments, "aws-urls");
        config.aws_strict = argument_is_set(arguments, "aws-strict");
        code = serve(&config, service);
    }
    config_fini(&config);
    return code;
}

static int
run(const struct arguments *arguments)
{
    const char *file = argument(arguments, "config");
    struct service_input *input;
    int code;

    if (file && strchr(file, '/'))
        return usage_error(arguments->command, "--config is a file of the project, such as other.yml.");
    input = mem_alloc(sizeof *input);
    code = service_input_take(input, arguments) ? configure(arguments, &input->options) : EXIT_USAGE;
    service_input_close(input);
    free(input);
    return code;
}

const struct command command_dev = {
    .name = "dev",
    .words = "[DIR]",
    .summary = "Serve the project in DIR for its developer: compiles routes on save, reloads, listens on 127.0.0.1",
    .details = "Browsers of this machine are signed in as the local developer. Routes are the .c and .so files below "
               "DIR/routes, functions those of DIR/serverless.yml; what is compiled and stored goes to DIR/.interlude.",
    .max_words = 1,
    .config = COMMAND_CONFIG,
    .options = { SERVICE_READ_OPTIONS,
                 { "aws-urls", NULL, "Serve http events at /STAGE/PATH, too, as serverless-offline does" },
                 { "aws-strict", NULL, "Addresses of a service for GET do not answer HEAD" } },
    .letters = "src-----",
    .run = run,
};
