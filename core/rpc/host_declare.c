/* SPDX-License-Identifier: MIT */
/* Reading declarations (host_declare.h). */
#include "rpc/host_declare.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

enum { MAX_NAME = 200, MAX_DESCRIPTION = 4000, MAX_WARNINGS = 2, MAX_TEAMS_TEXT = 8192 };

struct reading {
    struct declaration *declaration;
    struct arena *arena;
    struct map slugs; /* full slug -> where its route is, counted from 1 */
    bool honours_access;
    struct buf doubled; /* slugs named twice, for people */
};

/* A text member, copied; NULL when it is missing, null or empty. */
static char *
text_of(struct reading *reading, struct json node, const char *key, size_t max_len)
{
    struct str text = json_str(reading->arena, json_get(node, key));

    if (!text.p || text.len == 0)
        return NULL;
    return mem_strndup(text.p, text.len < max_len ? text.len : max_len);
}

/* "entire-organization" or {"teams":[…]}; anything else declares nothing. */
static char *
access_of(const struct reading *reading, struct json node)
{
    struct json access = json_get(node, "access");

    if (!reading->honours_access ||
        (!json_is(access, "entire-organization") && json_type(json_get(access, "teams")) != JSON_ARRAY))
        return NULL;
    return mem_strndup(json_raw(access).p, json_raw(access).len);
}

static void
add_invalid(struct reading *reading, const char *slug)
{
    reading->declaration->invalid[reading->declaration->invalid_count++] = slug;
}

/* "users/edit" of groupSlug and slug, or of a group's slug alone. NULL: not even texts. */
static const char *
full_slug(struct reading *reading, struct json node)
{
    struct str slug = json_str(reading->arena, json_get(node, "slug"));
    struct str group = json_str(reading->arena, json_get(node, "groupSlug"));

    if (!slug.p)
        return NULL;
    return group.len ? arena_printf(reading->arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(slug)) : slug.p;
}

static void
add_route(struct reading *reading, enum route_kind kind, const char *slug, struct json node)
{
    struct declaration *declaration = reading->declaration;
    const char *last = strrchr(slug, '/');
    struct route *route = &declaration->routes[declaration->count];
    bool has_index = json_bool(json_get(node, "hasIndex"), false); /* the old name (2.0) */

    if (map_find(&reading->slugs, str_of(slug))) {
        buf_printf(&reading->doubled, "%s%s", reading->doubled.len ? ", " : "", slug);
        return;
    }
    *route = (struct route){ .kind = kind, .slug = mem_strdup(slug), .access = access_of(reading, node) };
    route->name = text_of(reading, node, "name", MAX_NAME);
    if (!route->name)
        route->name = mem_strdup(last ? last + 1 : slug);
    route->description = text_of(reading, node, "description", MAX_DESCRIPTION);
    route->unlisted = json_bool(json_get(node, "unlisted"), false);
    route->backgroundable = json_bool(json_get(node, "backgroundable"), false);
    route->warn_on_close = json_bool(json_get(node, "warnOnClose"), true);
    route->has_handler = kind == ROUTE_ACTION || json_bool(json_get(node, "hasHandler"), has_index);
    declaration->count++;
    map_set(&reading->slugs, str_of(slug), route);
}

static void
read_routes(struct reading *reading, enum route_kind kind, struct json list)
{
    for (struct json node = json_first(list); json_type(node) != JSON_MISSING; node = json_next(node)) {
        const char *slug = full_slug(reading, node);
        struct str last = json_str(reading->arena, json_get(node, "slug"));

        if (!slug)
            add_invalid(reading, "");
        else if (!slug_is_valid(str_of(slug)) || (kind == ROUTE_ACTION && memchr(last.p, '/', last.len)))
            add_invalid(reading, slug);
        else
            add_route(reading, kind, slug, node);
    }
}

/* What SDKs before groups and names sent: {"callableActionNames":["slug"]}. */
static void
read_names(struct reading *reading, struct json list)
{
    for (struct json node = json_first(list); json_type(node) != JSON_MISSING; node = json_next(node)) {
        const char *slug = json_text(reading->arena, node);

        if (slug && slug_is_valid(str_of(slug)))
            add_route(reading, ROUTE_ACTION, slug, (struct json){ NULL, -1 });
        else
            add_invalid(reading, slug ? slug : "");
    }
}

/* A page's access is its children's, unless they have their own (3.5). */
static void
inherit_access(struct reading *reading)
{
    struct declaration *declaration = reading->declaration;

    for (size_t i = 0; i < declaration->count; i++) {
        struct route *route = &declaration->routes[i];

        for (size_t len = strlen(route->slug); !route->access && len > 0; len--) {
            const struct route *page =
                route->slug[len] == '/' ? map_find(&reading->slugs, (struct str){ route->slug, len }) : NULL;

            if (page && page->kind == ROUTE_PAGE && page->access)
                route->access = mem_strdup(page->access);
        }
    }
}

/* There are no teams yet, so every one that is named is unknown: one warning for all (3.5). */
static void
warn_of_teams(struct reading *reading, struct json list, const char *kind, struct buf *text)
{
    for (struct json node = json_first(list); json_type(node) != JSON_MISSING; node = json_next(node)) {
        struct json teams = json_get(json_get(node, "access"), "teams");
        const char *slug = full_slug(reading, node);

        for (struct json team = json_first(teams); slug && json_type(team) != JSON_MISSING; team = json_next(team)) {
            const char *name = json_text(reading->arena, team);

            if (name)
                buf_printf(text, "%s%s %s: %s", text->len ? "; " : "", kind, slug, name);
        }
    }
}

static void
add_warning(struct reading *reading, const char *what, struct buf *details)
{
    struct declaration *declaration = reading->declaration;

    if (details->len)
        declaration->warnings[declaration->warning_count++] =
            arena_printf(reading->arena, "%s %s%s", what, buf_text(details), details->over ? " …" : ".");
    buf_fini(details);
}

static void
read_all(struct reading *reading, struct json inputs)
{
    struct json actions = json_get(inputs, "actions"), groups = json_get(inputs, "groups");
    struct buf teams;

    buf_init(&teams, MAX_TEAMS_TEXT);
    buf_init(&reading->doubled, MAX_TEAMS_TEXT);
    read_routes(reading, ROUTE_PAGE, groups);
    read_routes(reading, ROUTE_ACTION, actions);
    read_names(reading, json_get(inputs, "callableActionNames"));
    if (reading->honours_access) {
        warn_of_teams(reading, actions, "action", &teams);
        warn_of_teams(reading, groups, "page", &teams);
        inherit_access(reading);
    }
    add_warning(reading, "Some teams do not exist, so nobody can use what is only for them:", &teams);
    add_warning(reading, "Some slugs are declared twice; only the first of each is used:", &reading->doubled);
}

bool
declaration_read(struct declaration *declaration, struct arena *arena, struct json inputs, bool honours_access,
                 struct err *err)
{
    struct reading reading = { .declaration = declaration, .arena = arena, .honours_access = honours_access };
    struct json actions = json_get(inputs, "actions"), names = json_get(inputs, "callableActionNames");
    size_t count = json_count(actions) + json_count(json_get(inputs, "groups")) + json_count(names);

    *declaration = (struct declaration){ 0 };
    if (json_type(actions) != JSON_ARRAY && json_type(names) != JSON_ARRAY)
        return err_set(err, "The host declares no list of actions.");
    if (count > DECLARATION_MAX_ROUTES)
        return err_set(err, "The host declares %zu actions and pages; at most %d are possible.", count,
                       DECLARATION_MAX_ROUTES);
    declaration->routes = mem_alloc((count + 1) * sizeof *declaration->routes);
    declaration->invalid = arena_alloc(arena, (count + 1) * sizeof *declaration->invalid);
    declaration->warnings = arena_alloc(arena, MAX_WARNINGS * sizeof *declaration->warnings);
    map_init(&reading.slugs);
    read_all(&reading, inputs);
    map_fini(&reading.slugs);
    return true;
}

void
declaration_fini(struct declaration *declaration)
{
    for (size_t i = 0; i < declaration->count; i++)
        route_fini(&declaration->routes[i]);
    free(declaration->routes);
    *declaration = (struct declaration){ 0 };
}
