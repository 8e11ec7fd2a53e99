/* SPDX-License-Identifier: MIT */
/*
 * The command line of interlude as a whole: finds the subcommand and runs it. The subcommands are one file each,
 * command.h.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Returns the exit code: 0 ok, 1 failure, 2 usage. */
int cli_main(int argc, char **argv);

#endif
