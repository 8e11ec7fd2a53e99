/* SPDX-License-Identifier: MIT */
/* Who is asking, and from where (api.h). */
#include "api/api.h"

#include "auth/role.h"
#include "auth/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/org.h"

bool
api_is_loopback_name(struct str host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str name = str_of(names[i]);

        if (str_starts(host, name) && (host.len == name.len || host.p[name.len] == ':'))
            return true;
    }
    return false;
}

bool
api_is_local(struct http_request *request)
{
    /*
     * The Host check keeps a page of another site, resolved to 127.0.0.1, from passing as the developer (DNS
     * rebinding).
     */
    return http_request_peer(request)->is_loopback && api_is_loopback_name(request->host);
}

static struct str
without_scheme(struct str origin)
{
    struct str http = STR("http://"), https = STR("https://");
    struct str used = str_starts(origin, https) ? https : http;

    return str_starts(origin, used) ? (struct str){ origin.p + used.len, origin.len - used.len } : STR("");
}

bool
api_origin_is_ours(struct http_request *request)
{
    struct str origin = http_header(request, "origin"), site = http_header(request, "sec-fetch-site");

    if (!origin.p) /* no browser sends a foreign request that changes something, or a handshake, without it */
        return !site.p || str_is(site, "same-origin") || str_is(site, "none");
    return str_is(origin, api_spec.app_url) || str_eq(without_scheme(origin), request->host);
}

bool
api_is_https(const struct http_request *request)
{
    return request->is_tls || str_starts(str_of(api_spec.app_url), STR("https://"));
}

/* The organization somebody works in: the one of the last switch, with their role there. */
static bool
find_membership(struct arena *arena, const struct session *session, struct principal *who, struct err *err)
{
    struct org_member *member = NULL;
    struct org *orgs;
    size_t count;

    if (!store_orgs_of_user(api_spec.store, arena, session->user_id, &orgs, &count, err) || count == 0 ||
        !store_member_find(api_spec.store, arena, session->user_id, orgs[0].slug, &member, err) || !member)
        return false;
    *who = (struct principal){ .user_id = session->user_id,
                               .email = session->email,
                               .first_name = session->first_name,
                               .last_name = session->last_name,
                               .role = role_public_name(role_parse(member->role)),
                               .organization = orgs[0].slug,
                               .organization_name = orgs[0].name,
                               .organization_id = orgs[0].id };
    return true;
}

bool
api_identify(struct arena *arena, const struct api_origin *origin, struct principal *who)
{
    struct session_request request = {
        .cookies = origin->cookies, .is_https = origin->is_https, .ip = origin->address, .now = clock_wall_ms()
    };
    struct session *session = NULL;
    struct err err = { "" };

    if (origin->is_local && api_spec.local) {
        *who = principal_copy(arena, api_spec.local);
        return true;
    }
    if (session_identify(api_spec.store, api_spec.secrets, arena, &request, &session, &err) && session &&
        find_membership(arena, session, who, &err))
        return true;
    if (err.text[0])
        log_error("api", "cannot find out who is asking: %s", err.text);
    return false;
}

struct principal
api_principal_of_key(const struct api_key *key)
{
    return (struct principal){ .user_id = key->user_id,
                               .email = key->email,
                               .first_name = key->first_name,
                               .last_name = key->last_name,
                               .role = role_public_name(role_parse(key->role)),
                               .organization = key->org_slug,
                               .organization_name = key->org_name,
                               .organization_id = key->org_id };
}

bool
api_identify_caller(struct api_call *call)
{
    struct str text = key_from_authorization(call->authorization);
    struct err err;

    if (api_identify(&call->arena, &(struct api_origin){ call->cookies, call->address, call->is_local, call->is_https },
                     &call->who))
        return true;
    if (!text.len || !key_identify(api_spec.store, &call->arena, text, clock_wall_ms(), &call->key, &err) || !call->key)
        return false;
    call->who = api_principal_of_key(call->key);
    return true;
}

const char *
api_developer(const struct api_call *call, const char *environment)
{
    return strcmp(environment, "development") == 0 ? call->who.user_id : "";
}

struct org_env *
api_find_env(struct api_call *call, const char *slug, struct err *err)
{
    struct org_env *envs;
    size_t count;

    if (!store_env_list(api_spec.store, &call->arena, call->who.organization_id, &envs, &count, err)) {
        call->status = 500;
        return NULL;
    }
    for (size_t i = 0; slug && i < count; i++)
        if (strcmp(envs[i].slug, slug) == 0)
            return &envs[i];
    api_refuse(call, 404, err, "There is no such environment.");
    return NULL;
}
