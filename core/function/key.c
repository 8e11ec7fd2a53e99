/* SPDX-License-Identifier: MIT */
/* The table of keys (key.h). */
#include "function/key.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>

#include "auth/secrets.h"
#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const periods[] = { [PERIOD_DAY] = "DAY", [PERIOD_WEEK] = "WEEK", [PERIOD_MONTH] = "MONTH" };

bool
key_period(struct str name, enum service_period *period)
{
    for (size_t i = 0; i < COUNT_OF(periods); i++)
        if (str_is(name, periods[i])) {
            *period = (enum service_period)i;
            return true;
        }
    return false;
}

static enum service_period
period_of(const char *name)
{
    enum service_period period = PERIOD_DAY;

    return key_period(str_of(name), &period) ? period : PERIOD_DAY;
}

/* Of the table before, or one that begins where the store says. */
static struct usage *
usage_of(const struct map *before, const struct function_key *row)
{
    struct usage *usage = map_find(before, str_of(row->id));

    if (usage)
        return usage_get(usage);
    usage = usage_new();
    usage_restore(usage, row->period_start / DAY_MS, row->used);
    return usage;
}

static int
by_hash(const void *a, const void *b)
{
    return strcmp(((const struct key *)a)->hash, ((const struct key *)b)->hash);
}

struct key_table *
key_table_new(const struct function_key *rows, size_t count, int64_t read_at, const struct key_table *before)
{
    struct key_table *table = mem_alloc(sizeof *table);
    struct map usages;

    map_init(&usages);
    for (size_t i = 0; before && i < before->count; i++)
        map_set(&usages, str_of(before->keys[i].id), before->keys[i].usage);
    table->refs = 1;
    table->read_at = read_at;
    table->count = count;
    arena_init(&table->arena, 0);
    table->keys = arena_alloc(&table->arena, count * sizeof *table->keys);
    for (size_t i = 0; i < count; i++)
        table->keys[i] = (struct key){
            .hash = arena_strdup(&table->arena, rows[i].hash),
            .id = arena_strdup(&table->arena, rows[i].id),
            .service = arena_strdup(&table->arena, rows[i].service),
            .stage = arena_strdup(&table->arena, rows[i].stage),
            .is_enabled = rows[i].is_enabled,
            .plan = { .rate_milli = rows[i].rate_milli,
                      .burst = rows[i].burst_limit > 0 ? rows[i].burst_limit : 1,
                      .quota_limit = rows[i].quota_limit,
                      .period = period_of(rows[i].quota_period),
                      .offset_days = (uint32_t)rows[i].quota_offset },
            .usage = usage_of(&usages, &rows[i]),
        };
    if (count)
        qsort(table->keys, count, sizeof table->keys[0], by_hash);
    map_fini(&usages);
    return table;
}

struct key_table *
key_table_get(struct key_table *table)
{
    atomic_fetch_add_explicit(&table->refs, 1, memory_order_relaxed);
    return table;
}

void
key_table_put(struct key_table *table)
{
    if (!table || atomic_fetch_sub(&table->refs, 1) != 1)
        return;
    for (size_t i = 0; i < table->count; i++)
        usage_put(table->keys[i].usage);
    arena_fini(&table->arena);
    free(table);
}

const struct key *
key_find(const struct key_table *table, struct str value, const char *service, const char *stage)
{
    size_t low = 0, high = table->count;
    struct secrets_hash hash;

    if (value.len < KEY_MIN_LEN || value.len > KEY_MAX_LEN)
        return NULL;
    hash = secrets_hash(value); /* an order of hashes tells nothing about values */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(table->keys[middle].hash, hash.hex) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < table->count && sodium_memcmp(table->keys[low].hash, hash.hex, SECRETS_HASH_LEN) == 0; low++)
        if (strcmp(table->keys[low].service, service) == 0 && strcmp(table->keys[low].stage, stage) == 0)
            return &table->keys[low];
    return NULL;
}

void
key_generate(char value[KEY_LEN + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    for (size_t i = 0; i < KEY_LEN; i++)
        value[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    value[KEY_LEN] = '\0';
}

void
key_set_value(struct arena *arena, struct function_key *row, struct str value)
{
    row->prefix = arena_strndup(arena, value.p, value.len < KEY_PREFIX_LEN ? value.len : KEY_PREFIX_LEN);
    row->hash = arena_strdup(arena, secrets_hash(value).hex);
}

void
key_set_plan(struct function_key *row, const struct service_plan *plan)
{
    row->quota_limit = plan ? plan->quota_limit : SERVICE_UNSET;
    if (!plan)
        return;
    if (plan->quota_limit >= 0) {
        row->quota_period = periods[plan->period];
        row->quota_offset = plan->quota_offset;
    }
    if (plan->rate_limit > 0) {
        row->rate_milli = (int64_t)fmax(1, fmin(plan->rate_limit * 1000, 1e12));
        row->burst_limit = plan->burst_limit > 0 ? plan->burst_limit : (int64_t)fmin(ceil(plan->rate_limit), 1e9);
    }
}

struct store_write *
key_create(struct arena *arena, const char *label, const struct service_plan *plan, struct function_key *row,
           char value[KEY_LEN + 1])
{
    struct store_write *write = store_write_new();

    *row = (struct function_key){ .service = "", .stage = "", .is_enabled = true };
    key_generate(value);
    key_set_value(arena, row, str_of(value));
    key_set_plan(row, plan);
    row->id = arena_strdup(arena, uuid_format(uuid_v7()).s);
    row->name = label && label[0] ? label : row->prefix;
    store_function_key_insert(write, row);
    return write;
}
