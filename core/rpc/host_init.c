/* SPDX-License-Identifier: MIT */
/* INITIALIZE_HOST: what a host offers from now on (host-protocol.md 3). */
#include <stdlib.h>

#include "base/log.h"
#include "json/write.h"
#include "rpc/host_declare.h"
#include "rpc/host_internal.h"

enum { MAX_ANSWER = 4 << 20, MAX_SHADOWED = 8192 };

/* Python raises at invalidSlugs, so for all but the Node SDK they are warnings (8 P5). */
static bool
understands_invalid_slugs(struct json inputs)
{
    return json_is(json_get(inputs, "sdkName"), "@interval/sdk");
}

static void
put_invalid(struct json_out *json, const struct declaration *declaration, bool as_list)
{
    json_name(json, "invalidSlugs");
    json_array(json);
    for (size_t i = 0; as_list && i < declaration->invalid_count; i++)
        json_put_text(json, declaration->invalid[i]);
    json_array_end(json);
}

/* Modules of the routes directory go before hosts; whoever looks for their code elsewhere should know. */
static void
put_shadowed(struct json_out *json, const struct sdk_host *host)
{
    struct buf slugs;

    buf_init(&slugs, MAX_SHADOWED);
    for (size_t i = 0; i < host->route_count; i++)
        if (!registry_find(host->scope, host->routes[i].slug)->host->instance_id)
            buf_printf(&slugs, "%s %s", slugs.len ? "," : "Modules in the routes directory serve these slugs instead:",
                       host->routes[i].slug);
    if (slugs.len)
        json_put_text(json, buf_text(&slugs));
    buf_fini(&slugs);
}

static void
put_warnings(struct json_out *json, const struct sdk_host *host, struct arena *arena,
             const struct declaration *declaration, bool with_slugs)
{
    json_name(json, "warnings");
    json_array(json);
    for (size_t i = 0; i < declaration->warning_count; i++)
        json_put_text(json, declaration->warnings[i]);
    for (size_t i = 0; with_slugs && i < declaration->invalid_count; i++)
        json_put_text(json, arena_printf(arena,
                                         "The slug '%s' is not valid and was left out: letters, digits, '_', '-' and "
                                         "'.' only.",
                                         declaration->invalid[i]));
    put_shadowed(json, host);
    json_array_end(json);
}

/* dashboardUrl (3.5): where a person finds what this host offers. */
static void
put_dashboard_url(struct json_out *json, const struct scope *scope)
{
    struct buf url;

    buf_init(&url, MAX_ANSWER);
    scope_url(scope, hosts_spec.app_url, &url);
    json_pair_str(json, "dashboardUrl", buf_view(&url));
    buf_fini(&url);
}

const char *
host_environment(const struct sdk_host *host)
{
    if (host->profile.uses_old_environment)
        return host->is_development ? "development" : "live";
    return host->scope->environment;
}

static void
put_alert(struct json_out *json, const struct sdk_alert *alert)
{
    json_name(json, "sdkAlert");
    json_object(json);
    json_pair_text(json, "minSdkVersion", alert->min_version);
    json_pair_text(json, "severity", alert->severity);
    json_pair_text(json, "message", alert->message);
    json_object_end(json);
}

static void
respond_success(const struct sdk_host *host, const struct peer_call *call, struct arena *arena,
                const struct declaration *declaration, bool knows_invalid, const struct sdk_alert *alert)
{
    struct json_out json;
    struct buf text;

    buf_init(&text, MAX_ANSWER);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "type", "success");
    json_pair_text(&json, "environment", host_environment(host));
    put_invalid(&json, declaration, knows_invalid);
    json_name(&json, "organization");
    json_object(&json);
    json_pair_text(&json, "name", host->organization_name);
    json_pair_text(&json, "slug", host->scope->organization);
    json_object_end(&json);
    put_dashboard_url(&json, host->scope);
    put_warnings(&json, host, arena, declaration, !knows_invalid);
    if (alert)
        put_alert(&json, alert);
    json_object_end(&json);
    peer_respond(call, buf_view(&text));
    buf_fini(&text);
}

static void
respond_error(const struct peer_call *call, const struct sdk_profile *profile, const char *message)
{
    struct json_out json;
    struct buf text;

    if (!profile->has_object_errors) {
        peer_respond(call, STR("null")); /* the only failure they know (3.2) */
        return;
    }
    buf_init(&text, MAX_ANSWER);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "type", "error");
    json_pair_text(&json, "message", message);
    json_object_end(&json);
    peer_respond(call, buf_view(&text));
    buf_fini(&text);
}

/* In the form that SDKs of today understand; what theirs was is not known any more. */
static void
respond_too_old(const struct sdk_host *host, const struct peer_call *call, struct arena *arena, const char *version,
                const struct sdk_alert *alert)
{
    struct json_out json;
    struct buf text;

    log_warn("host", "%s is refused: @interval/sdk %s is older than %s", host->instance_id, version,
             alert->min_version);
    buf_init(&text, MAX_ANSWER);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "type", "error");
    json_pair_text(&json, "message",
                   arena_printf(arena, "@interval/sdk %.32s is too old. %s", version, alert->message));
    put_alert(&json, alert);
    json_object_end(&json);
    peer_respond(call, buf_view(&text));
    buf_fini(&text);
}

static void
set_sdk(struct sdk_host *host, const char *name, const char *version)
{
    struct buf text;

    buf_init(&text, MAX_ANSWER);
    buf_printf(&text, "%.64s%s%.32s", name ? name : "unnamed SDK", version ? " " : "", version ? version : "");
    free(host->sdk);
    host->host.sdk = host->sdk = buf_take(&text, NULL);
    host->profile = profile_of(name, version);
}

/* Replaces all that this instance offered before; an older list than the one in force changes nothing (3.5). */
static void
take_routes(struct sdk_conn *conn, struct declaration *declaration, int64_t timestamp)
{
    struct sdk_host *host = conn->host;
    struct route *routes = declaration->routes;
    size_t count = declaration->count;

    if (timestamp < conn->last_timestamp)
        return;
    conn->last_timestamp = timestamp;
    declaration->routes = NULL;
    declaration->count = 0;
    sdk_host_set_routes(host, routes, count);
    hosts_spec.published(host->scope, routes, count);
    log_info("host", "%s (%s) offers %zu actions and pages in %s/%s", host->instance_id, host->sdk, count,
             host->scope->organization, host->scope->environment);
}

/*
 * A host that was woken to serve one request (host-protocol.md 5.2). There is no such request, because nothing here
 * wakes hosts yet. SDKs keep the connection, and come back without the request when it is lost: not to be taken for
 * good.
 */
static bool
refuse_single(struct sdk_host *host, const struct peer_call *call, const struct sdk_profile *profile, bool has_request)
{
    if (!has_request && !host->is_of_request)
        return false;
    host->is_of_request = true;
    respond_error(call, profile,
                  has_request ? "This server has sent no such request: it does not wake hosts yet. Run the host as a "
                                "process that calls listen() and stays."
                              : "This host was started to serve a single request, and does not stay. Run it as a "
                                "process that calls listen() for that.");
    return true;
}

void
host_initialize(struct peer *peer, const struct peer_call *call, struct arena *arena, struct json inputs)
{
    struct sdk_conn *conn = conn_of(peer);
    struct sdk_host *host = conn->host;
    const char *name = json_text(arena, json_get(inputs, "sdkName"));
    const char *version = json_text(arena, json_get(inputs, "sdkVersion"));
    struct sdk_profile profile = profile_of(name, version);
    const struct sdk_alert *alert = profile_alert(name, version);
    bool is_news = !host->sdk; /* it says the same each time it changes its routes or comes back */
    struct declaration declaration;
    struct err err;

    if (alert && alert->is_refused) {
        respond_too_old(host, call, arena, version ? version : "without a version", alert);
        return;
    }
    if (refuse_single(host, call, &profile, json_text(arena, json_get(inputs, "requestId")) != NULL))
        return;
    if (!declaration_read(&declaration, arena, inputs, profile.has_code_access && !host->is_development, &err)) {
        respond_error(call, &profile, err.text);
        return;
    }
    set_sdk(host, name, version);
    take_routes(conn, &declaration, json_int(json_get(inputs, "timestamp"), conn->last_timestamp));
    respond_success(host, call, arena, &declaration, understands_invalid_slugs(inputs), is_news ? alert : NULL);
    declaration_fini(&declaration);
    sdk_host_online(host);
}
