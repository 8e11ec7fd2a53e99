/* SPDX-License-Identifier: MIT */
/*
 * ${source:address, fallback} in the values of a serverless.yml (functions.md 1.3): replaced in place, nested to any
 * depth, each once. ${secret:name} stays as it is: it is replaced where the value is used (service_expand_secrets).
 * One thread; reads files and .git below the directory of the service.
 */
#ifndef FUNCTION_VARIABLES_H
#define FUNCTION_VARIABLES_H

#include "function/node.h"
#include "function/service.h"

struct resolved {
    const char *stage;          /* the one that ${sls:stage} gave, or would have given */
    struct service_texts files; /* that were read, or looked for */
};

/* false: problems were added. `resolved` is filled in both cases, its texts in the forest's arena. */
bool variables_resolve(struct forest *forest, struct node *root, const char *dir, const struct service_options *options,
                       struct resolved *resolved) MUST_CHECK;

#endif
