/* SPDX-License-Identifier: MIT */
/*
 * PUT /api/v1/services/S/stages/ST/deployments/TIME: an artefact becomes live (functions.md 2.2, 2.3), or nothing
 * changes. The other calls are deployed.c.
 */
#include <stdlib.h>

#include "api/deployment_internal.h"
#include "base/clock.h"
#include "base/mem.h"
#include "deploy/receive.h"
#include "store/deployer.h"

enum { MAX_AHEAD_MS = 24 * 60 * 60 * 1000 };

/* The answer to a question: the call ends with this refusal. */
static bool
no(struct api_call *call, unsigned status, const char *why)
{
    deploying_fail(call, status, why);
    return false;
}

/* Packages that were sent before, or are older than what is there, come from nowhere good. */
static bool
is_newest(struct api_call *call)
{
    const struct deploying *deploying = call->state;
    int64_t newest;
    struct err err;

    if (!deploying_newest(call, &newest, &err))
        return no(call, 500, err.text);
    if (deploying->timestamp_ms == newest)
        return no(call, 409, "This package has been deployed already.");
    if (deploying->timestamp_ms < newest)
        return no(call, 409, "This package is older than the newest one that was deployed here.");
    if (deploying->timestamp_ms > clock_wall_ms() + MAX_AHEAD_MS)
        return no(call, 409, "This package is of the future. Is a clock wrong?");
    return true;
}

/* The key may have been revoked since the call came; then nothing of this happens. */
static bool
is_still_allowed(struct api_call *call)
{
    struct store_write *write = store_write_new();
    struct err err;

    store_deployer_used(write, call->deployer->id);
    switch (store_write_wait(api_spec.store, write, &err)) {
    case STORE_DONE:
        return true;
    case STORE_REFUSED:
        return no(call, 403, "This deploy key was revoked.");
    default:
        return no(call, 500, err.text);
    }
}

static bool
unpack(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    struct kept_version given = { .timestamp_ms = deploying->timestamp_ms,
                                  .created_at = clock_wall_ms(),
                                  .deployer = call->deployer->name };
    struct service_problems *problems;

    (void)err;
    if (!is_newest(call) || !is_still_allowed(call))
        return true;
    problems = arena_alloc(&call->arena, sizeof *problems);
    service_problems_init(problems);
    deploying->service =
        versions_unpack(&deploying->place, deploying->artefact, &given, &call->arena, &deploying->version, problems);
    if (given.function)
        deploying->action = "function";
    return deploying_go_live(call, problems);
}

static bool
claim(struct api_call *call, struct err *err)
{
    return deploying_claim(call, unpack, err);
}

static bool
put_part(struct api_call *call, int64_t next)
{
    json_object(&call->json);
    json_pair_int(&call->json, "received", next);
    json_object_end(&call->json);
    call->status = 202;
    return true;
}

static int64_t
query_number(struct api_call *call, const char *name, int64_t fallback)
{
    const char *text = api_query(call, name);

    return text ? strtoll(text, NULL, 10) : fallback;
}

static bool
put(struct api_call *call, struct err *err)
{
    static const char prefix[] = "deployments/";
    struct deploying *deploying;
    const char *rest;
    char *end;
    int64_t next;

    if (!deploying_place(call, &rest, err))
        return false;
    deploying = call->state;
    deploying->action = "deploy";
    deploying->timestamp_ms = strncmp(rest, prefix, strlen(prefix)) == 0 ? strtoll(rest + strlen(prefix), &end, 10) : 0;
    if (deploying->timestamp_ms <= 0 || *end)
        return api_refuse(call, 404, err, "A deployment has its time in milliseconds as its name.");
    deploying->bytes = query_number(call, "size", (int64_t)call->body.len);
    switch (receive(&(struct receive_piece){ .root = deploying->place.root,
                                             .sha256 = api_query(call, "sha256"),
                                             .offset = query_number(call, "offset", 0),
                                             .size = deploying->bytes,
                                             .bytes = call->body },
                    &call->arena, &deploying->artefact, &next, err)) {
    case RECEIVE_ALL:
        return api_go_on(call, API_CONTROL, claim);
    case RECEIVE_PART:
        return put_part(call, next);
    case RECEIVE_TOO_LARGE:
        call->status = 413;
        return false;
    default:
        call->status = 400;
        return false;
    }
}

const struct api_row api_deployment_rows[] = {
    { HTTP_PUT, "/api/v1/services/", API_WORKER, API_SIGNED, put },
    { HTTP_GET, "/api/v1/services/", API_WORKER, API_SIGNED, deployed_get },
    { HTTP_POST, "/api/v1/services/", API_WORKER, API_SIGNED, deployed_post },
    { HTTP_DELETE, "/api/v1/services/", API_WORKER, API_SIGNED, deployed_delete },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
