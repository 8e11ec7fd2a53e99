/* SPDX-License-Identifier: MIT */
/*
 * Keys that callers show as x-api-key (functions.md 1.11): an immutable table of all that are in force, made from the
 * rows of the store. How http threads come by the newest one is keys.h. Any thread.
 */
#ifndef FUNCTION_KEY_H
#define FUNCTION_KEY_H

#include "function/usage.h"
#include "store/function_key.h"

enum { KEY_LEN = 40, KEY_PREFIX_LEN = 8, KEY_MIN_LEN = 20, KEY_MAX_LEN = 128 };

struct key {
    const char *hash; /* SHA-256, hexadecimal */
    const char *id, *service, *stage;
    bool is_enabled;
    struct usage_plan plan;
    struct usage *usage; /* counted */
};

struct key_table {
    atomic_uint refs;
    struct arena arena;
    struct key *keys; /* sorted by hash */
    size_t count;
    int64_t read_at; /* monotonic ms: when reading began */
};

/* Keys that were in `before` (may be NULL) go on counting where they are. refs is 1. */
struct key_table *key_table_new(const struct function_key *rows, size_t count, int64_t read_at,
                                const struct key_table *before);
struct key_table *key_table_get(struct key_table *table);
void key_table_put(struct key_table *table); /* NULL is fine */

/* The key with this value for a service ("" and "": routes/), enabled or not. NULL: none. */
const struct key *key_find(const struct key_table *table, struct str value, const char *service, const char *stage);

/* "DAY", "WEEK" or "MONTH". */
bool key_period(struct str name, enum service_period *period) MUST_CHECK;

/* A new value: KEY_LEN of A-Z a-z 0-9. */
void key_generate(char value[KEY_LEN + 1]);

/*
 * A new key for the private functions of routes/, as a write (REFUSED: the label is taken). label NULL: none. The row's
 * texts live in the arena.
 */
struct store_write *key_create(struct arena *arena, const char *label, const struct service_plan *plan,
                               struct function_key *row, char value[KEY_LEN + 1]);

/* Fills prefix and hash of a row; its texts live in the arena. */
void key_set_value(struct arena *arena, struct function_key *row, struct str value);

/* Fills the limits of a row. */
void key_set_plan(struct function_key *row, const struct service_plan *plan);

#endif
