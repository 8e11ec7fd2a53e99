/* SPDX-License-Identifier: MIT */
/* The part of interlude keys that is about callers of functions (functions.md 1.11). */
#ifndef CLI_FUNCTION_KEYS_H
#define CLI_FUNCTION_KEYS_H

#include "cli/data.h"

/* keys create --functions: one for the private functions of routes/; those of services stand in their files. */
bool function_keys_create(struct data *data, const struct arguments *arguments, struct err *err) MUST_CHECK;
bool function_keys_list(struct data *data, const struct arguments *arguments, struct err *err) MUST_CHECK;

/* *is_known false: there is no such key among those of functions. */
bool function_keys_revoke(struct data *data, const char *id, bool *is_known, struct err *err) MUST_CHECK;

#endif
