/* SPDX-License-Identifier: MIT */
/* DELETE /api/v1/services/S/stages/ST[?force=1]: a service leaves the server (functions.md 2.1). */
#include <stdlib.h>

#include "api/deployment_internal.h"
#include "queue/dispatch.h"
#include "queue/queue.h"
#include "queue/record.h"

static bool
look(struct api_call *call, struct err *err)
{
    (void)err;
    queue_look();
    return api_go_on(call, API_WORKER, deploying_finish);
}

/* What waits cannot begin any more. What runs goes on; should it fail, nobody tries it again before it is too old. */
static bool
bury_calls(struct api_call *call, int64_t *buried, struct err *err)
{
    const struct deploying *deploying = call->state;

    *buried = 0;
    for (size_t i = 0; i < deploying->service->function_count; i++) {
        int64_t count, bytes;

        if (!queue_record_bury(queue_files(), deploying->service->functions[i].name, "its service was removed", &count,
                               &bytes, err))
            return false;
        queue_enter(-count, -bytes);
        *buried += count;
    }
    return true;
}

static bool
delete_files(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    int64_t buried;

    if (!versions_remove(&deploying->place, err) || !bury_calls(call, &buried, err))
        return deploying_fail(call, 500, err->text);
    deploying_note(call);
    json_object(&call->json);
    json_pair_text(&call->json, "service", deploying->place.service);
    json_pair_text(&call->json, "stage", deploying->place.stage);
    json_pair_int(&call->json, "deadLetters", buried);
    json_object_end(&call->json);
    return api_go_on(call, API_CONTROL, look);
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

static bool
is_of(const struct service *service, const char *fn)
{
    for (size_t i = 0; i < service->function_count; i++)
        if (strcmp(service->functions[i].name, fn) == 0)
            return true;
    return false;
}

/* Durable calls of its functions that are not over; `waiting` are those among them that do not run. */
static bool
count_calls(struct api_call *call, int64_t *running, int64_t *waiting, struct err *err)
{
    const struct deploying *deploying = call->state;
    struct queue_counts counts;

    *running = *waiting = 0;
    if (!queue_record_counts(queue_files(), &call->arena, &counts, err))
        return false;
    for (size_t i = 0; i < counts.count; i++) {
        const struct queue_count *row = &counts.rows[i];

        if (!is_of(deploying->service, row->fn))
            continue;
        if (strcmp(row->kind, "running") == 0)
            *running += row->count;
        else if (strcmp(row->kind, "waiting") == 0 || strcmp(row->kind, "held") == 0) /* retrying ones wait */
            *waiting += row->count;
    }
    return true;
}

static bool
check_calls(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    const char *force = api_query(call, "force");
    int64_t running, waiting;

    deploying->version = versions_current(&deploying->place, &call->arena);
    if (!deploying->version)
        return deploying_fail(call, 404,
                              arena_printf(&call->arena, "Nothing of %s is deployed to stage %s.",
                                           deploying->place.service, deploying->place.stage));
    deploying->timestamp_ms = strtoll(deploying->version, NULL, 10);
    if (!deploying_read(call))
        return true;
    if (!count_calls(call, &running, &waiting, err))
        return deploying_fail(call, 500, err->text);
    if (running + waiting > 0 && !(force && strcmp(force, "1") == 0))
        return deploying_fail(call, 409,
                              arena_printf(&call->arena,
                                           "%lld asynchronous calls of %s wait and %lld run: see interlude queues. "
                                           "Remove it when they are over; with --force those that wait become dead "
                                           "letters.",
                                           (long long)waiting, deploying->place.service, (long long)running));
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
