/* SPDX-License-Identifier: MIT */
/* Reading a command line (command.h). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/command.h"
#include "config/suggest.h"

enum { MAX_FLAG_NAME = 64, MAX_FAULTS = 65536 };

/* What --name means for a command: an option of its own, or one of the configuration. */
struct meaning {
    int option; /* -1 */
    int config; /* -1 */
    bool is_switch;
};

/* What a host shares with a server: modules and the processes they run in. */
static bool
is_of_modules(enum config_index option)
{
    return option == CONFIG_routes || option == CONFIG_data || option == CONFIG_runner_memory_bytes ||
           option == CONFIG_runner_idle_ms || option == CONFIG_upload_max_bytes || option == CONFIG_log_level;
}

bool
command_takes(const struct command *command, enum config_index option)
{
    switch (command->config) {
    case COMMAND_NO_CONFIG:
        return false;
    case COMMAND_DATA:
        return option == CONFIG_data;
    case COMMAND_ROUTES:
        return option == CONFIG_routes;
    case COMMAND_CONFIG:
        return !config_option(option)->is_host_only;
    case COMMAND_HOST:
        return config_option(option)->is_host_only || is_of_modules(option);
    }
    return false;
}

static bool
find_meaning(const struct command *command, struct str name, struct meaning *meaning, struct suggestion *suggestion)
{
    char flag[MAX_FLAG_NAME];

    *meaning = (struct meaning){ -1, -1, false };
    for (int i = 0; i < COMMAND_MAX_OPTIONS && command->options[i].name; i++) {
        if (str_is(name, command->options[i].name)) {
            meaning->option = i;
            meaning->is_switch = !command->options[i].value;
            return true;
        }
        suggest(suggestion, command->options[i].name);
    }
    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT; i++) {
        if (!command_takes(command, i) || !config_flag_name(i, flag, sizeof flag))
            continue;
        if (str_is(name, flag)) {
            meaning->config = (int)i;
            meaning->is_switch = config_option(i)->is_switch;
            return true;
        }
        suggest(suggestion, config_option(i)->name);
    }
    return false;
}

/* The flag of a suggestion, which may be an option's own name or one of the configuration. */
static const char *
as_flag(const char *name, char *flag)
{
    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT; i++)
        if (config_option(i)->name == name) {
            config_flag_name(i, flag, MAX_FLAG_NAME);
            return flag;
        }
    return name;
}

static bool
unknown_option(const struct command *command, struct str name, const struct suggestion *suggestion)
{
    char flag[MAX_FLAG_NAME];

    if (suggestion->best)
        usage_error(command, "%s has no option --%.*s. Did you mean --%s?", command->name, STR_ARG(name),
                    as_flag(suggestion->best, flag));
    else
        usage_error(command, "%s has no option --%.*s.", command->name, STR_ARG(name));
    return false;
}

static bool
take_option(struct arguments *arguments, int option, const char *value)
{
    if (arguments->given_count == COMMAND_MAX_GIVEN) {
        usage_error(arguments->command, "there are more than %d options.", COMMAND_MAX_GIVEN);
        return false;
    }
    arguments->values[option] = value;
    arguments->given[arguments->given_count].option = option;
    arguments->given[arguments->given_count++].value = value;
    return true;
}

/* One -f value, -fvalue, or -l for a switch. */
static bool
parse_letter(struct arguments *arguments, const char *text, char ***next)
{
    const struct command *command = arguments->command;
    const char *letter = command->letters && *text != '-' ? strchr(command->letters, *text) : NULL;
    const char *value = text + 1;
    int option;

    if (!letter || (*value && !command->options[letter - command->letters].value)) {
        usage_error(command,
                    command->letters ? "there is no short option -%s." : "there are no short options such as -%s.",
                    text);
        return false;
    }
    option = (int)(letter - command->letters);
    if (!*value && command->options[option].value) {
        if (!**next) {
            usage_error(command, "-%s needs a value.", text);
            return false;
        }
        value = *(*next)++;
    }
    return take_option(arguments, option, value);
}

/* One --name or --name=value; *value may be taken from the next word. */
static bool
parse_option(struct arguments *arguments, const char *text, char ***next)
{
    const char *equals = strchr(text, '='), *value = equals ? equals + 1 : NULL;
    struct str name = { text, equals ? (size_t)(equals - text) : strlen(text) };
    struct suggestion suggestion = { .wanted = name };
    struct meaning meaning;

    if (!find_meaning(arguments->command, name, &meaning, &suggestion))
        return unknown_option(arguments->command, name, &suggestion);
    if (meaning.is_switch && value && meaning.option >= 0) {
        usage_error(arguments->command, "--%.*s takes no value.", STR_ARG(name));
        return false;
    }
    if (meaning.is_switch && !value)
        value = meaning.option >= 0 ? "" : "on";
    if (!value && !**next) {
        usage_error(arguments->command, "--%.*s needs a value.", STR_ARG(name));
        return false;
    }
    if (!value)
        value = *(*next)++;
    if (meaning.option >= 0)
        return take_option(arguments, meaning.option, value);
    if (arguments->flag_count < COMMAND_MAX_FLAGS)
        arguments->flags[arguments->flag_count++] = (struct config_flag){ (enum config_index)meaning.config, value };
    return true;
}

static bool
take_word(struct arguments *arguments, const char *word)
{
    if (arguments->word_count == arguments->command->max_words) {
        usage_error(arguments->command, "%s does not take \"%s\".", arguments->command->name, word);
        return false;
    }
    arguments->words[arguments->word_count++] = word;
    return true;
}

bool
arguments_parse(struct arguments *arguments, const struct command *command, int argc, char **argv)
{
    bool only_words = false;

    *arguments = (struct arguments){ .command = command };
    (void)argc;
    while (*argv) {
        const char *text = *argv++;

        if (!only_words && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0))
            return arguments->wants_help = true;
        if (!only_words && strcmp(text, "--") == 0) {
            only_words = true;
        } else if (!only_words && strncmp(text, "--", 2) == 0) {
            if (!parse_option(arguments, text + 2, &argv))
                return false;
        } else if (!only_words && text[0] == '-' && text[1]) {
            if (!parse_letter(arguments, text + 1, &argv))
                return false;
        } else if (!take_word(arguments, text)) {
            return false;
        }
    }
    if (arguments->word_count < command->min_words) {
        usage_error(command, "%s needs: %s.", command->name, command->words);
        return false;
    }
    return true;
}

static int
option_index(const struct command *command, const char *option)
{
    for (int i = 0; i < COMMAND_MAX_OPTIONS && command->options[i].name; i++)
        if (strcmp(command->options[i].name, option) == 0)
            return i;
    return -1;
}

const char *
argument(const struct arguments *arguments, const char *option)
{
    int i = option_index(arguments->command, option);

    ASSERT(i >= 0); /* the command's own row must have it */
    return arguments->values[i];
}

bool
argument_is_set(const struct arguments *arguments, const char *option)
{
    return argument(arguments, option) != NULL;
}

const char *
argument_next(const struct arguments *arguments, const char *option, size_t *at)
{
    int i = option_index(arguments->command, option);

    while (*at < arguments->given_count)
        if (arguments->given[(*at)++].option == i)
            return arguments->given[*at - 1].value;
    return NULL;
}

bool
arguments_config(const struct arguments *arguments, struct config *config, bool is_dev, const char *project_dir)
{
    struct config_input input = { .project_dir = project_dir,
                                  .environment = (const char *const *)environ,
                                  .flags = arguments->flags,
                                  .flag_count = arguments->flag_count,
                                  .is_dev = is_dev,
                                  .is_host = arguments->command->config == COMMAND_HOST };
    struct buf text;

    if (config_load(config, &input))
        return true;
    buf_init(&text, MAX_FAULTS);
    config_faults_text(config, &text);
    fprintf(stderr, "interlude: the configuration is not valid\n\n%s", buf_text(&text));
    buf_fini(&text);
    return false;
}
