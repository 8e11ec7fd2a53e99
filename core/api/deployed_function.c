/* SPDX-License-Identifier: MIT */
/* POST …/functions/KEY/rollback {"version":2}: one function has older code again (functions.md 2.1). */
#include "api/deployment_internal.h"
#include "base/clock.h"
#include "deploy/function_version.h"
#include "store/deployer.h"

/* Later than everything that was deployed, so that it is the newest one on disk, too. */
static bool
choose_time(struct api_call *call, int64_t *timestamp_ms, struct err *err)
{
    int64_t newest;

    if (!deploying_newest(call, &newest, err))
        return false;
    *timestamp_ms = clock_wall_ms() > newest ? clock_wall_ms() : newest + 1;
    return true;
}

static bool
go_back(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    struct kept_version given = { .function = deploying->function,
                                  .deployer = call->deployer->name,
                                  .created_at = clock_wall_ms() };
    const char *code_from =
        function_version_find(&deploying->place, &call->arena, deploying->function, deploying->number);
    struct service_problems *problems;

    if (!code_from)
        return deploying_fail(call, 404,
                              arena_printf(&call->arena,
                                           "There is no version %lld of %s any more: interlude deploy list functions.",
                                           (long long)deploying->number, deploying->function));
    if (!choose_time(call, &given.timestamp_ms, err))
        return deploying_fail(call, 500, err->text);
    deploying->timestamp_ms = given.timestamp_ms;
    problems = arena_alloc(&call->arena, sizeof *problems);
    service_problems_init(problems);
    deploying->service =
        versions_go_back(&deploying->place, code_from, &given, &call->arena, &deploying->version, problems);
    return deploying_go_live(call, problems);
}

static bool
claim(struct api_call *call, struct err *err)
{
    return deploying_claim(call, go_back, err);
}

bool
deployed_function(struct api_call *call, const char *rest, struct json body, struct err *err)
{
    static const struct str suffix = { "/rollback", 9 };
    struct deploying *deploying = call->state;
    struct str key = str_of(rest);

    if (!str_ends(key, suffix) || key.len == suffix.len)
        return api_refuse(call, 404, err, "There is nothing at this address.");
    deploying->function = arena_strndup(&call->arena, key.p, key.len - suffix.len);
    deploying->number = json_int(json_get(body, "version"), 0);
    deploying->action = "function";
    return deploying->number > 0 ? api_go_on(call, API_CONTROL, claim)
                                 : api_refuse(call, 400, err, "The body needs a \"version\".");
}
