/* SPDX-License-Identifier: MIT */
/* References to a service (service.h). */
#include <stdlib.h>

#include "function/service.h"

struct service *
service_get(struct service *service)
{
    atomic_fetch_add_explicit(&service->refs, 1, memory_order_relaxed);
    return service;
}

void
service_put(struct service *service)
{
    struct arena arena;

    if (!service || atomic_fetch_sub_explicit(&service->refs, 1, memory_order_acq_rel) != 1)
        return;
    arena = service->arena;
    free(service);
    arena_fini(&arena);
}
