/* SPDX-License-Identifier: MIT */
/*
 * The way of every change of a deployed service: claimed on control, prepared on an api thread, live on control, noted
 * and released (deployment_internal.h). Nobody else changes the same service meanwhile.
 */
#include <stdlib.h>
#include <unistd.h>

#include "api/deployment_internal.h"
#include "base/log.h"
#include "deploy/info.h"
#include "deploy/route_slug.h"
#include "store/deployer.h"
#include "store/deployment.h"

enum { MAX_PROBLEMS = 1 << 20, MAX_ROUTES = 4 << 20 };

bool
deploying_place(struct api_call *call, const char **rest, struct err *err)
{
    struct deploying *deploying = arena_alloc(&call->arena, sizeof *deploying);
    char *service = arena_strdup(&call->arena, call->rest), *stage = strstr(service, "/stages/"), *end;

    if (!stage)
        return api_refuse(call, 404, err, "There is nothing at this address.");
    *stage = '\0';
    stage += strlen("/stages/");
    end = stage + strcspn(stage, "/");
    *rest = *end ? end + 1 : "";
    *end = '\0';
    if (!versions_is_name(service) || !versions_is_name(stage))
        return api_refuse(call, 404, err, "A service and a stage have names of letters, digits, '-' and '_'.");
    deploying->place = (struct versions_place){ deployments_given()->root, service, stage };
    call->state = deploying;
    return true;
}

/* ---- refusals */

bool
deploying_fail(struct api_call *call, unsigned status, const char *why)
{
    struct deploying *deploying = call->state;

    deploying->status = status;
    err_set(&deploying->why, "%s", why);
    return api_go_on(call, API_WORKER, deploying_finish);
}

void
deploying_put_problems(struct api_call *call, const struct service_problems *problems)
{
    struct buf text;

    buf_init(&text, MAX_PROBLEMS);
    service_problems_json(problems, &text);
    json_object(&call->json);
    json_pair_text(&call->json, "title", "Unprocessable Entity");
    json_pair_int(&call->json, "status", 422);
    json_pair_text(&call->json, "detail", problems->count ? problems->items[0].text : "");
    json_pair_raw(&call->json, "problems", text.over ? STR("[]") : buf_view(&text));
    json_object_end(&call->json);
    buf_fini(&text);
    call->status = 422;
}

/* ---- the end */

static bool
release(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;

    if (deploying->claim)
        deployment_release(deploying->claim);
    if (deploying->status)
        return api_refuse(call, deploying->status, err, "%s", deploying->why.text);
    return true;
}

bool
deploying_finish(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;

    (void)err;
    if (deploying->artefact)
        unlink(deploying->artefact);
    if (deploying->is_new && (deploying->status || call->status >= 400))
        versions_delete(&deploying->place, deploying->version);
    service_environments_free(deploying->environments);
    service_put(deploying->service);
    return api_go_on(call, API_CONTROL, release);
}

void
deploying_note(struct api_call *call)
{
    const struct deploying *deploying = call->state;
    struct store_write *write = store_write_new();
    struct err err;

    store_deployment_insert(write, &(struct deployment_row){ .id = deploying->row.s[0] ? deploying->row.s : NULL,
                                                             .service = deploying->place.service,
                                                             .stage = deploying->place.stage,
                                                             .action = deploying->action,
                                                             .version = deploying->version,
                                                             .timestamp_ms = deploying->timestamp_ms,
                                                             .bytes = deploying->bytes,
                                                             .deployer_id = call->deployer ? call->deployer->id : NULL,
                                                             .user_id = call->deployer ? NULL : call->who.user_id });
    if (store_write_wait(api_spec.store, write, &err) != STORE_DONE)
        log_error("deploy", "what was done to %s (%s) could not be noted: %s", deploying->place.service,
                  deploying->place.stage, err.text);
}

/* It is live. */
static bool
answer(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;

    (void)err;
    deploying_note(call);
    json_object(&call->json);
    info_json(&(struct info_spec){ .service = deploying->service,
                                   .base_url = api_spec.app_url,
                                   .with_stage = deployments_given()->with_stage,
                                   .manifest = deploying->manifest,
                                   .routes = deploying->routes,
                                   .keys = deploying->keys,
                                   .key_count = deploying->key_count },
              &call->arena, &call->json);
    json_pair_int(&call->json, "timestamp", deploying->timestamp_ms);
    json_pair_text(&call->json, "version", deploying->version);
    if (deploying->watch_until_ms) {
        json_name(&call->json, "watch");
        json_object(&call->json);
        json_pair_int(&call->json, "sinceMs", deploying->watch_until_ms - deploying->service->watch_ms);
        json_pair_int(&call->json, "untilMs", deploying->watch_until_ms);
        json_object_end(&call->json);
    }
    json_object_end(&call->json);
    call->status = deploying->is_new ? 201 : 200;
    return deploying_prune(call, deploying->service->keep_versions, deploying_finish);
}

/* ---- control */

bool
deploying_claim(struct api_call *call, api_step *next, struct err *err)
{
    struct deploying *deploying = call->state;

    deploying->claim = deployment_claim(&deploying->place, err);
    if (!deploying->claim)
        return deploying_fail(call, 409, err->text);
    return api_go_on(call, API_WORKER, next);
}

static bool
refuse_modules(struct api_call *call, struct err *err)
{
    const struct deploying *deploying = call->state;
    struct service_problems *problems = arena_alloc(&call->arena, sizeof *problems);

    service_problems_init(problems);
    service_error(problems, (struct place){ NULL, 0, 0 }, "%s", deploying->why.text);
    deploying_put_problems(call, problems);
    service_problems_fini(problems);
    return deploying_finish(call, err);
}

void
deploying_take_routes(struct api_call *call)
{
    struct deploying *deploying = call->state;
    struct json_out out;
    struct buf text;

    buf_init(&text, MAX_ROUTES);
    json_out_init(&out, &text);
    deployment_routes_json(&deploying->place, api_spec.app_url, &out);
    if (!text.over)
        deploying->routes = (struct str){ arena_strndup(&call->arena, text.p, text.len), text.len };
    buf_fini(&text);
}

static void
on_active(void *arg, const struct key_shown *keys, size_t key_count, const struct err *err)
{
    struct api_call *call = arg;
    struct deploying *deploying = call->state;

    if (err) {
        deploying->why = *err;
        api_resume(call, API_WORKER, refuse_modules);
        return;
    }
    deploying_take_routes(call);
    deploying->keys = arena_alloc(&call->arena, (key_count + 1) * sizeof *deploying->keys);
    for (size_t i = 0; i < key_count; i++) {
        const char *name = keys[i].name, *value = keys[i].value;

        deploying->keys[i].name = name ? arena_strdup(&call->arena, name) : NULL;
        deploying->keys[i].value = value ? arena_strdup(&call->arena, value) : NULL;
    }
    deploying->key_count = key_count;
    deploying->watch_until_ms = deployment_watch_until(deploying->claim);
    api_resume(call, API_WORKER, answer);
}

bool
deploying_activate(struct api_call *call, struct err *err)
{
    struct deploying *deploying = call->state;
    const char *health = api_query(call, "health");

    (void)err;
    deploying->row = uuid_format(uuid_v7());
    deployment_activate(deploying->claim,
                        &(struct deployment_spec){ .version = deploying->version,
                                                   .timestamp_ms = deploying->timestamp_ms,
                                                   .bytes = deploying->bytes,
                                                   .row = deploying->row.s,
                                                   .without_checks = health && strcmp(health, "0") == 0,
                                                   .service = deploying->service,
                                                   .routes = route_files(deploying->manifest, &call->arena),
                                                   .environments = (char *const *const *)deploying->environments,
                                                   .done = on_active,
                                                   .arg = call });
    return api_wait(call);
}

/* ---- api threads: what stands in a version's manifest */

bool
deploying_read(struct api_call *call)
{
    struct deploying *deploying = call->state;
    struct service_problems *problems = arena_alloc(&call->arena, sizeof *problems);
    struct err err;
    bool is_good;

    if (!versions_manifest_json(&deploying->place, deploying->version, &call->arena, &deploying->manifest, &err)) {
        deploying_fail(call, 500, err.text);
        return false;
    }
    service_problems_init(problems);
    if (!deploying->service)
        deploying->service = service_from_json(json_raw(json_get(deploying->manifest, "config")), problems);
    if (deploying->service)
        deploying->environments =
            service_environments(deploying->service, &deployments_given()->environment, NULL, problems);
    is_good = problems->error_count == 0;
    if (!is_good)
        deploying_put_problems(call, problems);
    service_problems_fini(problems);
    if (!is_good)
        api_go_on(call, API_WORKER, deploying_finish);
    return is_good;
}

bool
deploying_newest(struct api_call *call, int64_t *timestamp_ms, struct err *err)
{
    const struct deploying *deploying = call->state;
    struct kept_version *kept;
    size_t count;

    if (!store_deployment_newest(api_spec.store, &call->arena, deploying->place.service, deploying->place.stage,
                                 timestamp_ms, err))
        return false;
    versions_list(&deploying->place, &call->arena, &kept, &count); /* a crash may have come before the row */
    if (count && kept[0].timestamp_ms > *timestamp_ms)
        *timestamp_ms = kept[0].timestamp_ms;
    return true;
}

bool
deploying_go_live(struct api_call *call, struct service_problems *problems)
{
    struct deploying *deploying = call->state;
    bool has_problems = problems->error_count > 0;

    deploying->is_new = deploying->service != NULL;
    if (!deploying->service && has_problems)
        deploying_put_problems(call, problems);
    service_problems_fini(problems);
    if (deploying->service)
        return !deploying_read(call) || api_go_on(call, API_CONTROL, deploying_activate);
    if (!has_problems) {
        json_object(&call->json);
        json_pair_bool(&call->json, "unchanged", true);
        json_object_end(&call->json);
    }
    return api_go_on(call, API_WORKER, deploying_finish);
}
