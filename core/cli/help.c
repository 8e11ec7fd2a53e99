/* SPDX-License-Identifier: MIT */
/* Help texts, made from the rows of commands and options (command.h). */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

enum { LEFT = 26, WIDTH = 80, MAX_FLAG_NAME = 64 };

/* A paragraph that begins in column `left`, where the cursor stands, and is broken at blanks. */
static void
put_wrapped(FILE *out, const char *text, size_t left)
{
    size_t column = left;

    while (*text) {
        size_t len = strcspn(text, " \n");

        if (column > left && column + 1 + len > WIDTH) {
            fprintf(out, "\n%*s", (int)left, "");
            column = left;
        } else if (column > left) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)len, text);
        column += len;
        text += len + (text[len] != '\0');
    }
    fputc('\n', out);
}

static void
put_row(FILE *out, const char *name, const char *text)
{
    int len = fprintf(out, "  %s", name);

    if (len > LEFT - 2)
        fprintf(out, "\n%*s", LEFT, "");
    else
        fprintf(out, "%*s", LEFT - len, "");
    put_wrapped(out, text, LEFT);
}

void
help_all(FILE *out)
{
    char name[128];

    fprintf(out, "Interlude: internal tools and HTTP functions from plain C functions.\n\nUsage: interlude COMMAND "
                 "[OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; commands[i]; i++) {
        snprintf(name, sizeof name, "%s %s", commands[i]->name, commands[i]->words ? commands[i]->words : "");
        put_row(out, name, commands[i]->summary);
    }
    fprintf(out, "\nRun 'interlude help COMMAND' for its options.\n");
}

static void
put_own_options(FILE *out, const struct command *command)
{
    char name[128];

    for (size_t i = 0; i < COMMAND_MAX_OPTIONS && command->options[i].name; i++) {
        char letter = command->letters && i < strlen(command->letters) ? command->letters[i] : '-';

        snprintf(name, sizeof name, "%.*s--%s%s%s", letter == '-' ? 0 : 4, (char[]){ '-', letter, ',', ' ' },
                 command->options[i].name, command->options[i].value ? " " : "",
                 command->options[i].value ? command->options[i].value : "");
        put_row(out, name, command->options[i].text);
    }
}

static void
put_config_option(FILE *out, enum config_index i)
{
    const struct config_option *option = config_option(i);
    char flag[MAX_FLAG_NAME], name[128], text[512];

    config_flag_name(i, flag, sizeof flag);
    snprintf(name, sizeof name, "--%s%s", flag, option->is_switch ? "" : " VALUE");
    snprintf(text, sizeof text, "%s [%s%s%s]", option->text, option->name, *option->fallback ? ", default " : "",
             option->fallback);
    put_row(out, name, text);
}

static void
put_config(FILE *out, const struct command *command)
{
    char flag[MAX_FLAG_NAME];

    for (int own = 1; own >= 0; own--) /* the command's own first */
        for (enum config_index i = 0; i < CONFIG_OPTION_COUNT; i++)
            if (config_option(i)->is_host_only == own && command_takes(command, i) &&
                config_flag_name(i, flag, sizeof flag))
                put_config_option(out, i);
    if (command->config != COMMAND_CONFIG && command->config != COMMAND_HOST)
        return;
    fprintf(out,
            "\nWhat is in [BRACKETS] is the name in the environment and in the file .env of the\nproject directory.\n");
    if (command->config == COMMAND_HOST)
        return;
    fprintf(out, "Secrets come from there only, or from the file that NAME_FILE names:\n");
    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT; i++)
        if (command_takes(command, i) && !config_flag_name(i, flag, sizeof flag))
            put_row(out, config_option(i)->name, config_option(i)->text);
}

void
help_command(FILE *out, const struct command *command)
{
    bool has_options = command->options[0].name || command->config != COMMAND_NO_CONFIG;

    fprintf(out, "Usage: interlude %s%s%s%s\n\n", command->name, command->words ? " " : "",
            command->words ? command->words : "", has_options ? " [OPTIONS]" : "");
    put_wrapped(out, command->summary, 0);
    if (command->details) {
        fputc('\n', out);
        put_wrapped(out, command->details, 0);
    }
    if (has_options)
        fprintf(out, "\nOptions:\n");
    put_own_options(out, command);
    put_config(out, command);
}

bool
help_family(FILE *out, const char *word)
{
    size_t len = strlen(word), count = 0;
    char name[128];

    for (size_t i = 0; commands[i]; i++) {
        if (strncmp(commands[i]->name, word, len) != 0 || commands[i]->name[len] != ' ')
            continue;
        if (!count++)
            fprintf(out, "Commands of 'interlude %s':\n", word);
        snprintf(name, sizeof name, "%s %s", commands[i]->name, commands[i]->words ? commands[i]->words : "");
        put_row(out, name, commands[i]->summary);
    }
    return count > 0;
}
