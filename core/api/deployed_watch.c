/* SPDX-License-Identifier: MIT */
/*
 * GET …/stages/ST/deployments/TIME: how it went after a package became live (deploy/switched.h). Control knows the last
 * changes; of those before it a row does, and the link on disk says what is live.
 */
#include <stdlib.h>

#include "api/deployment_internal.h"
#include "store/deployment.h"

static bool
is_current(struct api_call *call, const char *version)
{
    const struct deploying *deploying = call->state;
    const char *current = versions_current(&deploying->place, &call->arena);

    return current && version && strcmp(current, version) == 0;
}

static const char *
state_of(struct api_call *call, const struct deployment_row *row, struct json watch)
{
    if (json_is(json_get(watch, "state"), "returned"))
        return "returned";
    return is_current(call, row->version) ? "live" : "replaced";
}

static void
put_row(struct api_call *call, const struct deployment_row *row)
{
    static const char *const kept[] = { "sinceMs", "untilMs", "requests", "errors", "reason", "step", "samples" };
    struct json watch = { NULL, -1 };
    struct err err;

    if (row->watch && !json_parse(&call->arena, str_of(row->watch), &watch, &err))
        watch = (struct json){ NULL, -1 };
    json_object(&call->json);
    json_pair_int(&call->json, "timestamp", row->timestamp_ms);
    json_pair_text(&call->json, "version", row->version);
    json_pair_text(&call->json, "state", state_of(call, row, watch));
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        if (json_type(json_get(watch, kept[i])) != JSON_MISSING)
            json_pair_raw(&call->json, kept[i], json_raw(json_get(watch, kept[i])));
    json_object_end(&call->json);
}

static bool
from_store(struct api_call *call, struct err *err)
{
    const struct deploying *deploying = call->state;
    struct deployment_row *row;

    if (!store_deployment_live(api_spec.store, &call->arena, deploying->place.service, deploying->place.stage,
                               deploying->timestamp_ms, &row, err))
        return api_fail(call);
    if (!row)
        return api_refuse(call, 404, err, "No package of that time was deployed here.");
    put_row(call, row);
    return true;
}

static bool
from_control(struct api_call *call, struct err *err)
{
    const struct deploying *deploying = call->state;

    (void)err;
    json_object(&call->json);
    if (!deployment_watch_json(&deploying->place, deploying->timestamp_ms, &call->json)) {
        buf_clear(&call->out);
        json_out_init(&call->json, &call->out);
        return api_go_on(call, API_WORKER, from_store);
    }
    json_object_end(&call->json);
    return true;
}

bool
deployed_watch(struct api_call *call, const char *time, struct err *err)
{
    struct deploying *deploying = call->state;
    char *end;

    deploying->timestamp_ms = strtoll(time, &end, 10);
    if (deploying->timestamp_ms <= 0 || *end)
        return api_refuse(call, 404, err, "A deployment has its time in milliseconds as its name.");
    return api_go_on(call, API_CONTROL, from_control);
}
