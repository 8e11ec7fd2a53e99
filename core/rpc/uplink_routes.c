/* SPDX-License-Identifier: MIT */
/* INITIALIZE_HOST: what this host offers, and what the server thinks of it (host-protocol.md 3). */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "json/write.h"
#include "rpc/uplink_internal.h"

/*
 * Our own name, so that operators see what is connected; the version is that of the SDK whose behaviour this is, for
 * servers decide by it (host-protocol.md 8.2, 9.3).
 */
static const char SDK_NAME[] = "interlude", SDK_VERSION[] = "2.0.0";

enum { MAX_INPUTS = 32 << 20, MAX_ORGANIZATION = 64 << 10 };

/* "users/edit" -> "users", "edit" */
static struct str
split(const char *slug, const char **last)
{
    const char *slash = strrchr(slug, '/');

    *last = slash ? slash + 1 : slug;
    return (struct str){ slug, slash ? (size_t)(slash - slug) : 0 };
}

static void
put_access(struct json_out *json, const struct route *route)
{
    if (route->access)
        json_pair_raw(json, "access", str_of(route->access));
}

static void
put_action(struct json_out *json, const struct route *route)
{
    const char *slug;
    struct str group = split(route->slug, &slug);

    json_object(json);
    if (group.len)
        json_pair_str(json, "groupSlug", group);
    json_pair_text(json, "slug", slug);
    json_pair_text(json, "name", route->name);
    if (route->description)
        json_pair_text(json, "description", route->description);
    json_pair_bool(json, "backgroundable", route->backgroundable);
    json_pair_bool(json, "unlisted", route->unlisted);
    json_pair_bool(json, "warnOnClose", route->warn_on_close);
    put_access(json, route);
    json_object_end(json);
}

static void
put_page(struct json_out *json, const struct route *route)
{
    json_object(json);
    json_pair_text(json, "slug", route->slug);
    json_pair_text(json, "name", route->name);
    if (route->description)
        json_pair_text(json, "description", route->description);
    json_pair_bool(json, "hasHandler", route->has_handler);
    json_pair_bool(json, "unlisted", route->unlisted);
    put_access(json, route);
    json_object_end(json);
}

/* A folder without a page of its own is a page without a handler, named after it. */
static void
put_folder(struct json_out *json, struct str slug)
{
    const char *slash = memrchr(slug.p, '/', slug.len);
    size_t start = slash ? (size_t)(slash + 1 - slug.p) : 0;
    char name[256];

    snprintf(name, sizeof name, "%.*s", (int)(slug.len - start), slug.p + start);
    if (name[0] >= 'a' && name[0] <= 'z')
        name[0] = (char)(name[0] - 'a' + 'A');
    json_object(json);
    json_pair_str(json, "slug", slug);
    json_pair_text(json, "name", name);
    json_pair_bool(json, "hasHandler", false);
    json_object_end(json);
}

static void
put_folders(struct json_out *json, const struct route *route, struct map *named)
{
    for (const char *slash = strchr(route->slug, '/'); slash; slash = strchr(slash + 1, '/')) {
        struct str folder = { route->slug, (size_t)(slash - route->slug) };

        if (!map_find(named, folder)) {
            map_set(named, folder, named);
            put_folder(json, folder);
        }
    }
}

static void
put_pages(struct json_out *json, struct route **routes, size_t count)
{
    struct map named;

    map_init(&named);
    for (size_t i = 0; i < count; i++)
        if (routes[i]->kind == ROUTE_PAGE)
            map_set(&named, str_of(routes[i]->slug), &named);
    for (size_t i = 0; i < count; i++) {
        if (routes[i]->kind != ROUTE_FUNCTION)
            put_folders(json, routes[i], &named);
        if (routes[i]->kind == ROUTE_PAGE)
            put_page(json, routes[i]);
    }
    map_fini(&named);
}

static void
put_inputs(struct buf *out)
{
    struct json_out json;
    struct route **routes;
    struct arena arena;
    size_t count;

    arena_init(&arena, 0);
    count = uplink.spec.routes(&arena, &routes);
    buf_init(out, MAX_INPUTS);
    json_out_init(&json, out);
    json_object(&json);
    json_name(&json, "actions");
    json_array(&json);
    for (size_t i = 0; i < count; i++)
        if (routes[i]->kind == ROUTE_ACTION)
            put_action(&json, routes[i]);
    json_array_end(&json);
    json_name(&json, "groups");
    json_array(&json);
    put_pages(&json, routes, count);
    json_array_end(&json);
    json_pair_text(&json, "sdkName", SDK_NAME);
    json_pair_text(&json, "sdkVersion", SDK_VERSION);
    json_pair_int(&json, "timestamp", clock_wall_ms());
    json_object_end(&json);
    arena_fini(&arena);
}

/* ---- the answer */

static void
log_alert(struct json alert)
{
    const char *severity = json_text(&uplink.arena, json_get(alert, "severity"));
    const char *message = json_text(&uplink.arena, json_get(alert, "message"));

    if (severity)
        log_warn("uplink", "the server has a word on this host's version %s (%s): %s", SDK_VERSION, severity,
                 message ? message : "a newer one is expected");
}

static void
log_remarks(struct json data)
{
    struct json list = json_get(data, "invalidSlugs");

    log_alert(json_get(data, "sdkAlert"));
    for (struct json slug = json_first(list); json_type(slug); slug = json_next(slug))
        log_warn("uplink", "the server does not take the slug \"%s\": slugs are made of letters, digits, '.', '_', '-'",
                 json_text(&uplink.arena, slug));
    list = json_get(data, "warnings");
    for (struct json warning = json_first(list); json_type(warning); warning = json_next(warning))
        log_warn("uplink", "the server says: %s", json_text(&uplink.arena, warning));
}

static void
keep_organization(struct json data)
{
    struct json organization = json_get(data, "organization");
    struct str raw = json_raw(organization);

    free(uplink.organization);
    uplink.organization =
        json_type(organization) == JSON_OBJECT && raw.len < MAX_ORGANIZATION ? mem_strndup(raw.p, raw.len) : NULL;
}

static void
explain_refusal(struct json data, struct err *err)
{
    const char *message = json_text(&uplink.arena, json_get(data, "message"));

    if (message)
        err_set(err, "the server %s did not take this host: %s", uplink.spec.address.text, message);
    else
        err_set(err,
                "the server %s did not take this host and did not say why. The original Interval server answers so to "
                "every host that is not its own SDK when it cannot register it: look into its log, and check that the "
                "key belongs to an environment that still exists",
                uplink.spec.address.text);
}

static void
on_initialized(struct uplink_call *call, struct json data, const char *failure)
{
    struct uplink_welcome welcome = { .is_first = !uplink.has_been_online };
    struct err err;

    (void)call;
    if (failure && uplink.phase != PHASE_IDLE) {
        err_set(&err, "the server %s did not answer INITIALIZE_HOST: %s", uplink.spec.address.text, failure);
        uplink_not_taken(&err);
        return;
    }
    if (failure)
        return;
    if (!json_is(json_get(data, "type"), "success")) {
        log_alert(json_get(data, "sdkAlert"));
        explain_refusal(data, &err);
        uplink_not_taken(&err);
        return;
    }
    log_remarks(data);
    keep_organization(data);
    if (uplink.phase == PHASE_ONLINE)
        return; /* announced again */
    welcome.organization = json_text(&uplink.arena, json_get(json_get(data, "organization"), "name"));
    welcome.environment = json_text(&uplink.arena, json_get(data, "environment"));
    welcome.dashboard_url = json_text(&uplink.arena, json_get(data, "dashboardUrl"));
    if (!welcome.dashboard_url || !uplink_address_parse_url(welcome.dashboard_url, &uplink.public_address, &err))
        uplink.public_address = (struct uplink_address){ 0 };
    uplink_online();
    uplink.spec.welcome(&welcome);
}

void
uplink_initialize(void)
{
    struct buf inputs;

    put_inputs(&inputs);
    uplink_call("INITIALIZE_HOST", &inputs, on_initialized)->is_of_connection = true;
    uplink_calls_flush();
}
