/* SPDX-License-Identifier: MIT */
/*
 * What a subcommand is: one row, from which parsing, help and suggestions come, and a function. One file per subcommand
 * (a family such as `keys …` shares one).
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "config/config.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };
enum { COMMAND_MAX_WORDS = 4, COMMAND_MAX_OPTIONS = 24, COMMAND_MAX_FLAGS = 64, COMMAND_MAX_GIVEN = 64 };

struct command_option {
    const char *name;  /* "org": --org */
    const char *value; /* "SLUG"; NULL: a switch */
    const char *text;
};

enum command_config {
    COMMAND_NO_CONFIG,
    COMMAND_DATA,   /* --data */
    COMMAND_ROUTES, /* --routes */
    COMMAND_CONFIG, /* every option of the server */
    COMMAND_HOST,   /* every option of `interlude host` */
};

struct arguments;

struct command {
    const char *name;    /* "dev", "keys create" */
    const char *words;   /* "[DIR]", "EMAIL" */
    const char *summary; /* one line */
    const char *details; /* a paragraph, or NULL */
    unsigned min_words, max_words;
    enum command_config config;
    struct command_option options[COMMAND_MAX_OPTIONS]; /* ends with a zero row if there are fewer */
    const char *letters; /* short forms by the place in options: "fd-": -f, -d, the third has none; NULL: none at all */
    int (*run)(const struct arguments *arguments);
};

/* A parsed command line. */
struct arguments {
    const struct command *command;
    const char *words[COMMAND_MAX_WORDS];
    unsigned word_count;
    const char *values[COMMAND_MAX_OPTIONS]; /* by the place in command->options; "" for a switch; NULL: not given */
    struct {
        int option;
        const char *value;
    } given[COMMAND_MAX_GIVEN]; /* the same in the order given, for options that may stand more than once */
    size_t given_count;
    struct config_flag flags[COMMAND_MAX_FLAGS];
    size_t flag_count;
    bool wants_help;
};

/* Reads argv behind the command's name. false: wrong, and said so on stderr. */
bool arguments_parse(struct arguments *arguments, const struct command *command, int argc, char **argv);

const char *argument(const struct arguments *arguments, const char *option); /* NULL: not given */
bool argument_is_set(const struct arguments *arguments, const char *option);
/* One value after the other of an option that may stand more than once; start with *at 0. NULL: no more. */
const char *argument_next(const struct arguments *arguments, const char *option, size_t *at);

/* Does this option of the configuration mean something to the command? */
bool command_takes(const struct command *command, enum config_index option);

/* Loads the configuration with the given flags. false: every fault is on stderr. config_fini in both cases. */
bool arguments_config(const struct arguments *arguments, struct config *config, bool is_dev, const char *project_dir);

/* "interlude: <err>" on stderr; returns EXIT_FAILED. */
int fail(const struct err *err);
/* "interlude: …" and where help is, on stderr; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Every command, in the order of the help; NULL at the end. */
extern const struct command *const commands[];

void help_all(FILE *out);
void help_command(FILE *out, const struct command *command);
/* Commands that begin with this word ("keys"). false: there are none. */
bool help_family(FILE *out, const char *word);

extern const struct command command_dev, command_start, command_host, command_check, command_new, command_db_init,
    command_user_add, command_org_add, command_keys_create, command_keys_list, command_keys_revoke, command_secrets_set,
    command_secrets_list, command_secrets_remove, command_config_check, command_config_print, command_backup,
    command_version, command_help, command_invoke_local, command_invoke, command_calls_list, command_calls_show,
    command_calls_retry, command_calls_cancel, command_queues, command_print, command_package, command_logs,
    command_keys_add_deployer, command_login, command_deploy, command_deploy_list, command_rollback, command_remove,
    command_info, command_deploy_function, command_rollback_function, command_prune;

#endif
