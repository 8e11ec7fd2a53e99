/* SPDX-License-Identifier: MIT */
/* /api/v1/session: who am I, and what is here. */
#include "api/api.h"
#include "store/org.h"

static bool
show_session(struct api_call *call, struct err *err)
{
    struct json_out *out = &call->json;
    struct org_env *envs;
    size_t count;

    if (!store_env_list(api_spec.store, &call->arena, call->who.organization_id, &envs, &count, err)) {
        call->status = 500;
        return false;
    }
    json_object(out);
    json_name(out, "user");
    json_object(out);
    json_pair_text(out, "id", call->who.user_id);
    json_pair_text(out, "email", call->who.email);
    json_pair_text(out, "firstName", call->who.first_name);
    json_pair_text(out, "lastName", call->who.last_name);
    json_pair_text(out, "role", call->who.role);
    json_object_end(out);
    json_name(out, "organization");
    json_object(out);
    json_pair_text(out, "id", call->who.organization_id);
    json_pair_text(out, "slug", call->who.organization);
    json_pair_text(out, "name", call->who.organization_name);
    json_object_end(out);
    json_name(out, "environments");
    json_array(out);
    for (size_t i = 0; i < count; i++) {
        json_object(out);
        json_pair_text(out, "id", envs[i].id);
        json_pair_text(out, "slug", envs[i].slug);
        json_pair_text(out, "name", envs[i].name);
        json_pair_text(out, "color", envs[i].color);
        json_object_end(out);
    }
    json_array_end(out);
    json_pair_text(out, "mode", api_spec.local ? "dev" : "start");
    json_pair_text(out, "product", "Interlude");
    json_pair_text(out, "version", api_spec.version);
    json_object_end(out);
    return true;
}

const struct api_row api_session_rows[] = {
    { HTTP_GET, "/api/v1/session", API_WORKER, API_SIGNED_IN, show_session },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
