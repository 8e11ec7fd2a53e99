/* SPDX-License-Identifier: MIT */
/* Chained hash map and its keyed hash (map.h). */
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/mem.h"

static uint64_t hash_key[2];

static void
hash_key_init(void)
{
    ASSERT(getrandom(hash_key, sizeof hash_key, 0) == (ssize_t)sizeof hash_key);
}

static inline uint64_t
rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"). */
uint64_t
hash_bytes(const void *p, size_t len)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const unsigned char *at = p;
    uint64_t word, v[4];
    size_t left = len;

    pthread_once(&once, hash_key_init);
    v[0] = hash_key[0] ^ 0x736f6d6570736575u;
    v[1] = hash_key[1] ^ 0x646f72616e646f6du;
    v[2] = hash_key[0] ^ 0x6c7967656e657261u;
    v[3] = hash_key[1] ^ 0x7465646279746573u;
    for (; left >= 8; at += 8, left -= 8) {
        memcpy(&word, at, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (left)
        memcpy(&word, at, left);
    word |= (uint64_t)len << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void
map_init(struct map *map)
{
    *map = (struct map){ 0 };
}

void
map_fini(struct map *map)
{
    for (size_t i = 0; i < map->slot_count; i++) {
        struct map_entry *entry = map->slots[i];

        while (entry) {
            struct map_entry *next = entry->next;

            free(entry);
            entry = next;
        }
    }
    free(map->slots);
    map_init(map);
}

static struct map_entry **
place(const struct map *map, struct str key, uint64_t hash)
{
    struct map_entry **at = &map->slots[hash & (map->slot_count - 1)];

    while (*at && ((*at)->hash != hash || !str_eq((struct str){ (*at)->key, (*at)->key_len }, key)))
        at = &(*at)->next;
    return at;
}

static void
grow(struct map *map)
{
    size_t old_count = map->slot_count;
    struct map_entry **old = map->slots;

    map->slot_count = old_count ? old_count * 2 : 16;
    map->slots = mem_alloc(map->slot_count * sizeof(struct map_entry *));
    for (size_t i = 0; i < old_count; i++) {
        struct map_entry *entry = old[i];

        while (entry) {
            struct map_entry *next = entry->next;
            struct map_entry **slot = &map->slots[entry->hash & (map->slot_count - 1)];

            entry->next = *slot;
            *slot = entry;
            entry = next;
        }
    }
    free(old);
}

void *
map_find(const struct map *map, struct str key)
{
    struct map_entry *entry;

    if (!map->count)
        return NULL;
    entry = *place(map, key, hash_bytes(key.p, key.len));
    return entry ? entry->value : NULL;
}

void *
map_set(struct map *map, struct str key, void *value)
{
    uint64_t hash = hash_bytes(key.p, key.len);
    struct map_entry **at, *entry;

    if (map->count >= map->slot_count)
        grow(map);
    at = place(map, key, hash);
    if (*at) {
        void *old = (*at)->value;

        (*at)->value = value;
        return old;
    }
    entry = mem_realloc(NULL, sizeof *entry + key.len + 1);
    *entry = (struct map_entry){ .value = value, .hash = hash, .key_len = key.len };
    if (key.len)
        memcpy(entry->key, key.p, key.len);
    entry->key[key.len] = '\0';
    *at = entry;
    map->count++;
    return NULL;
}

void *
map_remove(struct map *map, struct str key)
{
    struct map_entry **at, *entry;
    void *value;

    if (!map->count)
        return NULL;
    at = place(map, key, hash_bytes(key.p, key.len));
    entry = *at;
    if (!entry)
        return NULL;
    value = entry->value;
    *at = entry->next;
    free(entry);
    map->count--;
    return value;
}

struct map_entry *
map_next(const struct map *map, struct map_cursor *cursor)
{
    struct map_entry *entry = cursor->next;

    while (!entry && cursor->slot < map->slot_count)
        entry = map->slots[cursor->slot++];
    cursor->next = entry ? entry->next : NULL;
    return entry;
}
