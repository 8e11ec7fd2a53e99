/* SPDX-License-Identifier: MIT */
/*
 * What functions get for ${secret:name}: values of an organization that are sealed in the store, opened where a service
 * is loaded, and never printed or packaged. Blocking: api threads and the command line.
 */
#ifndef FUNCTION_SECRET_H
#define FUNCTION_SECRET_H

#include "auth/secrets.h"
#include "base/arena.h"

struct store;
struct function_secret_set;

enum { FUNCTION_SECRET_MAX_NAME = 64, FUNCTION_SECRET_MAX_BYTES = 16 << 10 };

/* 1 to 64 of A-Z a-z 0-9 . _ - */
bool function_secret_is_name(struct str name);
/* What is stored for this value; lives in the arena. */
const char *function_secret_seal(const struct secrets *secrets, struct arena *arena, const char *name,
                                 struct str value);

/* All secrets of an organization, opened. NULL: the store fails, or a row was sealed with another key. */
struct function_secret_set *function_secrets_load(struct store *store, const struct secrets *secrets,
                                                  const char *org_id, struct err *err) MUST_CHECK;
void function_secrets_free(struct function_secret_set *set); /* wipes them */
/* For service_expand_secrets: `set` is a struct function_secret_set. NULL: there is none of that name. */
const char *function_secret_find(void *set, struct str name);

#endif
