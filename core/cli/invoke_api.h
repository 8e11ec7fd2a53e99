/* SPDX-License-Identifier: MIT */
/* `invoke -f NAME`: a function of a running server by the invoke API of AWS Lambda (functions.md 1.7). */
#ifndef CLI_INVOKE_API_H
#define CLI_INVOKE_API_H

#include "cli/command.h"

/* base: "http://localhost:3000". Prints the result; returns the exit code. */
int invoke_by_api(const struct arguments *arguments, const char *base);

#endif
