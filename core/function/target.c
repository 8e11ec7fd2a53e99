/* SPDX-License-Identifier: MIT */
/* Where functions run (target.h). */
#include "function/target.h"

#include <stdlib.h>

#include "base/mem.h"
#include "host/version.h"
#include "loop/control.h"

struct target *
target_new(struct version *version, size_t state_count, size_t thread_count)
{
    static uint64_t last_serial;
    struct target *target = mem_alloc(sizeof *target + thread_count * sizeof target->seats[0]);

    target->serial = ++last_serial;
    atomic_init(&target->refs, 1);
    target->version = version_get(version);
    target->states = mem_alloc(state_count * sizeof *target->states);
    target->state_count = state_count;
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
