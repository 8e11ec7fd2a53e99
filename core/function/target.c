/* SPDX-License-Identifier: MIT */
/* Targets and tables of functions (target.h). */
#include "function/target.h"

#include <stdlib.h>

#include "base/mem.h"
#include "host/version.h"
#include "loop/control.h"

enum { MAX_CONTEXT = 16 << 10 };

struct target *
target_new(struct version *version, size_t state_count, size_t thread_count)
{
    struct target *target = mem_alloc(sizeof *target + thread_count * sizeof target->seats[0]);

    atomic_init(&target->refs, 1);
    target->version = version_get(version);
    target->states = mem_alloc(state_count * sizeof *target->states);
    target->state_count = state_count;
    for (size_t i = 0; i < state_count; i++)
        buf_init(&target->states[i].context, MAX_CONTEXT);
    for (size_t i = 0; i < thread_count; i++)
        list_init(&target->seats[i].waiting);
    return target;
}

struct target *
target_get(struct target *target)
{
    atomic_fetch_add_explicit(&target->refs, 1, memory_order_relaxed);
    return target;
}

struct goodbye {
    struct message message;
    struct target *target;
};

static void
target_free(struct message *message)
{
    struct goodbye *goodbye = container_of(message, struct goodbye, message);

    version_put(goodbye->target->version);
    for (size_t i = 0; i < goodbye->target->state_count; i++)
        buf_fini(&goodbye->target->states[i].context);
    free(goodbye->target->states);
    free(goodbye->target);
    free(goodbye);
}

void
target_put(struct target *target)
{
    struct goodbye *goodbye;

    if (atomic_fetch_sub_explicit(&target->refs, 1, memory_order_acq_rel) != 1)
        return;
    goodbye = mem_alloc(sizeof *goodbye);
    goodbye->target = target;
    control_post(&goodbye->message, target_free);
}

struct function_table *
function_table_new(size_t count)
{
    struct function_table *table = mem_alloc(sizeof *table + count * sizeof table->functions[0]);

    atomic_init(&table->refs, 1);
    return table;
}

void
function_table_put(struct function_table *table)
{
    if (!table || atomic_fetch_sub_explicit(&table->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < table->count; i++) {
        free((char *)(uintptr_t)table->functions[i].slug);
        free((char *)(uintptr_t)table->functions[i].method);
        target_put(table->functions[i].target);
    }
    free(table);
}

static int
compare(struct str slug, const char *other)
{
    size_t len = strlen(other);
    int order = memcmp(slug.p, other, slug.len < len ? slug.len : len);

    return order ? order : (slug.len > len) - (slug.len < len);
}

const struct function *
function_table_find(const struct function_table *table, struct str slug)
{
    size_t low = 0, high = table ? table->count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(slug, table->functions[middle].slug);

        if (order == 0)
            return &table->functions[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
