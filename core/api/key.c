/* SPDX-License-Identifier: MIT */
/* /api/v1/keys: the caller's development key and the live keys of the organization (server.md 3.9). */
#include "api/api.h"
#include "auth/key.h"
#include "auth/role.h"
#include "store/org.h"

static bool
may(const struct api_call *call, enum permission permission)
{
    return role_may(role_parse(call->who.role), permission);
}

static bool
fail(struct api_call *call)
{
    call->status = 500;
    return false;
}

static struct key_owner
owner(const struct api_call *call, const struct org_env *env)
{
    return (struct key_owner){ .org_id = call->who.organization_id,
                               .env_id = env->id,
                               .user_id = call->who.user_id,
                               .first_name = call->who.first_name };
}

static void
put_key(struct json_out *out, const struct api_key *key)
{
    json_object(out);
    json_pair_text(out, "id", key->id);
    json_pair_text(out, "label", key->label);
    json_pair_text(out, "environment", key->env_slug);
    json_pair_text(out, "prefix", key->prefix);
    json_pair_int(out, "createdAt", key->created_at);
    json_pair_int_or_null(out, "lastUsedAt", key->last_used_at);
    json_object_end(out);
}

static bool
list_keys(struct api_call *call, struct err *err)
{
    const char *development = NULL;
    struct api_key *keys = NULL;
    struct org_env *env;
    size_t count = 0;

    if (!api_own_org(call, api_query(call, "org"), err))
        return false;
    if (may(call, CREATE_DEV_API_KEYS)) {
        struct key_owner self;

        if (!(env = api_find_env(call, "development", err)))
            return false;
        self = owner(call, env);
        if (!key_development(api_spec.store, api_spec.secrets, &call->arena, &self, &development, err))
            return fail(call);
    }
    if (may(call, CREATE_PROD_API_KEYS) &&
        !store_key_list(api_spec.store, &call->arena, call->who.organization_id, &keys, &count, err))
        return fail(call);
    json_object(&call->json);
    json_pair_text(&call->json, "developmentKey", development);
    json_name(&call->json, "keys");
    json_array(&call->json);
    for (size_t i = 0; i < count; i++)
        if (!keys[i].is_development)
            put_key(&call->json, &keys[i]);
    json_array_end(&call->json);
    json_object_end(&call->json);
    return true;
}

static bool
create_key(struct api_call *call, struct err *err)
{
    const char *label, *id, *key;
    struct key_owner self;
    struct org_env *env;
    struct json root;

    if (!may(call, CREATE_PROD_API_KEYS))
        return api_refuse(call, 403, err, "Only administrators may make live keys.");
    if (!api_body(call, &root, err) || !api_own_org(call, json_text(&call->arena, json_get(root, "org")), err) ||
        !(env = api_find_env(call, json_text(&call->arena, json_get(root, "environment")), err)))
        return false;
    if (strcmp(env->slug, "development") == 0)
        return api_refuse(call, 400, err, "Development uses the personal development key.");
    label = json_text(&call->arena, json_get(root, "label"));
    self = owner(call, env);
    if (!key_create_live(api_spec.store, &call->arena, &self, label, &id, &key, err))
        return fail(call);
    call->status = 201;
    json_object(&call->json);
    json_pair_text(&call->json, "id", id);
    json_pair_text(&call->json, "key", key);
    json_object_end(&call->json);
    return true;
}

static bool
revoke_key(struct api_call *call, struct err *err)
{
    struct store_write *write;

    if (!may(call, CREATE_PROD_API_KEYS))
        return api_refuse(call, 403, err, "Only administrators may revoke live keys.");
    write = store_write_new();
    store_key_revoke(write, call->who.organization_id, call->rest);
    switch (store_write_wait(api_spec.store, write, err)) {
    case STORE_DONE:
        call->status = 204;
        return true;
    case STORE_REFUSED:
        return api_refuse(call, 404, err, "There is no such key.");
    default:
        return fail(call);
    }
}

const struct api_row api_key_rows[] = {
    { HTTP_GET, "/api/v1/keys", API_WORKER, API_SIGNED_IN, list_keys },
    { HTTP_POST, "/api/v1/keys", API_WORKER, API_SIGNED_IN, create_key },
    { HTTP_DELETE, "/api/v1/keys/", API_WORKER, API_SIGNED_IN, revoke_key },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
