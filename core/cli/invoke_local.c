/* SPDX-License-Identifier: MIT */
/* interlude invoke local: one call of a function, without a server. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/indent.h"
#include "cli/local_module.h"
#include "cli/local_run.h"
#include "host/disk.h"
#include "host/program.h"
#include "json/validate.h"
#include "json/write.h"
#include "loop/control.h"

enum { MAX_EVENT = 6291456, MAX_RESULT = 16 << 20, MAX_CONTEXT = 64 << 10, MAX_PARAMS = 64 };

extern char **environ;

/* ---- the event */

static bool
read_file(const char *path, FILE *file, struct buf *text, struct err *err)
{
    char part[1 << 16];
    size_t len;

    if (!file)
        return err_set_errno(err, "cannot read %s", path);
    while ((len = fread(part, 1, sizeof part, file)) > 0)
        buf_put(text, part, len);
    if (ferror(file))
        return err_set_errno(err, "cannot read %s", path);
    return true;
}

static bool
read_data(const struct arguments *arguments, struct buf *text, struct err *err)
{
    const char *data = argument(arguments, "data"), *path = argument(arguments, "path");
    FILE *file;
    bool is_ok;

    if (data) {
        buf_str(text, data);
        return true;
    }
    if (!path)
        return isatty(STDIN_FILENO) || read_file("the standard input", stdin, text, err);
    file = fopen(path, "r");
    is_ok = read_file(path, file, text, err);
    if (file)
        fclose(file);
    return is_ok;
}

/* What is no JSON, or must not be taken for it, becomes a JSON string. */
static bool
make_event(const struct arguments *arguments, struct buf *event, struct err *err)
{
    struct json_out out;
    struct buf text;
    bool is_ok;

    buf_init(&text, MAX_EVENT);
    is_ok = read_data(arguments, &text, err);
    if (is_ok && !text.len)
        buf_str(event, "{}");
    else if (is_ok && !argument_is_set(arguments, "raw") && json_validate(buf_view(&text), 0, NULL, NULL))
        buf_put(event, text.p, text.len);
    else if (is_ok) {
        json_out_init(&out, event);
        json_put_str(&out, buf_view(&text));
    }
    if (is_ok && (text.over || event->over))
        is_ok = err_set(err, "the event has more than %d bytes", MAX_EVENT);
    buf_fini(&text);
    return is_ok;
}

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
           const struct config *config, const char *dir, struct err *err)
{
    struct service_pair *params = arena_alloc(arena, MAX_PARAMS * sizeof *params);
    size_t count = 0, at = 0;
    const char *text;
    char *routes;

    while (count < MAX_PARAMS && (text = argument_next(arguments, "param", &at))) {
        const char *equals = strchr(text, '=');

        if (!equals)
            return err_set(err, "--param %s: write name=value", text);
        params[count++] = (struct service_pair){ arena_strndup(arena, text, (size_t)(equals - text)), equals + 1 };
    }
    routes = realpath(config->routes, NULL);
    place->dir = dir;
    place->arguments = arguments;
    place->routes_dir = arena_strdup(arena, routes ? routes : config->routes);
    free(routes);
    place->options = (struct service_options){ .file = argument(arguments, "config"),
                                               .stage = argument(arguments, "stage"),
                                               .region = argument(arguments, "region"),
                                               .params = { params, count },
                                               .environment = (const char *const *)environ };
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
                             .slot = module->slot,
                             .timeout_ms = module->timeout_ms,
                             .client_context = str_of(client_context) };
    const char *own = arena_printf(&module->arena, "%s/modules-data/%.*s", place->data_dir,
                                   (int)strlen(module->name) - 3, module->name);
    struct buf event, context;
    bool is_ok;

    if (client_context && !json_validate(run.client_context, 0, NULL, err))
        return err_prefix(err, "--context is not JSON");
    buf_init(&event, MAX_EVENT + 1);
    buf_init(&context, MAX_CONTEXT);
    event_context_put(&context, &module->source);
    run.context = buf_view(&context);
    is_ok = make_place(&module->arena, own, &run.own_dir, err) && make_event(arguments, &event, err);
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
    char here[PATH_MAX];
    struct arena arena;
    const char *dir;
    bool is_ok;

    arena_init(&arena, 0);
    control_init();
    dir = getcwd(here, sizeof here);
    is_ok = dir && program_open(err) && fill_place(&place, &arena, arguments, config, dir, err);
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

    if (!argument(arguments, "function") && !arguments->word_count)
        return usage_error(arguments->command, "say which function: --function NAME");
    buf_init(&result, MAX_RESULT);
    if (arguments_config(arguments, &config, false, NULL)) {
        code = invoke(arguments, &config, &result, &err) ? EXIT_OK : fail(&err);
        if (code == EXIT_OK)
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
    .letters = "fdp--src-",
    .options = { { "function", "NAME", "The function, as the word behind the command" },
                 { "data", "TEXT", "The event, JSON or text" },
                 { "path", "FILE", "A file with the event" },
                 { "raw", NULL, "The event is a text even if it looks like JSON" },
                 { "context", "JSON", "What il_client_context() says" },
                 { "stage", "NAME", "Stage of the service" },
                 { "region", "NAME", "Region of the service" },
                 { "config", "FILE", "Instead of serverless.yml" },
                 { "param", "NAME=VALUE", "A value for ${param:NAME}; may stand more than once" } },
    .run = run,
};
