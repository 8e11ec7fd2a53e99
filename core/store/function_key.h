/* SPDX-License-Identifier: MIT */
/*
 * Rows of the keys that callers of functions show, and of what is used of their quotas. What they mean is
 * function/key.h and function/usage.h; user.h says how these functions behave.
 */
#ifndef STORE_FUNCTION_KEY_H
#define STORE_FUNCTION_KEY_H

#include "store/store.h"

struct function_key {
    const char *id;
    const char *service, *stage; /* "": the functions of routes/ */
    const char *name, *description /* may be NULL */;
    const char *prefix, *hash;
    const char *sealed;               /* NULL: cannot be shown again */
    bool is_given, is_enabled;        /* given: by the service's file */
    int64_t rate_milli, burst_limit;  /* calls in 1,000 s; 0: no throttle */
    int64_t quota_limit;              /* negative: no quota */
    const char *quota_period;         /* "DAY", "WEEK", "MONTH"; NULL without a quota */
    int64_t quota_offset, created_at; /* days; read only */
    int64_t period_start, used;       /* read only; 0: nothing was ever used */
};

void store_function_key_insert(struct store_write *write, const struct function_key *key); /* REFUSED: there is one */
void store_function_key_update(struct store_write *write, const struct function_key *key); /* all but whose and name */
void store_function_key_remove(struct store_write *write, const char *id);                 /* REFUSED: no such key */
bool store_function_key_list(struct store *store, struct arena *arena, struct function_key **keys, size_t *count,
                             struct err *err) MUST_CHECK;

/* The statement's row is the sum afterwards: store_function_usage_sum. */
void store_function_usage_add(struct store_write *write, const char *key_id, int64_t period_start, int64_t used);
int64_t store_function_usage_sum(const struct store_statement *statement);
void store_function_usage_forget(struct store_write *write, int64_t before);

#endif
