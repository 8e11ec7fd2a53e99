/* SPDX-License-Identifier: MIT */
/* The part of interlude keys that is about who may deploy (functions.md 2.3). */
#ifndef CLI_DEPLOYER_KEYS_H
#define CLI_DEPLOYER_KEYS_H

#include "cli/data.h"

bool deployer_keys_add(struct data *data, const struct arguments *arguments, struct err *err) MUST_CHECK;
bool deployer_keys_list(struct data *data, const struct arguments *arguments, struct err *err) MUST_CHECK;

/* *is_known false: there is no such key among those of deployers. */
bool deployer_keys_revoke(struct data *data, const char *id, bool *is_known, struct err *err) MUST_CHECK;

#endif
