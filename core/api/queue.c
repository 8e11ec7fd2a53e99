/* SPDX-License-Identifier: MIT */
/* /api/v1/queue: the work that code put in front of the caller (server.md 5.2). */
#include "api/api.h"
#include "auth/role.h"
#include "host/registry.h"
#include "store/queued.h"

struct queue {
    const char *environment;
    struct queued_action *actions;
    size_t count;
};

static struct scope *
scope_of(const struct api_call *call, const char *environment)
{
    return registry_scope(call->who.organization, environment, call->who.user_id);
}

static void
put_action(struct json_out *out, const struct queued_action *action, const struct scope *scope)
{
    const struct route *route = scope ? registry_find(scope, action->slug) : NULL;

    json_object(out);
    json_pair_text(out, "id", action->id);
    json_pair_text(out, "slug", action->slug);
    json_pair_text(out, "name", route ? route->name : action->slug);
    json_pair_text(out, "assignee", action->assignee);
    json_pair_raw(out, "params", action->params.p ? action->params : STR("{}"));
    json_pair_raw(out, "paramsMeta", action->params_meta.p ? action->params_meta : STR("null"));
    json_pair_int(out, "createdAt", action->created_at);
    json_pair_text(out, "transactionId", action->txn_id);
    json_object_end(out);
}

/* Names are those of the live routes. */
static bool
show_queue(struct api_call *call, struct err *err)
{
    const struct queue *queue = call->state;
    const struct scope *scope = scope_of(call, queue->environment);

    (void)err;
    json_object(&call->json);
    json_name(&call->json, "items");
    json_array(&call->json);
    for (size_t i = 0; i < queue->count; i++)
        put_action(&call->json, &queue->actions[i], scope);
    json_array_end(&call->json);
    json_object_end(&call->json);
    return true;
}

static bool
list_queue(struct api_call *call, struct err *err)
{
    struct queue *queue = arena_alloc(&call->arena, sizeof *queue);
    struct org_env *env;

    if (!api_own_org(call, api_query(call, "org"), err) || !(env = api_find_env(call, api_query(call, "env"), err)))
        return false;
    queue->environment = env->slug;
    if (!store_queued_list(api_spec.store, &call->arena, call->who.organization_id, env->id,
                           api_developer(call, env->slug), call->who.user_id, &queue->actions, &queue->count, err))
        return api_fail(call);
    call->state = queue;
    return api_go_on(call, API_CONTROL, show_queue);
}

static bool
told_deleted(struct api_call *call, struct err *err)
{
    struct scope *scope = scope_of(call, call->state);

    (void)err;
    if (scope)
        registry_notify(scope, TOPIC_QUEUE);
    call->status = 204;
    return true;
}

/* A developer's own console, or whoever may (server.md 3.10). */
static bool
may_delete(const struct api_call *call, const struct queued_action *action)
{
    return action->developer_id[0] ? strcmp(action->developer_id, call->who.user_id) == 0
                                   : role_may(role_parse(call->who.role), DEQUEUE_PROD_ACTIONS);
}

static const char *
environment_of(struct api_call *call, const char *env_id, struct err *err)
{
    struct org_env *envs;
    size_t count;

    if (!store_env_list(api_spec.store, &call->arena, call->who.organization_id, &envs, &count, err))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(envs[i].id, env_id) == 0)
            return envs[i].slug;
    return "";
}

static bool
delete_action(struct api_call *call, struct err *err)
{
    struct queued_action *action;
    struct store_write *write;

    if (!store_queued_get(api_spec.store, &call->arena, call->who.organization_id, call->rest, &action, err))
        return api_fail(call);
    if (!action || (action->developer_id[0] && !may_delete(call, action)))
        return api_refuse(call, 404, err, "There is no such queued action.");
    if (!may_delete(call, action))
        return api_refuse(call, 403, err, "Only administrators may take actions out of the queue.");
    if (!(call->state = (void *)(uintptr_t)environment_of(call, action->env_id, err)))
        return api_fail(call);
    write = store_write_new();
    store_queued_delete(write, call->who.organization_id, action->id);
    if (store_write_wait(api_spec.store, write, err) == STORE_FAILED)
        return api_fail(call);
    return api_go_on(call, API_CONTROL, told_deleted);
}

const struct api_row api_queue_rows[] = {
    { HTTP_GET, "/api/v1/queue", API_WORKER, API_SIGNED_IN, list_queue },
    { HTTP_DELETE, "/api/v1/queue/", API_WORKER, API_SIGNED_IN, delete_action },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
