/* SPDX-License-Identifier: MIT */
/*
 * /api/v1/deployments: what people who look after functions see of deployed services, and the way back for
 * administrators. What deployers do with their keys is deployment.c and deployed.c.
 */
#include <stdlib.h>

#include "api/deployment_internal.h"
#include "base/clock.h"
#include "store/deployment.h"

enum { LIMIT = 50, MAX_LIMIT = 500, MAX_WATCH = 64 << 10 };

/* A service and stage on its way to whoever asked. */
struct stage_view {
    struct versions_place place;
    const struct deployment_row *last; /* NULL: nobody noted anything */
    struct str watch;                  /* of what is live, JSON; p NULL: nothing is known */
    bool is_changing;
};

struct deployments_view {
    struct stage_view *stages;
    size_t count, room;
    size_t limit; /* of the history of the one that was asked for */
};

/* ---- the places: on an api thread */

static void
add_stage(struct api_call *call, const char *service, const char *stage, const struct deployment_row *last)
{
    struct deployments_view *view = call->state;

    if (view->count == view->room) {
        struct stage_view *more = arena_alloc(&call->arena, (2 * view->room + 8) * sizeof *more);

        if (view->count)
            memcpy(more, view->stages, view->count * sizeof *more);
        view->stages = more;
        view->room = 2 * view->room + 8;
    }
    view->stages[view->count++] = (struct stage_view){
        .place = { deployments_given()->root, service, stage },
        .last = last,
    };
}

static bool
has_stage(const struct deployments_view *view, const struct versions_place *place)
{
    for (size_t i = 0; i < view->count; i++)
        if (strcmp(view->stages[i].place.service, place->service) == 0 &&
            strcmp(view->stages[i].place.stage, place->stage) == 0)
            return true;
    return false;
}

/* What is live counts, also if a crash came before it was noted. */
static void
add_unnoted(void *arg, const struct versions_place *place)
{
    struct api_call *call = arg;

    if (!has_stage(call->state, place))
        add_stage(call, arena_strdup(&call->arena, place->service), arena_strdup(&call->arena, place->stage), NULL);
}

/* ---- what is on its way: on control */

static void
look_at(struct api_call *call, struct stage_view *stage)
{
    struct json_out out;
    struct buf text;

    stage->is_changing = deployment_is_changing(&stage->place);
    buf_init(&text, MAX_WATCH);
    json_out_init(&out, &text);
    json_object(&out);
    if (deployment_watch_json(&stage->place, 0, &out)) {
        json_object_end(&out);
        stage->watch = (struct str){ arena_strndup(&call->arena, text.p, text.len), text.len };
    }
    buf_fini(&text);
}

static bool
look(struct api_call *call, api_step *next)
{
    struct deployments_view *view = call->state;

    for (size_t i = 0; i < view->count; i++)
        look_at(call, &view->stages[i]);
    return api_go_on(call, API_WORKER, next);
}

/* ---- the answer: on an api thread again */

static void
put_author(struct json_out *out, const struct deployment_row *row)
{
    json_name(out, "by");
    if (!row->deployer && !row->user) {
        json_put_null(out);
        return;
    }
    json_object(out);
    json_pair_text(out, "kind", row->deployer ? "deployer" : "user");
    json_pair_text(out, "name", row->deployer ? row->deployer : row->user);
    json_object_end(out);
}

static void
put_change(struct json_out *out, const struct deployment_row *row)
{
    json_object(out);
    json_pair_text(out, "id", row->id);
    json_pair_text(out, "action", row->action);
    json_pair_text(out, "version", row->version);
    json_pair_int(out, "timestamp", row->timestamp_ms);
    json_pair_int(out, "size", row->bytes);
    put_author(out, row);
    json_pair_int(out, "at", row->created_at);
    json_pair_text(out, "reason", row->reason);
    json_pair_raw(out, "watch", row->watch ? str_of(row->watch) : STR("null"));
    json_object_end(out);
}

/* The members that list and detail have in common. */
static void
put_stage(struct json_out *out, const struct stage_view *stage)
{
    json_pair_text(out, "service", stage->place.service);
    json_pair_text(out, "stage", stage->place.stage);
    json_pair_bool(out, "isChanging", stage->is_changing);
    json_pair_raw(out, "watch", stage->watch.p ? stage->watch : STR("null"));
}

static void
put_live(struct api_call *call, const struct versions_place *place)
{
    struct kept_version *kept;
    size_t count, at = 0;

    versions_list(place, &call->arena, &kept, &count);
    while (at < count && !kept[at].is_current)
        at++;
    json_name(&call->json, "live");
    if (at == count || !deployed_put_version(call, place, &kept[at]))
        json_put_null(&call->json);
}

static bool
answer_list(struct api_call *call, struct err *err)
{
    const struct deployments_view *view = call->state;
    struct json_out *out = &call->json;

    (void)err;
    json_object(out);
    json_name(out, "stages");
    json_array(out);
    for (size_t i = 0; i < view->count; i++) {
        json_object(out);
        put_stage(out, &view->stages[i]);
        put_live(call, &view->stages[i].place);
        json_name(out, "last");
        if (view->stages[i].last)
            put_change(out, view->stages[i].last);
        else
            json_put_null(out);
        json_object_end(out);
    }
    json_array_end(out);
    json_object_end(out);
    return true;
}

static bool
look_at_all(struct api_call *call, struct err *err)
{
    (void)err;
    return look(call, answer_list);
}

static bool
list_stages(struct api_call *call, struct err *err)
{
    struct deployment_row *last;
    size_t count;

    if (!api_own_functions(call, RUN_DEV_ACTIONS, err))
        return false;
    if (!store_deployment_last(api_spec.store, &call->arena, &last, &count, err))
        return api_fail(call);
    call->state = arena_alloc(&call->arena, sizeof(struct deployments_view));
    for (size_t i = 0; i < count; i++)
        add_stage(call, last[i].service, last[i].stage, &last[i]);
    versions_each(deployments_given()->root, add_unnoted, call);
    return api_go_on(call, API_CONTROL, look_at_all);
}

/* ---- one stage */

static bool
answer_stage(struct api_call *call, struct err *err)
{
    const struct deployments_view *view = call->state;
    const struct stage_view *stage = &view->stages[0];
    struct json_out *out = &call->json;
    struct deployment_row *rows;
    struct kept_version *kept;
    size_t kept_count, row_count;

    if (!store_deployment_list(api_spec.store, &call->arena, stage->place.service, stage->place.stage, view->limit + 1,
                               &rows, &row_count, err))
        return api_fail(call);
    versions_list(&stage->place, &call->arena, &kept, &kept_count);
    if (!row_count && !kept_count)
        return api_refuse(call, 404, err, "Nothing of %s was ever deployed to stage %s.", stage->place.service,
                          stage->place.stage);
    json_object(out);
    put_stage(out, stage);
    json_name(out, "versions");
    json_array(out);
    for (size_t i = 0; i < kept_count; i++)
        deployed_put_version(call, &stage->place, &kept[i]);
    json_array_end(out);
    json_name(out, "changes");
    json_array(out);
    for (size_t i = 0; i < row_count && i < view->limit; i++)
        put_change(out, &rows[i]);
    json_array_end(out);
    json_pair_bool(out, "hasMore", row_count > view->limit);
    json_pair_int(out, "now", clock_wall_ms());
    json_object_end(out);
    return true;
}

static bool
look_at_one(struct api_call *call, struct err *err)
{
    (void)err;
    return look(call, answer_stage);
}

static bool
show_stage(struct api_call *call, struct err *err)
{
    char *service = arena_strdup(&call->arena, call->rest), *stage = strchr(service, '/');
    const char *limit = api_query(call, "limit");
    struct deployments_view *view;

    if (!api_own_functions(call, RUN_DEV_ACTIONS, err))
        return false;
    if (stage)
        *stage++ = '\0';
    if (!stage || !versions_is_name(service) || !versions_is_name(stage))
        return api_refuse(call, 404, err, "The address of a stage is /api/v1/deployments/SERVICE/STAGE.");
    call->state = view = arena_alloc(&call->arena, sizeof *view);
    view->limit = limit ? strtoul(limit, NULL, 10) : LIMIT;
    if (view->limit < 1 || view->limit > MAX_LIMIT)
        return api_refuse(call, 400, err, "limit is a number from 1 to %d.", MAX_LIMIT);
    add_stage(call, service, stage, NULL);
    return api_go_on(call, API_CONTROL, look_at_one);
}

/* ---- POST …/rollback {"service": "shop", "stage": "prod", "timestamp": 1795219350611} */

static bool
roll_back(struct api_call *call, struct err *err)
{
    struct deploying *deploying;
    const char *service, *stage;
    struct json body;

    if (!api_own_functions(call, WRITE_PROD_ACTIONS, err) || !api_body(call, &body, err))
        return false;
    service = json_text(&call->arena, json_get(body, "service"));
    stage = json_text(&call->arena, json_get(body, "stage"));
    if (!service || !stage || !versions_is_name(service) || !versions_is_name(stage))
        return api_refuse(call, 400, err, "The body needs a \"service\", a \"stage\" and a \"timestamp\".");
    call->state = deploying = arena_alloc(&call->arena, sizeof *deploying);
    deploying->place = (struct versions_place){ deployments_given()->root, service, stage };
    return deployed_rollback(call, json_int(json_get(body, "timestamp"), 0), err);
}

const struct api_row api_deployments_rows[] = {
    { HTTP_GET, "/api/v1/deployments", API_WORKER, API_SIGNED_IN, list_stages },
    { HTTP_GET, "/api/v1/deployments/", API_WORKER, API_SIGNED_IN, show_stage },
    { HTTP_POST, "/api/v1/deployments/rollback", API_WORKER, API_SIGNED_IN_LONG, roll_back },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
