/* SPDX-License-Identifier: MIT */
/* Which messages a consumer wants: event filtering as AWS has it for SQS. Pure. */
#ifndef QUEUE_FILTER_H
#define QUEUE_FILTER_H

#include <stdbool.h>

#include "base/str.h"

/*
 * patterns: a JSON list of {"body": {…}}; one that matches is enough. NULL: everything is wanted, as with a text that
 * is none.
 */
bool filter_matches(const char *patterns, struct str body);

#endif
