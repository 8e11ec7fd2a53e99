/* SPDX-License-Identifier: MIT */
/* Inputs for hosts (host_inputs.h). */
#include "rpc/host_inputs.h"

#include <math.h>

#include "json/read.h"
#include "json/write.h"

enum { MAX_URL = 64 << 10, MAX_ARENA = 16 << 20 };

/*
 * Python reads 2.5 as 2 but "2.5" as 2.5, and understands no meta (P8): dates go as the texts they are, undefined as
 * null.
 */
static void
put_python_params(struct json_out *json, struct arena *arena, struct json params)
{
    json_object(json);
    for (struct json value = json_first(params); json_type(value) != JSON_MISSING; value = json_next(value)) {
        double number = json_double(value, 0);

        json_name_str(json, json_key(arena, value));
        if (json_type(value) == JSON_NUMBER && number != floor(number))
            json_put_str(json, json_raw(value));
        else
            json_put_raw(json, json_raw(value));
    }
    json_object_end(json);
}

static const char unreserved[] = "-._~"; /* RFC 3986 2.3, besides letters and digits */

/* The address of the action gets the params that are not empty (3.5). */
static void
put_url(struct json_out *json, struct arena *arena, struct json base, struct json params)
{
    struct str text = json_str(arena, base);
    char separator = memchr(text.p, '?', text.len) ? '&' : '?';
    struct buf url;

    buf_init(&url, MAX_URL);
    buf_put(&url, text.p, text.len);
    for (struct json value = json_first(params); json_type(value) != JSON_MISSING; value = json_next(value)) {
        struct str param = json_type(value) == JSON_STRING ? json_str(arena, value) : json_raw(value);

        if (json_type(value) == JSON_NULL || param.len == 0)
            continue;
        buf_char(&url, separator);
        separator = '&';
        buf_percent(&url, json_key(arena, value), unreserved);
        buf_char(&url, '=');
        buf_percent(&url, param, unreserved);
    }
    json_put_str(json, url.over ? text : buf_view(&url));
    buf_fini(&url);
}

/* {"slug","url"} */
static void
put_action(struct json_out *json, struct arena *arena, struct json action, struct json params)
{
    json_object(json);
    for (struct json member = json_first(action); json_type(member) != JSON_MISSING; member = json_next(member)) {
        struct str key = json_key(arena, member);

        json_name_str(json, key);
        if (str_is(key, "url") && json_type(member) == JSON_STRING)
            put_url(json, arena, member, params);
        else
            json_put_raw(json, json_raw(member));
    }
    json_object_end(json);
}

static void
put_member(struct json_out *json, struct arena *arena, const struct sdk_profile *profile, const char *environment,
           struct json root, struct json member)
{
    struct json params = json_get(root, "params");
    struct str key = json_key(arena, member);

    if (json_type(params) != JSON_OBJECT)
        params = (struct json){ NULL, -1 };
    if (str_is(key, "paramsMeta") && profile->is_python)
        return;
    json_name_str(json, key);
    if (str_is(key, "environment"))
        json_put_text(json, environment);
    else if (str_is(key, "displayResolvesImmediately"))
        json_put_bool(json, profile->has_append_ui);
    else if (str_is(key, "action") && json_type(member) == JSON_OBJECT)
        put_action(json, arena, member, params);
    else if (str_is(key, "params") && json_type(member) == JSON_OBJECT && profile->is_python)
        put_python_params(json, arena, member);
    else
        json_put_raw(json, json_raw(member));
}

bool
host_inputs(struct buf *out, const struct sdk_profile *profile, const char *environment, struct str inputs,
            struct err *err)
{
    struct json_out json;
    struct arena arena;
    struct json root;
    bool is_ok;

    arena_init(&arena, MAX_ARENA);
    is_ok = json_parse(&arena, inputs, &root, err) && json_type(root) == JSON_OBJECT;
    json_out_init(&json, out);
    if (is_ok) {
        json_object(&json);
        for (struct json member = json_first(root); json_type(member) != JSON_MISSING; member = json_next(member))
            put_member(&json, &arena, profile, environment, root, member);
        json_object_end(&json);
    }
    arena_fini(&arena);
    return is_ok || err_prefix(err, "The run cannot be described to its host");
}
