/* SPDX-License-Identifier: MIT */
/* interlude version */
#include <stdio.h>

#include "cli/command.h"

static int
run(const struct arguments *arguments)
{
    (void)arguments;
    puts("interlude " INTERLUDE_VERSION);
    return EXIT_OK;
}

const struct command command_version = { .name = "version", .summary = "Print the version", .run = run };
