/* SPDX-License-Identifier: MIT */
/* Signing in and out, and /api/v1/session: who am I, and what is here. */
#include "api/api.h"
#include "auth/login.h"
#include "auth/session.h"
#include "base/clock.h"
#include "store/org.h"

/* What of the pages about functions there is for this person: the server decides, the browser only draws. */
static void
put_functions(const struct api_call *call, struct json_out *out)
{
    json_name(out, "functions");
    json_object(out);
    json_pair_bool(out, "mayLook", api_may_functions(call, READ_DEV_TRANSACTIONS));
    json_pair_bool(out, "mayOperate", api_may_functions(call, RUN_DEV_ACTIONS));
    json_pair_bool(out, "mayManageKeys", api_may_functions(call, CREATE_PROD_API_KEYS));
    json_object_end(out);
}

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
    put_functions(call, out);
    json_pair_text(out, "mode", api_spec.local ? "dev" : "start");
    json_pair_text(out, "product", "Interlude");
    json_pair_text(out, "version", api_spec.version);
    json_object_end(out);
    return true;
}

static struct session_request
session_request(const struct api_call *call)
{
    return (struct session_request){ .cookies = call->cookies,
                                     .is_https = call->is_https,
                                     .ip = call->address,
                                     .user_agent = call->user_agent,
                                     .now = clock_wall_ms() };
}

/* POST /api/auth/login {"email","password"}: true, or 401 false (server.md 3.2). */
static bool
login(struct api_call *call, struct err *err)
{
    struct session_request request = session_request(call);
    const char *email, *password;
    int64_t retry_after_ms = 0;
    char *set_cookie;
    struct user *user;
    struct json root;

    if (!api_body(call, &root, err))
        return false;
    email = json_text(&call->arena, json_get(root, "email"));
    password = json_text(&call->arena, json_get(root, "password"));
    if (!email || !password)
        return api_refuse(call, 400, err, "The body must have \"email\" and \"password\".");
    switch (login_with_password(api_spec.store, &call->arena, email, password, call->address, request.now, &user,
                                &retry_after_ms, err)) {
    case LOGIN_OK:
        break;
    case LOGIN_WRONG:
        call->status = 401;
        json_put_bool(&call->json, false);
        return true;
    case LOGIN_THROTTLED:
        call->retry_after = arena_printf(&call->arena, "%lld", (long long)(retry_after_ms + 999) / 1000);
        return api_refuse(call, 429, err, "Too many attempts. Try again in %s s.", call->retry_after);
    case LOGIN_FAILED:
        call->status = 500;
        return false;
    }
    if (!session_start(api_spec.store, api_spec.secrets, &call->arena, &request, user->id, "password", &set_cookie,
                       err)) {
        call->status = 500;
        return false;
    }
    call->set_cookie = set_cookie;
    json_put_bool(&call->json, true);
    return true;
}

static bool
logout(struct api_call *call, struct err *err)
{
    struct session_request request = session_request(call);
    char *set_cookie;

    if (!session_end(api_spec.store, api_spec.secrets, &call->arena, &request, &set_cookie, err)) {
        call->status = 500;
        return false;
    }
    call->set_cookie = set_cookie;
    json_put_bool(&call->json, true);
    return true;
}

/* GET /api/auth/session: 200 without a body, or 401 (server.md 3.3). */
static bool
check_session(struct api_call *call, struct err *err)
{
    (void)call, (void)err;
    return true;
}

const struct api_row api_session_rows[] = {
    { HTTP_POST, "/api/auth/login", API_SERIAL, API_PUBLIC, login },
    { HTTP_POST, "/api/auth/logout", API_WORKER, API_PUBLIC, logout },
    { HTTP_GET, "/api/auth/session", API_WORKER, API_SIGNED_IN, check_session },
    { HTTP_GET, "/api/v1/session", API_WORKER, API_SIGNED_IN, show_session },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
