/* SPDX-License-Identifier: MIT */
/* From a path to a function (endpoint.h). Any thread; making the table is table.c. */
#include "function/endpoint.h"

#include <stdio.h>

#include "base/mem.h"
#include "config/suggest.h"

static const struct str async_suffix = { "/async", 6 };

const struct function *
function_find(const struct function_table *table, struct str name)
{
    const struct function *function = table ? map_find(&table->names, name) : NULL;

    if (!function && table)
        function = map_find(&table->keys, name);
    return function && function->name ? function : NULL;
}

static void
suggest_names(struct suggestion *suggestion, const struct map *names, bool of_services_only)
{
    struct map_cursor cursor = { 0, NULL };
    struct map_entry *entry;

    while ((entry = map_next(names, &cursor))) {
        const struct function *function = entry->value;

        if (function && function->name && (function->service || !of_services_only))
            suggest(suggestion, entry->key);
    }
}

const char *
function_find_near(const struct function_table *table, struct str name, bool of_services_only)
{
    struct suggestion suggestion = { .wanted = name };

    if (table) {
        suggest_names(&suggestion, &table->keys, of_services_only);
        suggest_names(&suggestion, &table->names, of_services_only);
    }
    return suggestion.best;
}

/* ---- one site */

static void
note_preflight(void *value, void *arg)
{
    const struct endpoint *endpoint = value, **found = arg;

    if (endpoint->cors && !*found)
        *found = endpoint;
}

static void
look(const struct site *site, struct str path, enum http_method method, struct endpoint_match *found)
{
    const struct endpoint *there;

    match_tree_find(site->tree, path, method, &found->match);
    found->endpoint = found->match.value;
    found->other = found->match.other;
    found->preflight = NULL;
    if (site->is_strict && method == HTTP_HEAD && found->endpoint && found->endpoint->methods &&
        !(found->endpoint->methods & HTTP_HEAD)) {
        found->other = found->endpoint;
        found->endpoint = NULL;
    }
    there = found->other ? found->other : found->endpoint; /* the best path, whatever answers OPTIONS elsewhere */
    if (method == HTTP_OPTIONS && there && !(there->methods & HTTP_OPTIONS))
        match_tree_each(site->tree, there->path, note_preflight, &found->preflight);
}

static bool
is_kept_later(enum http_method method)
{
    return method & (HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE);
}

/*
 * <address>/async: a declared path that ends so itself goes first, one that only has a parameter there does not. rest:
 * the part of found->path that belongs to the site.
 */
static void
look_for_async(const struct site *site, struct str rest, enum http_method method, struct endpoint_match *found)
{
    struct str sync = { rest.p, rest.len - async_suffix.len };
    const struct endpoint *there = found->endpoint ? found->endpoint : found->other;
    struct endpoint_match other;

    if (there && str_ends(str_of(there->path), async_suffix))
        return;
    look(site, sync, method, &other);
    if (!other.endpoint && !(other.other && !there))
        return;
    if (found->endpoint && !is_kept_later(method))
        return;
    found->endpoint = other.endpoint ? other.endpoint : other.other;
    found->other = other.other;
    found->preflight = other.preflight;
    found->match = other.match;
    found->is_async = true;
    found->path.len -= async_suffix.len;
}

/* The first base_len bytes of the path are the place of the site. */
static void
find_in(const struct site *site, size_t base_len, enum http_method method, struct endpoint_match *found)
{
    struct str rest = { found->path.p + base_len, found->path.len - base_len };

    found->base_len = (uint32_t)base_len;
    found->service = site->service;
    look(site, rest, method, found);
    if (str_ends(rest, async_suffix))
        look_for_async(site, rest, method, found);
    if (found->endpoint && found->endpoint->is_async)
        found->is_async = true;
}

/* ---- by name */

static bool
choose_named(const struct endpoint *endpoint, struct str rest, struct endpoint_match *found)
{
    if (!endpoint || endpoint->is_closed)
        return false;
    found->endpoint = endpoint;
    found->service = endpoint->function->service;
    found->base_len = (uint32_t)(rest.p - found->path.p);
    if (rest.len > 1 && endpoint->path[0] == '/' && endpoint->function->service) {
        found->match.pattern = endpoint->path;
        found->match.params[0] = (struct str){ rest.p + 1, rest.len - 1 };
        found->match.param_count = 1;
    }
    return true;
}

/* PREFIX NAME [/rest]. Slugs have slashes: the longest name goes first. */
static void
find_by_name(const struct function_table *table, size_t prefix_len, bool is_url, struct endpoint_match *found)
{
    struct str name = { found->path.p + prefix_len, found->path.len - prefix_len };
    const char *end = name.p + name.len;

    while (name.len) {
        const struct function *function = function_find(table, name);
        struct str rest = { name.p + name.len, (size_t)(end - name.p) - name.len };

        if (function && choose_named(is_url ? function->url : function->by_name, rest, found))
            return;
        while (name.len && name.p[name.len - 1] != '/')
            name.len--;
        name.len -= name.len > 0;
    }
}

/* Sync names end in /async, too. */
static void
find_named(const struct function_table *table, size_t prefix_len, bool is_url, enum http_method method,
           struct endpoint_match *found)
{
    find_by_name(table, prefix_len, is_url, found);
    if (found->endpoint && found->path.len > found->base_len && str_ends(found->path, async_suffix) &&
        is_kept_later(method)) {
        found->is_async = true;
        found->path.len -= async_suffix.len;
        found->match.param_count = 0;
        find_by_name(table, prefix_len, is_url, found);
    }
    if (method == HTTP_OPTIONS && found->endpoint && found->endpoint->cors)
        found->preflight = found->endpoint;
}

/*
 * A function of routes/ says which methods it takes, whatever it is called by. Durable calls have rules of their own.
 */
static void
check_method(enum http_method method, struct endpoint_match *found)
{
    const struct endpoint *endpoint = found->endpoint;
    unsigned methods = endpoint && !endpoint->function->service ? endpoint->methods : 0;

    if (!methods || methods & method || (method == HTTP_HEAD && methods & HTTP_GET))
        return;
    found->endpoint = NULL;
    found->other = endpoint;
    found->match.methods = methods;
}

/* ---- all */

struct str
endpoint_service_place(struct str path)
{
    size_t slashes = 0, len = 0;

    while (len < path.len && (path.p[len] != '/' || ++slashes < 4))
        len++;
    return (struct str){ path.p, slashes >= 3 ? len : 0 };
}

static void
find_below_fn(const struct function_table *table, enum http_method method, struct endpoint_match *found)
{
    struct str place = table->services.count ? endpoint_service_place(found->path) : STR("");
    const struct site *site = place.len ? map_find(&table->services, place) : NULL;

    if (site)
        find_in(site, place.len, method, found);
    if (!table->routes || found->endpoint || found->other)
        return;
    find_in(table->routes, 3, method, found); /* those that are deployed with a service stand below its place, too */
    if (site && !found->endpoint && !found->other) {
        found->service = site->service;
        found->base_len = (uint32_t)place.len;
    }
}

static bool
is_below(struct str path, struct str prefix)
{
    return str_starts(path, prefix) && (path.len == prefix.len || path.p[prefix.len] == '/');
}

/* What nothing is found for belongs to the longest prefix; below '/' only if nobody else wants it. */
static void
find_mounted(const struct function_table *table, enum http_method method, struct endpoint_match *found)
{
    const struct service *nearest = NULL;

    for (size_t i = 0; i < table->mount_count && !found->endpoint && !found->other; i++) {
        const struct mount *mount = &table->mounts[i];

        if (!is_below(found->path, mount->prefix))
            continue;
        find_in(mount->site, mount->prefix.len, method, found);
        found->is_ours |= found->endpoint || found->other || mount->prefix.len;
        nearest = nearest ? nearest : found->service;
    }
    if (!found->endpoint && !found->other)
        found->service = nearest;
}

void
endpoint_find(const struct function_table *table, struct str path, enum http_method method,
              struct endpoint_match *found)
{
    static const struct {
        struct str prefix;
        bool is_url, is_async;
    } named[] = { { { "/function/", 10 }, false, false },
                  { { "/async-function/", 16 }, false, true },
                  { { "/fn-url/", 8 }, true, false } };

    found->endpoint = found->other = found->preflight = NULL;
    found->service = NULL;
    found->is_ours = found->is_async = false;
    found->path = path;
    found->base_len = 0;
    found->match.value = found->match.other = NULL;
    found->match.param_count = 0;
    found->match.methods = 0;
    if (str_starts(path, STR("/fn/"))) {
        found->is_ours = true;
        if (table) /* none yet: the server has just begun */
            find_below_fn(table, method, found);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(named); i++) {
        if (!str_starts(path, named[i].prefix))
            continue;
        found->is_ours = true;
        if (table)
            find_named(table, named[i].prefix.len, named[i].is_url, method, found);
        found->is_async |= named[i].is_async;
        if (!found->is_async)
            check_method(method, found);
        return;
    }
    if (table)
        find_mounted(table, method, found);
}

/* ---- what is said of it */

void
endpoint_url(const struct endpoint *endpoint, struct buf *out)
{
    const struct service *service = endpoint->function->service;

    if (!service)
        buf_str(out, "/fn");
    else if (service->mount)
        buf_str(out, strcmp(service->mount, "/") == 0 ? "" : service->mount);
    else
        buf_printf(out, "/fn/%s/%s", service->name, service->stage);
    buf_str(out, strcmp(endpoint->path, "*") == 0 ? "/*" : endpoint->path);
}

void
endpoint_params_put(const struct endpoint_match *found, struct buf *out)
{
    const char *pattern = found->match.pattern;

    for (size_t i = 0; i < found->match.param_count; i++) {
        struct str name = match_param_name(&pattern), value = found->match.params[i];

        if (!buf_reserve(out, name.len + value.len + 2))
            return;
        buf_put(out, name.p, name.len);
        buf_char(out, '\0');
        out->len += match_decode(value, out->p + out->len);
        buf_char(out, '\0');
    }
}

const char *
endpoint_allow(unsigned methods, char text[ENDPOINT_ALLOW_MAX])
{
    static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };
    size_t len = 0;

    if (methods & HTTP_GET)
        methods |= HTTP_HEAD;
    text[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (methods & 1u << i)
            len += (size_t)snprintf(text + len, ENDPOINT_ALLOW_MAX - len, "%s%s", len ? ", " : "", names[i]);
    return text;
}
