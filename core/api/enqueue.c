/* SPDX-License-Identifier: MIT */
/* POST /api/actions/enqueue and dequeue: SDKs put work in front of people (host-protocol.md 6). */
#include "api/sdk.h"
#include "base/id.h"
#include "store/queued.h"
#include "store/user.h"

/* An address of somebody in the organization; a development key has only its owner (server.md 5.2). */
static bool
find_assignee(struct api_call *call, const char *email, const char **id, struct err *err)
{
    struct org_member *member = NULL;
    struct user *user = NULL;
    const char *norm = email_normalize(&call->arena, email);

    if (norm && !store_user_by_email(api_spec.store, &call->arena, norm, &user, err))
        return api_fail(call);
    if (call->key->is_development && (!user || strcmp(user->id, call->key->user_id) != 0))
        return api_refuse(call, 400, err, "With a development key, actions can be assigned to %s only.",
                          call->key->email);
    if (user && !store_member_find(api_spec.store, &call->arena, user->id, call->key->org_slug, &member, err))
        return api_fail(call);
    if (!member)
        return api_refuse(call, 404, err, "There is no user %s in this organization to assign the action to.", email);
    *id = user->id;
    return true;
}

static bool
told_enqueued(struct api_call *call, struct err *err)
{
    const struct queued_action *action = call->state;

    (void)err;
    sdk_notify(call, TOPIC_QUEUE);
    json_object(&call->json);
    json_pair_text(&call->json, "type", "success");
    json_pair_text(&call->json, "id", action->id);
    json_object_end(&call->json);
    return true;
}

static bool
store_action(struct api_call *call, struct err *err)
{
    struct store_write *write = store_write_new();

    store_queued_insert(write, call->state);
    if (store_write_wait(api_spec.store, write, err) != STORE_DONE)
        return api_fail(call);
    return api_go_on(call, API_CONTROL, told_enqueued);
}

static bool
check_route(struct api_call *call, struct err *err)
{
    const struct queued_action *action = call->state;
    const struct scope *scope = sdk_scope(call);
    const struct route *route = scope ? registry_find(scope, action->slug) : NULL;

    if (!route || route->kind != ROUTE_ACTION)
        return api_refuse(call, 404, err, "There is no action '%s' in this environment.", action->slug);
    return api_go_on(call, API_WORKER, store_action);
}

/* An object, or nothing at all. */
static bool
read_object(struct api_call *call, struct json node, const char *name, struct str *raw, struct err *err)
{
    if (json_type(node) == JSON_OBJECT)
        *raw = json_raw(node);
    else if (json_type(node) != JSON_MISSING && json_type(node) != JSON_NULL)
        return api_refuse(call, 400, err, "\"%s\" must be an object.", name);
    return true;
}

static bool
enqueue(struct api_call *call, struct err *err)
{
    struct queued_action *action = arena_alloc(&call->arena, sizeof *action);
    const char *assignee;
    struct json root, meta;

    if (!api_body(call, &root, err))
        return false;
    meta = json_get(root, "paramsMeta");
    if (json_type(meta) == JSON_MISSING)
        meta = json_get(root, "params_meta"); /* Python's spelling */
    *action = (struct queued_action){ .id = arena_strdup(&call->arena, uuid_format(uuid_v7()).s),
                                      .org_id = call->key->org_id,
                                      .env_id = call->key->env_id,
                                      .developer_id = api_developer(call, call->key->env_slug),
                                      .slug = json_text(&call->arena, json_get(root, "slug")) };
    if (!action->slug)
        return api_refuse(call, 400, err, "The body needs the \"slug\" of an action.");
    if (!read_object(call, json_get(root, "params"), "params", &action->params, err) ||
        !read_object(call, meta, "paramsMeta", &action->params_meta, err))
        return false;
    assignee = json_text(&call->arena, json_get(root, "assignee"));
    if (assignee && !find_assignee(call, assignee, &action->assignee_id, err))
        return false;
    call->state = action;
    return api_go_on(call, API_CONTROL, check_route);
}

static bool
told_dequeued(struct api_call *call, struct err *err)
{
    const struct queued_action *action = call->state;
    struct json_out *out = &call->json;

    (void)err;
    sdk_notify(call, TOPIC_QUEUE);
    json_object(out);
    json_pair_text(out, "type", "success");
    json_pair_text(out, "id", action->id);
    if (action->assignee) /* SDKs take absence, but not null */
        json_pair_text(out, "assignee", action->assignee);
    if (action->params.p)
        json_pair_raw(out, "params", action->params);
    if (action->params_meta.p)
        json_pair_raw(out, "paramsMeta", action->params_meta);
    json_object_end(out);
    return true;
}

static bool
dequeue(struct api_call *call, struct err *err)
{
    struct queued_action *action;
    struct store_write *write;
    const char *id;
    struct json root;

    if (!api_body(call, &root, err))
        return false;
    id = json_text(&call->arena, json_get(root, "id"));
    if (!id)
        return api_refuse(call, 400, err, "The body needs the \"id\" of a queued action.");
    if (!store_queued_get(api_spec.store, &call->arena, call->key->org_id, id, &action, err))
        return api_fail(call);
    if (!action || (action->developer_id[0] && strcmp(action->developer_id, call->key->user_id) != 0))
        return api_refuse(call, 404, err, "There is no queued action with this id.");
    write = store_write_new();
    store_queued_delete(write, call->key->org_id, id);
    switch (store_write_wait(api_spec.store, write, err)) {
    case STORE_DONE:
        break;
    case STORE_REFUSED: /* somebody else was faster */
        return api_refuse(call, 404, err, "There is no queued action with this id.");
    default:
        return api_fail(call);
    }
    call->state = action;
    return api_go_on(call, API_CONTROL, told_dequeued);
}

const struct api_row api_enqueue_rows[] = {
    { HTTP_POST, "/api/actions/enqueue", API_WORKER, API_BY_KEY, enqueue },
    { HTTP_POST, "/api/actions/dequeue", API_WORKER, API_BY_KEY, dequeue },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
