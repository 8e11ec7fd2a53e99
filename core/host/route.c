/* SPDX-License-Identifier: MIT */
/* Route records and slug rules (route.h). */
#include "host/route.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "host/host.h"

enum { MAX_SLUG = 255, MAX_NAME = 200, MAX_DESCRIPTION = 4000, MAX_PATH = 512, MAX_TIMEOUT_MS = 900 * 1000 };

const char *
route_kind_name(enum route_kind kind)
{
    static const char *const names[] = { "action", "page", "function" };

    return names[kind];
}

static bool
is_slug_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
}

bool
slug_is_valid(struct str slug)
{
    size_t start = 0;

    if (slug.len == 0 || slug.len > MAX_SLUG)
        return false;
    for (size_t i = 0; i <= slug.len; i++) {
        if (i == slug.len || slug.p[i] == '/') {
            struct str segment = { slug.p + start, i - start };

            if (segment.len == 0 || str_is(segment, ".") || str_is(segment, ".."))
                return false;
            start = i + 1;
        } else if (!is_slug_char(slug.p[i])) {
            return false;
        }
    }
    return true;
}

char *
slug_from_file(struct str file)
{
    struct str slug = file;

    if (!str_ends(slug, STR(".so")))
        return NULL;
    slug.len -= 3;
    if (str_ends(slug, STR("/index")))
        slug.len -= 6;
    return slug_is_valid(slug) ? mem_strndup(slug.p, slug.len) : NULL;
}

char *
slug_folder(struct str file)
{
    size_t len = file.len;

    while (len > 0 && file.p[len - 1] != '/')
        len--;
    return mem_strndup(file.p, len ? len - 1 : 0);
}

/* A text member, copied; NULL when it is missing, null or empty. */
static char *
text_of(struct arena *scratch, struct json node, const char *key, size_t max_len)
{
    struct str text = json_str(scratch, json_get(node, key));

    if (!text.p || text.len == 0)
        return NULL;
    return mem_strndup(text.p, text.len < max_len ? text.len : max_len);
}

static bool
kind_of(struct json node, enum route_kind *kind)
{
    for (enum route_kind k = ROUTE_ACTION; k <= ROUTE_FUNCTION; k++)
        if (json_is(json_get(node, "kind"), route_kind_name(k))) {
            *kind = k;
            return true;
        }
    return false;
}

bool
route_from_json(struct route *route, const char *slug, struct json node, struct err *err)
{
    const char *last = strrchr(slug, '/');
    struct json access = json_get(node, "access");
    struct arena scratch;
    int64_t timeout_ms;

    *route = (struct route){ 0 };
    if (!slug_is_valid(str_of(slug)))
        return err_set(err, "the slug '%s' is not valid: letters, digits, '_', '-' and '.' only, joined by '/'", slug);
    if (!kind_of(node, &route->kind))
        return err_set(err, "the route '%s' is neither action, page nor function", slug);
    timeout_ms = json_int(json_get(node, "timeoutMs"), 0);
    if (timeout_ms < 0 || timeout_ms > MAX_TIMEOUT_MS)
        return err_set(err, "the route '%s' asks for a time limit of %lld ms; 0 to %d are possible", slug,
                       (long long)timeout_ms, MAX_TIMEOUT_MS);
    arena_init(&scratch, 0);
    route->slug = mem_strdup(slug);
    route->name = text_of(&scratch, node, "name", MAX_NAME);
    if (!route->name)
        route->name = mem_strdup(last ? last + 1 : slug);
    route->description = text_of(&scratch, node, "description", MAX_DESCRIPTION);
    route->symbol = text_of(&scratch, node, "symbol", MAX_NAME);
    route->method = text_of(&scratch, node, "method", MAX_NAME);
    route->path = text_of(&scratch, node, "path", MAX_PATH);
    if (json_type(access) == JSON_STRING || json_type(access) == JSON_OBJECT)
        route->access = mem_strndup(json_raw(access).p, json_raw(access).len);
    route->unlisted = json_bool(json_get(node, "unlisted"), false);
    route->backgroundable = json_bool(json_get(node, "backgroundable"), false);
    route->warn_on_close = json_bool(json_get(node, "warnOnClose"), true);
    route->has_handler = json_bool(json_get(node, "hasHandler"), true);
    route->is_private = json_bool(json_get(node, "private"), false);
    route->cors = json_bool(json_get(node, "cors"), false);
    route->timeout_ms = (uint32_t)timeout_ms;
    arena_fini(&scratch);
    return true;
}

void
route_fini(struct route *route)
{
    free(route->slug);
    free(route->name);
    free(route->description);
    free(route->symbol);
    free(route->access);
    free(route->method);
    free(route->path);
    *route = (struct route){ 0 };
}

static void
disabled_to_json(int64_t wait_ms, struct json_out *out)
{
    json_name(out, "disabled");
    json_object(out);
    json_pair_int(out, "until", clock_wall_ms() + wait_ms);
    json_pair_text(out, "message", "It crashed repeatedly, so it is paused and will be tried again.");
    json_object_end(out);
}

static void
function_to_json(const struct route *route, struct json_out *out)
{
    char url[MAX_SLUG + sizeof "/fn/"];

    json_name(out, "methods");
    json_array(out);
    json_put_text(out, route->method ? route->method : "ANY");
    json_array_end(out);
    snprintf(url, sizeof url, "/fn/%s", route->slug);
    json_pair_text(out, "url", url);
}

/* Who serves it, for people: {"sdk","instances"}; our own runners are nobody's business. */
static void
host_to_json(const struct route *route, struct json_out *out)
{
    int64_t count = 0;

    json_name(out, "host");
    if (!route->host || !route->host->instance_id) {
        json_put_null(out);
        return;
    }
    for (const struct route *at = route; at; at = at->next)
        count += at->host && at->host->is_online;
    json_object(out);
    json_pair_text(out, "sdk", route->host->sdk);
    json_pair_int(out, "instances", count);
    json_object_end(out);
}

void
route_to_json(const struct route *route, const char *file, struct json_out *out)
{
    int64_t wait_ms = breaker_wait_ms(&route->breaker, clock_mono_ms());

    json_object(out);
    json_pair_text(out, "kind", route_kind_name(route->kind));
    json_pair_text(out, "slug", route->slug);
    json_pair_text(out, "name", route->name);
    json_pair_text(out, "description", route->description);
    json_pair_bool(out, "unlisted", route->unlisted);
    json_pair_bool(out, "backgroundable", route->backgroundable);
    json_pair_bool(out, "warnOnClose", route->warn_on_close);
    json_pair_bool(out, "hasHandler", route->has_handler);
    json_pair_text(out, "status", wait_ms > 0 ? "DISABLED" : route->host ? route->host->status : "ONLINE");
    host_to_json(route, out);
    json_pair_text(out, "file", file);
    if (route->kind == ROUTE_FUNCTION)
        function_to_json(route, out);
    if (wait_ms > 0)
        disabled_to_json(wait_ms, out);
    json_object_end(out);
}
