/* SPDX-License-Identifier: MIT */
/* One function of what is current becomes another one (function_version.h). */
#include "deploy/function_version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/package_internal.h"
#include "host/disk.h"
#include "json/write.h"

#define EACH(item, container)                                                                                          \
    for (struct json item = json_first(container); json_type(item) != JSON_MISSING; item = json_next(item))

struct filling {
    const struct versions_place *place;
    const struct function_change *change;
    struct arena *arena;
    const char *draft, *current;
    struct json old;                 /* manifest of what is current */
    const char *was_file, *new_file; /* "dist/quote.so"; the same if the code stays */
    const char *source;              /* the new one's name in the change's manifest */
};

static bool
is_there(struct json node)
{
    return json_type(node) != JSON_MISSING;
}

static bool
is_same(struct json a, struct json b)
{
    return str_eq(json_raw(a), json_raw(b));
}

static struct json
function_in(struct json manifest, const char *key)
{
    return json_get(json_get(manifest, "functions"), key);
}

/* In "config", where functions are a map or a list of maps. */
static struct json
settings_in(struct json functions, const char *key)
{
    struct json found = json_get(functions, key);

    if (json_type(functions) == JSON_ARRAY)
        EACH(map, functions)
    if (is_there(json_get(map, key)))
        found = json_get(map, key);
    return found;
}

static struct json
settings_of(struct json manifest, const char *key)
{
    return settings_in(json_get(json_get(manifest, "config"), "functions"), key);
}

/* ---- files */

static struct json
hash_in(struct json manifest, const char *file)
{
    return json_get(json_get(json_get(manifest, "files"), file), "sha256");
}

/* Does another function, or a route, live in this file? */
static bool
is_shared(const struct filling *filling, const char *file)
{
    EACH(function, json_get(filling->old, "functions"))
    if (strcmp(json_key(filling->arena, function).p, filling->change->key) != 0 &&
        json_is(json_get(function, "file"), file))
        return true;
    return is_there(json_get(json_get(filling->old, "routes"), file));
}

/* A function that shares its file with others gets one of its own, so that those stay as they are. */
static bool
choose_files(struct filling *filling, struct err *err)
{
    const struct function_change *change = filling->change;
    struct json was = function_in(filling->old, change->key), now = function_in(change->manifest, change->key);

    if (!is_there(was) || !is_there(settings_of(filling->old, change->key)))
        return err_set(err, "functions.%s is not part of what is live; deploy the whole service: interlude deploy",
                       change->key);
    filling->was_file = filling->new_file = json_text(filling->arena, json_get(was, "file"));
    if (!change->has_code)
        return true;
    filling->source = json_text(filling->arena, json_get(now, "file"));
    if (!filling->was_file || !filling->source || !package_is_good_name(filling->source))
        return err_set(err, "functions.%s: the manifest does not say which file it is", change->key);
    filling->new_file = filling->source;
    if (is_shared(filling, filling->source) &&
        !is_same(hash_in(filling->old, filling->source), hash_in(change->manifest, filling->source)))
        filling->new_file = arena_printf(filling->arena, "functions/%s/%s", change->key, filling->source);
    return true;
}

/* Is this file of what is current part of the new version? */
static bool
stays(const struct filling *filling, const char *file)
{
    if (!filling->change->has_code)
        return true;
    return strcmp(file, filling->new_file) != 0 &&
           (strcmp(file, filling->was_file) != 0 || is_shared(filling, filling->was_file));
}

static bool
link_file(const struct filling *filling, const char *version, const char *name, const char *new_name, struct err *err)
{
    const char *from = versions_path(filling->place, filling->arena, version, name);
    const char *to = arena_printf(filling->arena, "%s/%s", filling->draft, new_name);

    return disk_make_parents(to, err) && (link(from, to) == 0 || err_set_errno(err, "cannot link %s to %s", from, to));
}

static bool
put_code(const struct filling *filling, struct err *err)
{
    const char *from = arena_printf(filling->arena, "%s/%s", filling->draft, filling->source);
    const char *to = arena_printf(filling->arena, "%s/%s", filling->draft, filling->new_file);

    if (!filling->change->has_code)
        return true;
    if (filling->change->code_from)
        return link_file(filling, filling->change->code_from, filling->source, filling->new_file, err);
    return strcmp(from, to) == 0 ||
           (disk_make_parents(to, err) && (rename(from, to) == 0 || err_set_errno(err, "cannot make %s", to)));
}

static bool
put_files(const struct filling *filling, struct err *err)
{
    if (!put_code(filling, err))
        return false;
    EACH(file, json_get(filling->old, "files"))
    {
        const char *name = json_key(filling->arena, file).p;

        if (!package_is_good_name(name))
            return err_set(err, "the manifest of %s names a file that cannot be", filling->current);
        if (stays(filling, name) && !link_file(filling, filling->current, name, name, err))
            return false;
    }
    return true;
}

/* ---- the manifest */

static void
pair(struct json_out *out, struct arena *arena, struct json member)
{
    json_name_str(out, json_key(arena, member));
    json_put_raw(out, json_raw(member));
}

/* "dist/quote.handler", or with the file it got for itself. */
static const char *
handler_of(const struct filling *filling)
{
    const struct function_change *change = filling->change;
    struct json from = change->has_code ? change->manifest : filling->old;
    const char *handler = json_text(filling->arena, json_get(settings_of(from, change->key), "handler"));

    if (!handler || !change->has_code || strcmp(filling->new_file, filling->source) == 0)
        return handler;
    return arena_printf(filling->arena, "%.*s%s", (int)(strlen(filling->new_file) - strlen(filling->source)),
                        filling->new_file, handler);
}

static struct json
provider_of(struct json manifest, const char *name)
{
    return json_get(json_get(json_get(manifest, "config"), "provider"), name);
}

/* What its new provider gives it where the one that stays for the others gives something else. */
static void
put_environment(const struct filling *filling, struct json_out *out, struct json settings)
{
    struct json own = json_get(settings, "environment");
    struct json was = provider_of(filling->old, "environment");
    struct json now = provider_of(filling->change->manifest, "environment");

    if (is_same(was, now)) {
        if (is_there(own))
            json_pair_raw(out, "environment", json_raw(own));
        return;
    }
    json_name(out, "environment");
    json_object(out);
    EACH(value, own)
    pair(out, filling->arena, value);
    EACH(value, now)
    if (!is_there(json_get(own, json_key(filling->arena, value).p)))
        pair(out, filling->arena, value);
    EACH(value, was)
    {
        struct str name = json_key(filling->arena, value);

        if (!is_there(json_get(own, name.p)) && !is_there(json_get(now, name.p))) {
            json_name_str(out, name);
            json_put_null(out); /* takes it away */
        }
    }
    json_object_end(out);
}

static void
put_number(const struct filling *filling, struct json_out *out, struct json settings, const char *name,
           int64_t fallback)
{
    struct json was = provider_of(filling->old, name), now = provider_of(filling->change->manifest, name);

    if (is_there(json_get(settings, name)) || is_same(was, now))
        return;
    if (is_there(now))
        json_pair_raw(out, name, json_raw(now));
    else
        json_pair_int(out, name, fallback);
}

/* Of its settings; where it is reached, and what it is called, belongs to the service. */
static void
put_settings(const struct filling *filling, struct json_out *out)
{
    const struct function_change *change = filling->change;
    struct json was = settings_of(filling->old, change->key);
    struct json now = change->has_config ? settings_of(change->manifest, change->key) : was;
    struct json events = json_get(was, "events"), name = json_get(was, "name");

    json_object(out);
    EACH(member, now)
    {
        struct str key = json_key(filling->arena, member);
        bool is_kept = str_is(key, "events") || str_is(key, "name");

        if (str_is(key, "handler"))
            json_pair_text(out, "handler", handler_of(filling));
        else if (is_kept && is_there(json_get(was, key.p)))
            json_pair_raw(out, key.p, json_raw(json_get(was, key.p)));
        else if (!is_kept && !(change->has_config && str_is(key, "environment")))
            pair(out, filling->arena, member);
        else if (!is_kept)
            put_environment(filling, out, now);
    }
    if (change->has_config && !is_there(json_get(now, "environment")))
        put_environment(filling, out, now);
    if (!is_there(json_get(now, "events")) && is_there(events))
        json_pair_raw(out, "events", json_raw(events));
    if (!is_there(json_get(now, "name")) && is_there(name))
        json_pair_raw(out, "name", json_raw(name));
    if (change->has_config) {
        put_number(filling, out, now, "timeout", SERVICE_DEFAULT_TIMEOUT_MS / 1000);
        put_number(filling, out, now, "memorySize", SERVICE_DEFAULT_MEMORY_MB);
    }
    json_object_end(out);
}

static void
put_all_settings(const struct filling *filling, struct json_out *out, struct json functions)
{
    if (json_type(functions) == JSON_ARRAY) {
        json_array(out);
        EACH(map, functions)
        put_all_settings(filling, out, map);
        json_array_end(out);
        return;
    }
    json_object(out);
    EACH(function, functions)
    {
        struct str key = json_key(filling->arena, function);

        json_name_str(out, key);
        if (str_is(key, filling->change->key))
            put_settings(filling, out);
        else
            json_put_raw(out, json_raw(function));
    }
    json_object_end(out);
}

static void
put_config(const struct filling *filling, struct json_out *out, struct json config)
{
    json_object(out);
    EACH(member, config)
    {
        struct str key = json_key(filling->arena, member);

        if (!str_is(key, "functions")) {
            pair(out, filling->arena, member);
            continue;
        }
        json_name(out, "functions");
        put_all_settings(filling, out, member);
    }
    json_object_end(out);
}

static void
put_functions(const struct filling *filling, struct json_out *out, struct json functions)
{
    const struct function_change *change = filling->change;

    json_object(out);
    EACH(function, functions)
    {
        struct json now = function_in(change->manifest, change->key);

        if (!change->has_code || !str_is(json_key(filling->arena, function), change->key)) {
            pair(out, filling->arena, function);
            continue;
        }
        json_name_str(out, str_of(change->key));
        json_object(out);
        EACH(member, now)
        {
            if (str_is(json_key(filling->arena, member), "file"))
                json_pair_text(out, "file", filling->new_file);
            else
                pair(out, filling->arena, member);
        }
        json_object_end(out);
    }
    json_object_end(out);
}

struct named {
    const char *name;
    struct str value;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Sorted, as a package has them. */
static void
put_file_list(const struct filling *filling, struct json_out *out, struct json files)
{
    struct named *names = arena_alloc(filling->arena, (json_count(files) + 1) * sizeof *names);
    size_t count = 0;

    EACH(file, files)
    {
        const char *name = json_key(filling->arena, file).p;

        if (stays(filling, name))
            names[count++] = (struct named){ name, json_raw(file) };
    }
    if (filling->change->has_code)
        names[count++] =
            (struct named){ filling->new_file,
                            json_raw(json_get(json_get(filling->change->manifest, "files"), filling->source)) };
    qsort(names, count, sizeof *names, by_name);
    json_object(out);
    for (size_t i = 0; i < count; i++) {
        json_name_str(out, str_of(names[i].name));
        json_put_raw(out, names[i].value);
    }
    json_object_end(out);
}

/* What else is in it stays. */
static void
put_manifest(const struct filling *filling, struct json_out *out)
{
    json_object(out);
    EACH(member, filling->old)
    {
        struct str key = json_key(filling->arena, member);

        json_name_str(out, key);
        if (str_is(key, "timestamp"))
            json_put_int(out, filling->change->timestamp_ms);
        else if (str_is(key, "config"))
            put_config(filling, out, member);
        else if (str_is(key, "functions"))
            put_functions(filling, out, member);
        else if (str_is(key, "files"))
            put_file_list(filling, out, member);
        else
            json_put_raw(out, json_raw(member));
    }
    json_object_end(out);
}

bool
function_version_fill(const struct versions_place *place, const char *draft, const struct function_change *change,
                      struct arena *arena, struct str *manifest, struct err *err)
{
    struct filling filling = { .place = place, .change = change, .arena = arena, .draft = draft };
    struct json_out out;
    struct buf buf;
    bool is_done;

    filling.current = versions_current(place, arena);
    if (!filling.current)
        return err_set(err, "nothing of %s is live in stage %s; deploy the whole service first: interlude deploy",
                       place->service, place->stage);
    if (!versions_manifest_json(place, filling.current, arena, &filling.old, err) || !choose_files(&filling, err) ||
        !put_files(&filling, err))
        return false;
    buf_init(&buf, PACKAGE_MAX_MANIFEST);
    json_out_init(&out, &buf);
    put_manifest(&filling, &out);
    buf_char(&buf, '\n');
    is_done = !buf.over || err_set(err, "the manifest has more than %d MiB", PACKAGE_MAX_MANIFEST >> 20);
    if (is_done)
        *manifest = (struct str){ arena_strndup(arena, buf.p, buf.len), buf.len };
    buf_fini(&buf);
    return is_done;
}

/* ---- numbers */

static int64_t
number_of(const struct kept_version *kept, const char *key)
{
    return json_int(json_get(kept->numbers, key), 0);
}

struct str
function_version_numbers(const struct versions_place *place, struct arena *arena, struct json manifest)
{
    struct kept_version *kept;
    struct json *roots;
    struct json_out out;
    struct str numbers;
    struct buf text;
    size_t count;

    versions_list(place, arena, &kept, &count);
    roots = arena_alloc(arena, (count + 1) * sizeof *roots);
    for (size_t i = 0; i < count; i++)
        if (!versions_manifest_json(place, kept[i].name, arena, &roots[i], NULL))
            roots[i] = (struct json){ NULL, -1 };
    buf_init(&text, PACKAGE_MAX_MANIFEST);
    json_out_init(&out, &text);
    json_object(&out);
    EACH(function, json_get(manifest, "functions"))
    {
        struct str key = json_key(arena, function);
        int64_t number = 0, highest = 0;

        for (size_t i = 0; i < count; i++) {
            int64_t own = number_of(&kept[i], key.p);

            highest = own > highest ? own : highest;
            if (!number && is_same(json_get(function_in(roots[i], key.p), "sha256"), json_get(function, "sha256")))
                number = own;
        }
        json_name_str(&out, key);
        json_put_int(&out, number ? number : highest + 1);
    }
    json_object_end(&out);
    numbers = (struct str){ arena_strndup(arena, text.p, text.len), text.len };
    buf_fini(&text);
    return numbers;
}

const char *
function_version_find(const struct versions_place *place, struct arena *arena, const char *key, int64_t number)
{
    struct kept_version *kept;
    size_t count;

    versions_list(place, arena, &kept, &count);
    for (size_t i = 0; i < count; i++)
        if (number > 0 && number_of(&kept[i], key) == number)
            return kept[i].name;
    return NULL;
}
