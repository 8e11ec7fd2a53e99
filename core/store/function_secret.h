/* SPDX-License-Identifier: MIT */
/* Rows of functions' secrets. What seals and opens them is function/secret.h. */
#ifndef STORE_FUNCTION_SECRET_H
#define STORE_FUNCTION_SECRET_H

#include "store/store.h"

struct function_secret {
    const char *name, *sealed;
    int64_t updated_at;
};

void store_function_secret_put(struct store_write *write, const char *org_id, const char *name, const char *sealed);
void store_function_secret_remove(struct store_write *write, const char *org_id, const char *name); /* REFUSED: none */

/* By name. */
bool store_function_secret_list(struct store *store, struct arena *arena, const char *org_id,
                                struct function_secret **secrets, size_t *count, struct err *err) MUST_CHECK;

#endif
