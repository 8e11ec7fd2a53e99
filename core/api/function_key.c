/* SPDX-License-Identifier: MIT */
/*
 * /api/v1/function-keys: what callers of functions show as x-api-key (functions.md 1.11). Those of services are listed,
 * but stand in their files; made and revoked here are those of routes/.
 */
#include "api/api.h"
#include "function/keys.h"

static void
put_key(struct json_out *out, const struct function_key *key)
{
    json_object(out);
    json_pair_text(out, "id", key->id);
    json_pair_text(out, "service", key->service[0] ? key->service : NULL);
    json_pair_text(out, "stage", key->stage[0] ? key->stage : NULL);
    json_pair_text(out, "label", key->name);
    json_pair_text(out, "prefix", key->prefix);
    json_pair_bool(out, "isEnabled", key->is_enabled);
    json_pair_int(out, "createdAt", key->created_at);
    if (key->rate_milli > 0) {
        json_name(out, "rate");
        json_put_double(out, (double)key->rate_milli / 1000);
        json_pair_int(out, "burst", key->burst_limit);
    }
    if (key->quota_limit >= 0) {
        json_pair_int(out, "quota", key->quota_limit);
        json_pair_text(out, "period", key->quota_period);
        json_pair_int(out, "used", key->used);
        json_pair_int(out, "usedSince", key->period_start);
    }
    json_object_end(out);
}

static bool
list_keys(struct api_call *call, struct err *err)
{
    struct function_key *keys;
    size_t count;

    if (!api_own_functions(call, CREATE_PROD_API_KEYS, err))
        return false;
    if (!store_function_key_list(api_spec.store, &call->arena, &keys, &count, err))
        return api_fail(call);
    json_object(&call->json);
    json_name(&call->json, "keys");
    json_array(&call->json);
    for (size_t i = 0; i < count; i++)
        put_key(&call->json, &keys[i]);
    json_array_end(&call->json);
    json_object_end(&call->json);
    return true;
}

/* {"rate": 10, "burst": 20, "quota": 5000, "period": "MONTH"}, all of them optional. */
static bool
read_plan(struct api_call *call, struct json root, struct service_plan *plan, struct err *err)
{
    struct str period = json_str(&call->arena, json_get(root, "period"));

    plan->rate_limit = json_double(json_get(root, "rate"), 0);
    plan->burst_limit = json_int(json_get(root, "burst"), SERVICE_UNSET);
    plan->quota_limit = json_int(json_get(root, "quota"), SERVICE_UNSET);
    plan->period = PERIOD_MONTH;
    if (period.p && !key_period(period, &plan->period))
        return api_refuse(call, 400, err, "period is DAY, WEEK or MONTH.");
    if (plan->rate_limit < 0 || plan->rate_limit > 1e9 || plan->burst_limit < SERVICE_UNSET ||
        plan->quota_limit < SERVICE_UNSET)
        return api_refuse(call, 400, err, "rate, burst and quota are numbers from 0 on.");
    return true;
}

static bool
create_key(struct api_call *call, struct err *err)
{
    struct service_plan plan = { .quota_limit = SERVICE_UNSET };
    struct function_key row;
    struct store_write *write;
    char value[KEY_LEN + 1];
    struct json root;

    if (!api_own_functions(call, CREATE_PROD_API_KEYS, err) || !api_body(call, &root, err) ||
        !read_plan(call, root, &plan, err))
        return false;
    write = key_create(&call->arena, json_text(&call->arena, json_get(root, "label")), &plan, &row, value);
    switch (store_write_wait(api_spec.store, write, err)) {
    case STORE_DONE:
        break;
    case STORE_REFUSED:
        return api_refuse(call, 409, err, "There is a key with this label already.");
    default:
        return api_fail(call);
    }
    keys_changed();
    call->status = 201;
    json_object(&call->json);
    json_pair_text(&call->json, "id", row.id);
    json_pair_text(&call->json, "key", value);
    json_object_end(&call->json);
    return true;
}

static bool
revoke_key(struct api_call *call, struct err *err)
{
    struct store_write *write;

    if (!api_own_functions(call, CREATE_PROD_API_KEYS, err))
        return false;
    write = store_write_new();
    store_function_key_remove(write, call->rest);
    switch (store_write_wait(api_spec.store, write, err)) {
    case STORE_DONE:
        keys_changed();
        call->status = 204;
        return true;
    case STORE_REFUSED:
        return api_refuse(call, 404, err, "There is no such key.");
    default:
        return api_fail(call);
    }
}

const struct api_row api_function_key_rows[] = {
    { HTTP_GET, "/api/v1/function-keys", API_WORKER, API_SIGNED_IN, list_keys },
    { HTTP_POST, "/api/v1/function-keys", API_WORKER, API_SIGNED_IN, create_key },
    { HTTP_DELETE, "/api/v1/function-keys/", API_WORKER, API_SIGNED_IN, revoke_key },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
