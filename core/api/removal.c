/* SPDX-License-Identifier: MIT */
/* DELETE /api/v1/services/S/stages/ST[?force=1]: a service leaves the server (functions.md 2.1). */
#include <stdlib.h>

#include "api/deployment_internal.h"
#include "queue/queue.h"
#include "queue/record.h"

static bool
delete_files(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;

    if (!versions_remove(&deploying->place, err))
        return deploying_fail(call, 500, err->text);
    deploying_note(call);
    json_object(&call->json);
    json_pair_text(&call->json, "service", deploying->place.service);
    json_pair_text(&call->json, "stage", deploying->place.stage);
    json_object_end(&call->json);
    return api_go_on(call, API_WORKER, deploying_finish);
}

/* Addresses vanish first. */
static bool
end(struct api_call *call, struct err *err)
{
    const struct deploying *deploying = call->state;

    (void)err;
    deployment_end(deploying->claim);
    return api_go_on(call, API_WORKER, delete_files);
}

/* How many durable calls of its functions are not over yet; -1: err. */
static int64_t
calls_left(struct api_call *call, const struct service *service, struct err *err)
{
    struct queue_counts counts;
    int64_t left = 0;

    if (!queue_record_counts(queue_files(), &call->arena, &counts, err))
        return -1;
    for (size_t i = 0; i < counts.count; i++)
        if (counts.rows[i].fn[0] && strcmp(counts.rows[i].kind, "dead") != 0 &&
            service_function_find(service, str_of(counts.rows[i].fn)))
            left += counts.rows[i].count;
    return left;
}

static bool
check_calls(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    const char *force = api_query(call, "force");
    int64_t left;

    deploying->version = versions_current(&deploying->place, &call->arena);
    if (!deploying->version)
        return deploying_fail(call, 404, "Nothing of this service is deployed to this stage.");
    deploying->timestamp_ms = strtoll(deploying->version, NULL, 10);
    if (!deploying_read(call))
        return true;
    left = calls_left(call, deploying->service, err);
    if (left < 0)
        return deploying_fail(call, 500, err->text);
    if (left > 0 && !(force && strcmp(force, "1") == 0))
        return deploying_fail(call, 409,
                              arena_printf(&call->arena,
                                           "%lld durable calls of its functions are not over yet; wait for them, or "
                                           "remove it with --force.",
                                           (long long)left));
    return api_go_on(call, API_CONTROL, end);
}

static bool
claim_for_removal(struct api_call *call, struct err *err)
{
    return deploying_claim(call, check_calls, err);
}

bool
deployed_delete(struct api_call *call, struct err *err)
{
    struct deploying *deploying;
    const char *rest;

    if (!deploying_place(call, &rest, err))
        return false;
    if (*rest)
        return api_refuse(call, 404, err, "There is nothing at this address.");
    deploying = call->state;
    deploying->action = "remove";
    return api_go_on(call, API_CONTROL, claim_for_removal);
}
