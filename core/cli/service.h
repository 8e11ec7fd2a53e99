/* SPDX-License-Identifier: MIT */
/* What commands about a service share: their options, and serverless.yml read with them. */
#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include "cli/command.h"
#include "function/node.h"
#include "function/service.h"

/* The first rows of `options`, and the letters that belong to them. */
/* clang-format off */
#define SERVICE_READ_OPTIONS                                                              \
    { "stage", "NAME", "Stage; default: provider.stage, else dev" },                      \
    { "region", "NAME", "Region, as the service sees it" },                               \
    { "config", "FILE", "Another file than serverless.yml" },                             \
    { "param", "K=V", "A parameter for ${param:K}; may be given several times" },         \
    { "strict", NULL, "Event sources that are not available are errors" },                \
    { "allow-outside", NULL, "${file(…)} may read files outside of the directory" }
#define SERVICE_OPTIONS SERVICE_READ_OPTIONS, { "verbose", NULL, "Say more" }
#define SERVICE_LETTERS "src----"
/* clang-format on */

struct service_input {
    const char *dir; /* "." */
    struct service_options options;
    struct service_pair params[COMMAND_MAX_GIVEN], given[COMMAND_MAX_GIVEN];
    struct arena arena;
    struct service_problems problems;
    struct service_tree tree;
    struct service *service; /* NULL: it has errors */
    int code;                /* EXIT_… so far */
};

/* What the command line says about the file. false: it is wrong, and that was said. close in both cases. */
bool service_input_take(struct service_input *input, const struct arguments *arguments);

/*
 * Reads, resolves, validates, prints the problems on stderr: warnings, too, where the service is built or shown. false:
 * there is no tree, the command ends with input->code. A tree whose service is NULL has errors too: only `print` goes
 * on with it. close in all cases.
 */
bool service_input_open(struct service_input *input, const struct arguments *arguments,
                        enum service_problems_part shown);
void service_input_close(struct service_input *input);

#endif
