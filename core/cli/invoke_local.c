/* SPDX-License-Identifier: MIT */
/* interlude invoke local: one call of a function, without a server. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/event_input.h"
#include "cli/indent.h"
#include "cli/local_module.h"
#include "cli/local_run.h"
#include "cli/service.h"
#include "host/disk.h"
#include "host/program.h"
#include "json/validate.h"
#include "loop/control.h"

enum { MAX_RESULT = 16 << 20, MAX_CONTEXT = 64 << 10 };

/* ---- where */

/* As an absolute path; the directory is made. */
static bool
make_place(struct arena *arena, const char *path, const char **out, struct err *err)
{
    const char *below = arena_printf(arena, "%s/x", path);
    char *absolute;

    if (!disk_make_parents(below, err))
        return false;
    absolute = realpath(path, NULL);
    if (!absolute)
        return err_set_errno(err, "cannot use the directory %s", path);
    *out = arena_strdup(arena, absolute);
    free(absolute);
    return true;
}

static bool
fill_place(struct local_place *place, struct arena *arena, const struct arguments *arguments,
           const struct config *config, struct err *err)
{
    char *routes = realpath(config->routes, NULL);

    place->arguments = arguments;
    place->routes_dir = arena_strdup(arena, routes ? routes : config->routes);
    free(routes);
    return make_place(arena, config->data, &place->data_dir, err);
}

/* ---- the call */

static bool
call(const struct arguments *arguments, const struct local_place *place, struct local_module *module,
     struct buf *result, struct err *err)
{
    const char *client_context = argument(arguments, "context");
    struct local_run run = { .object = module->object,
                             .name = module->name,
                             .data_dir = place->data_dir,
                             .environment = module->environment,
                             .root = module->root,
                             .slot = module->slot,
                             .timeout_ms = module->timeout_ms,
                             .client_context = str_of(client_context) };
    const char *own = arena_printf(&module->arena, "%s/modules-data/%.*s", place->data_dir,
                                   (int)strlen(module->name) - 3, module->name);
    struct buf event, context;
    bool is_ok;

    if (client_context && !json_validate(run.client_context, 0, NULL, err))
        return err_prefix(err, "--context is not JSON");
    buf_init(&event, EVENT_INPUT_MAX + 1);
    buf_init(&context, MAX_CONTEXT);
    event_context_put(&context, &module->source);
    run.context = buf_view(&context);
    is_ok = make_place(&module->arena, own, &run.own_dir, err) && event_input_read(arguments, &event, err);
    run.event = buf_view(&event);
    is_ok = is_ok && local_run(&run, result, err);
    buf_fini(&event);
    buf_fini(&context);
    return is_ok;
}

static bool
invoke(const struct arguments *arguments, const struct config *config, struct buf *result, struct err *err)
{
    const char *name = argument(arguments, "function");
    struct local_place place = { 0 };
    struct local_module module;
    struct arena arena;
    bool is_ok;

    arena_init(&arena, 0);
    control_init();
    is_ok = program_open(err) && fill_place(&place, &arena, arguments, config, err);
    if (is_ok) {
        is_ok = local_module_find(&module, &place, name ? name : arguments->words[0], err) &&
                call(arguments, &place, &module, result, err);
        local_module_fini(&module);
    }
    arena_fini(&arena);
    return is_ok;
}

static int
run(const struct arguments *arguments)
{
    struct config config;
    int code = EXIT_FAILED;
    struct buf result;
    struct err err;

    if ((argument(arguments, "function") != NULL) == (arguments->word_count > 0))
        return usage_error(arguments->command, "say which function: --function NAME.");
    buf_init(&result, MAX_RESULT);
    if (arguments_config(arguments, &config, false, NULL)) {
        code = invoke(arguments, &config, &result, &err) ? EXIT_OK : fail(&err);
        if (code == EXIT_OK && argument_is_set(arguments, "json"))
            printf("%.*s\n", STR_ARG(buf_view(&result)));
        else if (code == EXIT_OK)
            indent_print(buf_view(&result), stdout);
    }
    buf_fini(&result);
    config_fini(&config);
    return code;
}

const struct command command_invoke_local = {
    .name = "invoke local",
    .words = "[NAME]",
    .summary = "Call a function without a server and print its result",
    .details = "Loads the module in a process of its own, compiled first if its source is newer. NAME is a function of "
               "the serverless.yml here, the slug of one in ROUTES, or a file: FILE.so, FILE.c, FILE.so.handler. "
               "Without --data and --path the event comes from the standard input. What the function prints goes to "
               "the standard error.",
    .max_words = 1,
    .config = COMMAND_NO_CONFIG,
    .letters = SERVICE_LETTERS EVENT_INPUT_LETTERS,
    .options = { SERVICE_OPTIONS, EVENT_INPUT_OPTIONS, { "json", NULL, "Print the result as it came, on one line" } },
    .run = run,
};
