/* SPDX-License-Identifier: MIT */
/* Finding the subcommand (cli.h). */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "config/suggest.h"

/* clang-format off */
const struct command *const commands[] = {
    &command_dev,
    &command_start,
    &command_host,
    &command_check,
    &command_new,
    &command_print,
    &command_package,
    &command_login,
    &command_deploy_function,
    &command_deploy_list,
    &command_deploy,
    &command_info,
    &command_rollback_function,
    &command_rollback,
    &command_prune,
    &command_remove,
    &command_db_init,
    &command_user_add,
    &command_org_add,
    &command_keys_create,
    &command_keys_list,
    &command_keys_revoke,
    &command_keys_add_deployer,
    &command_secrets_set,
    &command_secrets_list,
    &command_secrets_remove,
    &command_config_check,
    &command_config_print,
    &command_backup,
    &command_invoke_local,
    &command_invoke,
    &command_logs,
    &command_calls_list,
    &command_calls_show,
    &command_calls_retry,
    &command_calls_cancel,
    &command_queues,
    &command_version,
    &command_help,
    NULL,
};
/* clang-format on */

int
fail(const struct err *err)
{
    fprintf(stderr, "interlude: %s\n", err->text);
    return EXIT_FAILED;
}

int
usage_error(const struct command *command, const char *fmt, ...)
{
    va_list args;

    fputs("interlude: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nRun 'interlude help%s%s' for how it is used.\n", command ? " " : "",
            command ? command->name : "");
    return EXIT_USAGE;
}

/* The command whose name the words begin with; *used words belong to it. */
static const struct command *
find(int argc, char **argv, int *used)
{
    for (size_t i = 0; commands[i]; i++) {
        size_t first = strcspn(commands[i]->name, " ");
        const char *second = commands[i]->name + first;

        if (strncmp(argv[0], commands[i]->name, first) != 0 || argv[0][first])
            continue;
        if (!*second || (argc > 1 && strcmp(argv[1], second + 1) == 0)) {
            *used = *second ? 2 : 1;
            return commands[i];
        }
    }
    return NULL;
}

static bool
is_word(const char *argument, const char *a, const char *b)
{
    return strcmp(argument, a) == 0 || strcmp(argument, b) == 0;
}

static int
unknown(int argc, char **argv)
{
    struct suggestion suggestion = { .wanted = str_of(argv[0]) };
    char wanted[64];
    bool asks = argc > 1 && is_word(argv[1], "--help", "-h");

    if (help_family(asks ? stdout : stderr,
                    argv[0])) /* "keys" alone, or with something else than create, list, revoke */
        return asks ? EXIT_OK : EXIT_USAGE;
    for (size_t i = 0; commands[i]; i++)
        suggest(&suggestion, commands[i]->name);
    if (!suggestion.best && argc > 1) {
        snprintf(wanted, sizeof wanted, "%s %s", argv[0], argv[1]);
        suggestion.wanted = str_of(wanted);
        for (size_t i = 0; commands[i]; i++)
            suggest(&suggestion, commands[i]->name);
    }
    if (suggestion.best)
        return usage_error(NULL, "there is no command \"%s\". Did you mean \"%s\"?", argv[0], suggestion.best);
    return usage_error(NULL, "there is no command \"%s\".", argv[0]);
}

static int
run_help(const struct arguments *arguments)
{
    const struct command *command;
    int used;

    if (!arguments->word_count) {
        help_all(stdout);
        return EXIT_OK;
    }
    command = find((int)arguments->word_count, (char **)(uintptr_t)arguments->words, &used);
    if (command)
        help_command(stdout, command);
    else if (!help_family(stdout, arguments->words[0]))
        return unknown((int)arguments->word_count, (char **)(uintptr_t)arguments->words);
    return EXIT_OK;
}

const struct command command_help = {
    .name = "help",
    .words = "[COMMAND]",
    .summary = "Show how a command is used",
    .max_words = 2,
    .run = run_help,
};

/* What was printed must have arrived; a server's output is its log, which does not decide. */
static int
finish(const struct command *command, int code)
{
    bool is_server = command->config == COMMAND_CONFIG || command->config == COMMAND_HOST;

    if ((fflush(stdout) == 0 && !ferror(stdout)) || is_server)
        return code;
    perror("interlude: cannot write the output");
    return EXIT_FAILED;
}

int
cli_main(int argc, char **argv)
{
    struct arguments arguments;
    const struct command *command;
    int used = 0;

    if (argc < 2) {
        help_all(stderr);
        return EXIT_USAGE;
    }
    if (is_word(argv[1], "--help", "-h")) {
        help_all(stdout);
        return EXIT_OK;
    }
    if (is_word(argv[1], "--version", "-V"))
        return command_version.run(NULL);
    if (argv[1][0] == '-')
        return usage_error(NULL, "the command comes first; \"%s\" is none.", argv[1]);
    command = find(argc - 1, argv + 1, &used);
    if (!command)
        return unknown(argc - 1, argv + 1);
    if (!arguments_parse(&arguments, command, argc - 1 - used, argv + 1 + used))
        return EXIT_USAGE;
    if (arguments.wants_help) {
        help_command(stdout, command);
        return EXIT_OK;
    }
    return finish(command, command->run(&arguments));
}
