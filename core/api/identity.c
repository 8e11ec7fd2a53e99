/* SPDX-License-Identifier: MIT */
/*
 * /api/v1/identity: a run asks for proof of who sits there, and the server vouches for it (io-methods.md 13). With a
 * password, limited like signing in; under `interlude dev`, where nobody has one, by a click.
 */
#include "api/api.h"
#include "auth/login.h"
#include "auth/session.h"
#include "base/clock.h"
#include "transaction/transaction.h"

struct identity {
    struct uuid transaction, group;
    bool is_local;        /* the developer at this machine */
    int64_t confirmed_at; /* by this session; 0: never */
};

static int64_t local_confirmed_at; /* control thread */

static bool
is_local(const struct api_call *call)
{
    return call->is_local && api_spec.local;
}

static bool
read_question(struct api_call *call, const char *transaction, const char *group, struct err *err)
{
    struct identity *identity = arena_alloc(&call->arena, sizeof *identity);

    call->state = identity;
    identity->is_local = is_local(call);
    return (transaction && group && uuid_parse(str_of(transaction), &identity->transaction) &&
            uuid_parse(str_of(group), &identity->group)) ||
           api_refuse(call, 404, err, "There is no such question.");
}

static bool
find_session(struct api_call *call, struct session **session, struct err *err)
{
    struct session_request request = { .cookies = call->cookies,
                                       .is_https = call->is_https,
                                       .ip = call->address,
                                       .user_agent = call->user_agent,
                                       .now = clock_wall_ms() };

    return session_identify(api_spec.store, api_spec.secrets, &call->arena, &request, session, err) || api_fail(call);
}

/* Young enough for the run: then it goes on without asking. */
static bool
show_identity(struct api_call *call, struct err *err)
{
    const struct identity *identity = call->state;
    int64_t at = identity->is_local ? local_confirmed_at : identity->confirmed_at, grace_ms;
    bool is_confirmed;

    if (!transaction_identity_grace(identity->transaction, identity->group, &call->who, &grace_ms))
        return api_refuse(call, 404, err, "There is no such question.");
    is_confirmed = at && clock_wall_ms() - at < grace_ms &&
                   transaction_identity_confirmed(identity->transaction, identity->group, &call->who);
    json_object(&call->json);
    json_pair_bool(&call->json, "confirmed", is_confirmed);
    json_pair_text(&call->json, "method", identity->is_local ? "none" : "password");
    json_object_end(&call->json);
    return true;
}

static bool
ask_identity(struct api_call *call, struct err *err)
{
    struct session *session = NULL;

    if (!read_question(call, api_query(call, "transaction"), api_query(call, "group"), err))
        return false;
    if (!is_local(call) && !find_session(call, &session, err))
        return false;
    if (session)
        ((struct identity *)call->state)->confirmed_at = session->identity_confirmed_at;
    return api_go_on(call, API_CONTROL, show_identity);
}

static bool
confirm(struct api_call *call, struct err *err)
{
    const struct identity *identity = call->state;

    if (!transaction_identity_confirmed(identity->transaction, identity->group, &call->who))
        return api_refuse(call, 404, err, "There is no such question.");
    if (identity->is_local)
        local_confirmed_at = clock_wall_ms();
    json_put_bool(&call->json, true);
    return true;
}

static bool
note(struct api_call *call, struct err *err)
{
    struct session *session = NULL;
    struct store_write *write;

    if (!find_session(call, &session, err))
        return false;
    if (!session)
        return api_refuse(call, 401, err, "Sign in first.");
    write = store_write_new();
    store_session_confirm(write, session->id, clock_wall_ms());
    return store_write_wait(api_spec.store, write, err) == STORE_DONE || api_fail(call);
}

static bool
check_password(struct api_call *call, const char *password, struct err *err)
{
    int64_t retry_after_ms = 0;
    struct user *user;

    switch (login_with_password(api_spec.store, &call->arena, call->who.email, password, call->address, clock_wall_ms(),
                                &user, &retry_after_ms, err)) {
    case LOGIN_OK:
        return note(call, err) && api_go_on(call, API_CONTROL, confirm);
    case LOGIN_WRONG:
        call->status = 401;
        json_put_bool(&call->json, false);
        return true;
    case LOGIN_THROTTLED:
        call->retry_after = arena_printf(&call->arena, "%lld", (long long)(retry_after_ms + 999) / 1000);
        return api_refuse(call, 429, err, "Too many attempts. Try again in %s s.", call->retry_after);
    case LOGIN_FAILED:
    default:
        return api_fail(call);
    }
}

static bool
give_identity(struct api_call *call, struct err *err)
{
    const char *password;
    struct json root;

    if (!api_body(call, &root, err) || !read_question(call, json_text(&call->arena, json_get(root, "transactionId")),
                                                      json_text(&call->arena, json_get(root, "inputGroupKey")), err))
        return false;
    if (is_local(call))
        return api_go_on(call, API_CONTROL, confirm);
    password = json_text(&call->arena, json_get(root, "password"));
    if (!password)
        return api_refuse(call, 400, err, "The body must have a \"password\".");
    return check_password(call, password, err);
}

const struct api_row api_identity_rows[] = {
    { HTTP_GET, "/api/v1/identity", API_WORKER, API_SIGNED_IN, ask_identity },
    { HTTP_POST, "/api/v1/identity", API_SERIAL, API_SIGNED_IN, give_identity },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
