/* SPDX-License-Identifier: MIT */
/*
 * What is deployed: the list, what is live, the way back (functions.md 2.1). PUT is deployment.c, DELETE removal.c,
 * what is about one function deployed_function.c.
 */
#include <stdlib.h>

#include "api/deployment_internal.h"
#include "deploy/content.h"
#include "deploy/info.h"
#include "deploy/machine.h"

/* ---- GET …/deployments */

bool
deployed_put_version(struct api_call *call, const struct versions_place *place, const struct kept_version *version)
{
    struct json_out *out = &call->json;
    char hash[CONTENT_HASH_LEN + 1];
    struct str manifest;
    struct json root, routes;
    struct err err;

    if (!versions_manifest(place, version->name, &call->arena, &manifest, &err) ||
        !json_parse(&call->arena, manifest, &root, &err))
        return false;
    content_hash(manifest, hash);
    routes = json_get(root, "routes"); /* older packages have none */
    json_object(out);
    json_pair_int(out, "timestamp", version->timestamp_ms);
    json_pair_text(out, "version", version->name);
    json_pair_int(out, "size", (int64_t)version->bytes);
    json_pair_text(out, "deployer", version->deployer);
    json_pair_int(out, "createdAt", version->created_at);
    json_pair_bool(out, "isLive", version->is_current);
    json_pair_text(out, "kind", version->function ? "function" : "deployment");
    if (version->function) {
        json_pair_text(out, "function", version->function);
        json_pair_int(out, "base", version->base_ms);
    }
    json_pair_raw(out, "functions", json_raw(json_get(root, "functions")));
    json_pair_raw(out, "routes", json_type(routes) == JSON_OBJECT ? json_raw(routes) : STR("{}"));
    if (json_type(version->numbers) == JSON_OBJECT)
        json_pair_raw(out, "numbers", json_raw(version->numbers));
    json_pair_text(out, "configHash", hash);
    json_object_end(out);
    return true;
}

static bool
list(struct api_call *call)
{
    const struct deploying *deploying = call->state;
    struct kept_version *kept;
    size_t count;

    versions_list(&deploying->place, &call->arena, &kept, &count);
    json_object(&call->json);
    json_name(&call->json, "deployments");
    json_array(&call->json);
    for (size_t i = 0; i < count; i++)
        deployed_put_version(call, &deploying->place, &kept[i]);
    json_array_end(&call->json);
    json_name(&call->json, "server"); /* what modules find here, so that nothing is sent in vain */
    machine_json(machine_get(), &call->json);
    json_object_end(&call->json);
    return true;
}

/* ---- GET …/stages/ST: the info of what is live */

/*
 * With ?keys=1 their values, as far as they can be shown: those that the file gives, and all of a developer's machine.
 * Others were shown when they were made.
 */
static bool
find_keys(struct api_call *call, struct service *service, struct key_shown **keys, struct err *err)
{
    const char *wanted = api_query(call, "keys");

    *keys = arena_alloc(&call->arena, (service->key_count + 1) * sizeof **keys);
    for (size_t i = 0; i < service->key_count; i++)
        (*keys)[i].name = service->keys[i].name;
    return !wanted || strcmp(wanted, "1") != 0 || keys_show(service, &call->arena, *keys, err);
}

static bool
info(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    struct service_problems *problems;
    struct key_shown *keys;

    deploying->version = versions_current(&deploying->place, &call->arena);
    if (!deploying->version)
        return api_refuse(call, 404, err, "Nothing of %s is deployed to stage %s.", deploying->place.service,
                          deploying->place.stage);
    if (!versions_manifest_json(&deploying->place, deploying->version, &call->arena, &deploying->manifest, err))
        return api_fail(call);
    problems = arena_alloc(&call->arena, sizeof *problems);
    service_problems_init(problems);
    deploying->service = service_from_json(json_raw(json_get(deploying->manifest, "config")), problems);
    service_problems_fini(problems);
    if (!deploying->service) {
        err_set(err, "The manifest of %s cannot be read.", deploying->version);
        return api_fail(call);
    }
    if (!find_keys(call, deploying->service, &keys, err)) {
        service_put(deploying->service);
        return api_fail(call);
    }
    json_object(&call->json);
    info_json(&(struct info_spec){ .service = deploying->service,
                                   .base_url = api_spec.app_url,
                                   .with_stage = deployments_given()->with_stage,
                                   .manifest = deploying->manifest,
                                   .routes = deploying->routes,
                                   .keys = keys,
                                   .key_count = deploying->service->key_count },
              &call->arena, &call->json);
    json_pair_int(&call->json, "timestamp", strtoll(deploying->version, NULL, 10));
    json_pair_text(&call->json, "version", deploying->version);
    json_object_end(&call->json);
    service_put(deploying->service);
    return true;
}

static bool
take_routes(struct api_call *call, struct err *err)
{
    (void)err;
    deploying_take_routes(call);
    return api_go_on(call, API_WORKER, info);
}

bool
deployed_get(struct api_call *call, struct err *err)
{
    const char *rest;

    if (!deploying_place(call, &rest, err))
        return false;
    if (strcmp(rest, "deployments") == 0)
        return list(call);
    if (strncmp(rest, "deployments/", strlen("deployments/")) == 0)
        return deployed_watch(call, rest + strlen("deployments/"), err);
    if (!*rest)
        return api_go_on(call, API_CONTROL, take_routes);
    return api_refuse(call, 404, err, "There is nothing at this address.");
}

/* ---- POST …/rollback {"timestamp": 1795219350611} */

static bool
find_version(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    struct kept_version *kept;
    size_t count, at = 0;

    (void)err;
    versions_list(&deploying->place, &call->arena, &kept, &count);
    while (at < count && kept[at].timestamp_ms != deploying->timestamp_ms)
        at++;
    if (at == count)
        return deploying_fail(call, 404, "There is no deployment of that time any more: interlude deploy list.");
    deploying->version = kept[at].name;
    deploying->bytes = (int64_t)kept[at].bytes;
    return !deploying_read(call) || api_go_on(call, API_CONTROL, deploying_activate);
}

static bool
claim_for_rollback(struct api_call *call, struct err *err)
{
    return deploying_claim(call, find_version, err);
}

bool
deployed_rollback(struct api_call *call, int64_t timestamp_ms, struct err *err)
{
    struct deploying *deploying = call->state;

    deploying->action = "rollback";
    deploying->timestamp_ms = timestamp_ms;
    return timestamp_ms > 0 ? api_go_on(call, API_CONTROL, claim_for_rollback)
                            : api_refuse(call, 400, err, "The body needs a \"timestamp\".");
}

bool
deployed_post(struct api_call *call, struct err *err)
{
    struct json body;
    const char *rest;

    if (!deploying_place(call, &rest, err))
        return false;
    if (!api_body(call, &body, err))
        return false;
    if (strcmp(rest, "rollback") == 0)
        return deployed_rollback(call, json_int(json_get(body, "timestamp"), 0), err);
    if (strcmp(rest, "prune") == 0)
        return deployed_prune(call, body, err);
    if (strncmp(rest, "functions/", strlen("functions/")) == 0)
        return deployed_function(call, rest + strlen("functions/"), body, err);
    return api_refuse(call, 404, err, "There is nothing at this address.");
}
