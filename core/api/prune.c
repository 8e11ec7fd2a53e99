/* SPDX-License-Identifier: MIT */
/*
 * Old versions are deleted (functions.md 2.5): after each deployment, and by POST …/prune {"keep":2,"dryRun":true}. The
 * one that is live stays, and so do those that somebody still uses.
 */
#include "api/deployment_internal.h"

enum { MAX_KEEP = 1000 };

static bool
delete_spare(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;

    (void)err;
    for (size_t i = 0; i < deploying->spare_count && !deploying->is_dry_run; i++)
        versions_delete(&deploying->place, deploying->spare[i].name);
    return api_go_on(call, API_WORKER, deploying->pruned);
}

/* On control: what still has calls, and what the server may go back to. */
static bool
leave_used(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    struct service_texts used = deployment_used(deploying->claim, &call->arena);
    size_t count = 0;

    (void)err;
    for (size_t i = 0; i < deploying->spare_count; i++) {
        bool is_used = false;

        for (size_t j = 0; j < used.count; j++)
            is_used |= strcmp(deploying->spare[i].name, used.items[j]) == 0;
        if (!is_used)
            deploying->spare[count++] = deploying->spare[i];
    }
    deploying->spare_count = count;
    return api_go_on(call, API_WORKER, count ? delete_spare : deploying->pruned);
}

bool
deploying_prune(struct api_call *call, size_t keep, api_step *next)
{
    struct deploying *deploying = call->state;

    deploying->pruned = next;
    versions_spare(&deploying->place, keep, &call->arena, &deploying->spare, &deploying->spare_count);
    return deploying->spare_count ? api_go_on(call, API_CONTROL, leave_used) : api_go_on(call, API_WORKER, next);
}

/* ---- by hand */

static bool
answer(struct api_call *call, struct err *err)
{
    const struct deploying *deploying = call->state;
    struct json_out *out = &call->json;

    (void)err;
    if (deploying->spare_count && !deploying->is_dry_run)
        deploying_note(call);
    json_object(out);
    json_pair_bool(out, "dryRun", deploying->is_dry_run);
    json_name(out, "deleted");
    json_array(out);
    for (size_t i = 0; i < deploying->spare_count; i++) {
        json_object(out);
        json_pair_int(out, "timestamp", deploying->spare[i].timestamp_ms);
        json_pair_text(out, "version", deploying->spare[i].name);
        json_pair_text(out, "function", deploying->spare[i].function);
        json_pair_int(out, "size", (int64_t)deploying->spare[i].bytes);
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
    return api_go_on(call, API_WORKER, deploying_finish);
}

static bool
prune(struct api_call *call, struct err *err)
{
    const struct deploying *deploying = call->state;

    (void)err;
    return deploying_prune(call, deploying->keep, answer);
}

static bool
claim(struct api_call *call, struct err *err)
{
    return deploying_claim(call, prune, err);
}

bool
deployed_prune(struct api_call *call, struct json body, struct err *err)
{
    struct deploying *deploying = call->state;
    int64_t keep = json_int(json_get(body, "keep"), -1);

    if (keep < 0 || keep > MAX_KEEP)
        return api_refuse(call, 400, err, "The body needs \"keep\": how many old versions stay, 0 to %d.", MAX_KEEP);
    deploying->action = "prune";
    deploying->keep = (size_t)keep;
    deploying->is_dry_run = json_bool(json_get(body, "dryRun"), false);
    return api_go_on(call, API_CONTROL, claim);
}
