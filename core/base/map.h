/* SPDX-License-Identifier: MIT */
/*
 * Hash map from byte strings to pointers. Keys are copied; values are the caller's. Hashing is keyed with random bytes
 * per process, so that keys chosen by a stranger cannot be made to collide. Not thread-safe.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct map_entry;

struct map {
    struct map_entry **slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
};

void map_init(struct map *map);
void map_fini(struct map *map);                              /* frees keys; values are the caller's */
void *map_find(const struct map *map, struct str key);       /* NULL: no such key */
void *map_set(struct map *map, struct str key, void *value); /* returns the value it replaced, or NULL */
void *map_remove(struct map *map, struct str key);           /* returns the value, or NULL */

/* Walks all entries in no order. Start with cursor 0; NULL at the end. The entry just returned may be removed. */
struct map_entry {
    struct map_entry *next;
    void *value;
    uint64_t hash;
    size_t key_len;
    char key[]; /* NUL-terminated */
};
struct map_cursor {
    size_t slot;
    struct map_entry *next;
};
struct map_entry *map_next(const struct map *map, struct map_cursor *cursor);

/* Keyed hash (SipHash-1-3) with this process's key; for tables of one's own. */
uint64_t hash_bytes(const void *p, size_t len);

#endif
