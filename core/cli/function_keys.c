/* SPDX-License-Identifier: MIT */
/* Keys of callers of functions, for interlude keys (function_keys.h). */
#include "cli/function_keys.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/listing.h"
#include "config/value.h"
#include "function/key.h"
#include "json/write.h"

enum { MAX_JSON = 64 << 20 };

static bool
read_rate(const char *text, double *rate, struct err *err)
{
    char *end;

    *rate = text ? strtod(text, &end) : 0;
    return !text || (*text && !*end && *rate >= 0.001 && *rate <= 1e9) ||
           err_set(err, "--rate takes calls per second, such as 10 or 0.5; found \"%s\"", text);
}

static bool
read_count(const char *option, struct str text, int64_t *count, struct err *err)
{
    return (value_int(text, count, err) && *count > 0) ||
           err_set(err, "--%s takes a number above 0; found \"%.*s\"", option, STR_ARG(text));
}

/* "5000/MONTH" */
static bool
read_quota(const char *text, struct service_plan *plan, struct err *err)
{
    const char *slash = text ? strchr(text, '/') : NULL;

    plan->quota_limit = SERVICE_UNSET;
    if (!text)
        return true;
    if (slash && key_period(str_of(slash + 1), &plan->period))
        return read_count("quota", (struct str){ text, (size_t)(slash - text) }, &plan->quota_limit, err);
    return err_set(err, "--quota takes a number and DAY, WEEK or MONTH, such as 5000/MONTH; found \"%s\"", text);
}

static bool
read_plan(const struct arguments *arguments, struct service_plan *plan, struct err *err)
{
    const char *burst = argument(arguments, "burst");

    plan->burst_limit = SERVICE_UNSET;
    if (!read_rate(argument(arguments, "rate"), &plan->rate_limit, err) ||
        !read_quota(argument(arguments, "quota"), plan, err))
        return false;
    if (!burst)
        return true;
    return plan->rate_limit > 0 ? read_count("burst", str_of(burst), &plan->burst_limit, err)
                                : err_set(err, "--burst says how far --rate may be passed, which is not given");
}

static void
print_made(const struct function_key *row, const char *value, bool as_json)
{
    struct json_out out;
    struct buf json;

    if (!as_json) {
        puts(value); /* alone on stdout, so that scripts can take it */
        fprintf(stderr, "For private functions of routes/, as header x-api-key. This key is not shown again.\n");
        return;
    }
    buf_init(&json, MAX_JSON);
    json_out_init(&out, &json);
    json_object(&out);
    json_pair_text(&out, "id", row->id);
    json_pair_text(&out, "key", value);
    json_pair_text(&out, "name", row->name);
    json_object_end(&out);
    listing_json(&json);
}

bool
function_keys_create(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct service_plan plan = { .quota_limit = SERVICE_UNSET };
    struct function_key row;
    struct store_write *write;
    char value[KEY_LEN + 1];

    if (!read_plan(arguments, &plan, err))
        return false;
    write = key_create(&data->arena, argument(arguments, "label"), &plan, &row, value);
    if (!data_write(data, write, err, "there is a key for functions with the label \"%s\" already", row.name))
        return false;
    print_made(&row, value, argument_is_set(arguments, "json"));
    return true;
}

/* "10/s, 3 at once; 12 of 5000 MONTH" */
static const char *
limits_text(struct arena *arena, const struct function_key *key)
{
    const char *rate = "", *quota = "";

    if (key->rate_milli)
        rate = arena_printf(arena, "%g/s, %lld at once", (double)key->rate_milli / 1000, (long long)key->burst_limit);
    if (key->quota_limit >= 0)
        quota = arena_printf(arena, "%s%lld of %lld a %s", *rate ? "; " : "", (long long)key->used,
                             (long long)key->quota_limit, key->quota_period);
    return arena_printf(arena, "%s%s", rate, quota);
}

static void
list_text(struct arena *arena, const struct function_key *keys, size_t count)
{
    static const char *const heads[] = { "ID", "KEY", "FOR", "NAME", "LIMITS", "CREATED" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < count; i++) {
        const struct function_key *key = &keys[i];
        const char *cells[] = { key->id,
                                arena_printf(arena, "%s...", key->prefix),
                                *key->service ? arena_printf(arena, "%s (%s)", key->service, key->stage) : "routes/",
                                arena_printf(arena, "%s%s", key->name, key->is_enabled ? "" : " (disabled)"),
                                limits_text(arena, key),
                                listing_time(key->created_at, arena_alloc(arena, 20)) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static void
list_json(const struct function_key *keys, size_t count)
{
    struct json_out out;
    struct buf json;

    listing_json_begin(&out, &json, "keys");
    for (size_t i = 0; i < count; i++) {
        json_object(&out);
        json_pair_text(&out, "id", keys[i].id);
        json_pair_text(&out, "service", keys[i].service);
        json_pair_text(&out, "stage", keys[i].stage);
        json_pair_text(&out, "name", keys[i].name);
        json_pair_text(&out, "prefix", keys[i].prefix);
        json_pair_bool(&out, "enabled", keys[i].is_enabled);
        json_pair_int(&out, "createdAt", keys[i].created_at);
        if (keys[i].quota_limit >= 0) {
            json_pair_int(&out, "quota", keys[i].quota_limit);
            json_pair_text(&out, "period", keys[i].quota_period);
            json_pair_int(&out, "used", keys[i].used);
        }
        json_object_end(&out);
    }
    listing_json_end(&out, &json);
}

bool
function_keys_list(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct function_key *keys;
    size_t count;

    if (!store_function_key_list(data->store, &data->arena, &keys, &count, err))
        return false;
    if (argument_is_set(arguments, "json"))
        list_json(keys, count);
    else if (count)
        list_text(&data->arena, keys, count);
    else
        printf("There are no keys for functions; make one for those of routes/ with: interlude keys create "
               "--functions\n");
    return true;
}

bool
function_keys_revoke(struct data *data, const char *id, bool *is_known, struct err *err)
{
    struct store_write *write;
    struct function_key *keys;
    size_t count;

    *is_known = false;
    if (!store_function_key_list(data->store, &data->arena, &keys, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        *is_known |= strcmp(keys[i].id, id) == 0;
    if (!*is_known)
        return true;
    write = store_write_new();
    store_function_key_remove(write, id);
    return data_write(data, write, err, "the key %s was revoked by somebody else", id);
}
