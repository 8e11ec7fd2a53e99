/* SPDX-License-Identifier: MIT */
/* Between the two halves of loading: config.c (what the values are) and source.c (where they come from). */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include "config/config.h"

struct dotenv;

struct load {
    struct config *config;
    const struct config_input *input;
    struct dotenv *dotenv;
    struct config_fault **last_fault;
};

/* Texts are copied, except name. */
void config_fault_add(struct load *load, const char *name, const char *value, const char *reason, const char *advice);

void source_open(struct load *load); /* reads .env */
const char *source_value(struct load *load, enum config_index option, enum config_origin *origin);

#endif
