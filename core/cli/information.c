/* SPDX-License-Identifier: MIT */
/* What is live of a service, for people (information.h). */
#include "cli/information.h"

#include <stdio.h>

#include "cli/deploy_command.h"

/* A member's text, fit for a terminal. */
static const char *
text_of(struct arena *arena, struct json object, const char *name)
{
    return deploy_text(arena, json_text(arena, json_get(object, name)));
}

/* false: there is nothing in it, and that was said if the layout wants it. */
static bool
begin_part(const struct information *information, const char *title, struct json items)
{
    bool has_items = json_count(items) > 0;

    if (has_items || information->is_legacy)
        printf("%s:\n%s", title, has_items ? "" : "  None\n");
    return has_items;
}

static void
print_keys(const struct information *information, struct arena *arena, struct json keys)
{
    if (!begin_part(information, "api keys", keys))
        return;
    for (struct json key = json_first(keys); json_type(key) != JSON_MISSING; key = json_next(key)) {
        const char *value = text_of(arena, key, "value");

        printf("  %s", text_of(arena, key, "name"));
        if (*value && information->shows_keys)
            printf(": %s", value);
        else if (information->shows_keys && information->asked_for_keys)
            printf(": (shown when it was made, not kept)");
        putchar('\n');
    }
}

static void
print_endpoints(const struct information *information, struct arena *arena, struct json endpoints)
{
    if (json_count(endpoints) == 1 && !information->is_legacy) {
        printf("endpoint: %s\n", deploy_text(arena, json_text(arena, json_first(endpoints))));
        return;
    }
    if (!begin_part(information, "endpoints", endpoints))
        return;
    for (struct json item = json_first(endpoints); json_type(item) != JSON_MISSING; item = json_next(item))
        printf("  %s\n", deploy_text(arena, json_text(arena, item)));
}

static void
print_functions(const struct information *information, struct arena *arena, struct json functions)
{
    if (!begin_part(information, "functions", functions))
        return;
    for (struct json item = json_first(functions); json_type(item) != JSON_MISSING; item = json_next(item)) {
        int64_t bytes = json_int(json_get(item, "size"), 0);

        printf("  %s: %s", text_of(arena, item, "name"), text_of(arena, item, "deployedName"));
        if (bytes > 0 && !information->is_legacy)
            printf(" (%lld kB)", (long long)(bytes / 1000 + (bytes % 1000 != 0)));
        putchar('\n');
    }
}

/* Only where there are any: other services look as they always did. */
static void
print_routes(struct arena *arena, struct json routes)
{
    if (json_count(routes))
        printf("routes:\n");
    for (struct json item = json_first(routes); json_type(item) != JSON_MISSING; item = json_next(item)) {
        const char *method = text_of(arena, item, "method");

        printf("  %s: %s%s%s\n", text_of(arena, item, "slug"), method, *method ? " - " : "",
               text_of(arena, item, "url"));
    }
}

/* These, too. */
static void
print_schedules(struct arena *arena, struct json schedules)
{
    if (json_count(schedules))
        printf("schedules:\n");
    for (struct json item = json_first(schedules); json_type(item) != JSON_MISSING; item = json_next(item)) {
        const char *zone = text_of(arena, item, "timezone");

        printf("  %s: %s%s%s%s\n", text_of(arena, item, "function"), text_of(arena, item, "expression"),
               *zone ? " " : "", zone, json_bool(json_get(item, "isEnabled"), true) ? "" : ", disabled");
    }
}

/* {"Url":{"Value":"…"}}, as the file has them. */
static void
print_outputs(struct arena *arena, struct json outputs)
{
    if (!json_count(outputs))
        return;
    printf("stack outputs:\n");
    for (struct json item = json_first(outputs); json_type(item) != JSON_MISSING; item = json_next(item)) {
        struct json value = json_get(item, "Value");
        const char *text = json_text(arena, value);
        struct str raw = json_raw(value);

        if (!text)
            text = arena_strndup(arena, raw.p, raw.len);
        printf("  %s: %s\n", deploy_text(arena, json_key(arena, item).p), deploy_text(arena, text));
    }
}

void
information_print(const struct information *information, struct arena *arena)
{
    static const char *const heads[] = { "service", "stage", "region" };
    struct json info = json_get(information->answer, "info");

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        printf("%s: %s\n", heads[i], text_of(arena, info, heads[i]));
    print_keys(information, arena, json_get(info, "apiKeys"));
    print_endpoints(information, arena, json_get(info, "endpoints"));
    print_functions(information, arena, json_get(info, "functions"));
    print_schedules(arena, json_get(info, "schedules"));
    print_routes(arena, json_get(info, "routes"));
    if (information->shows_outputs)
        print_outputs(arena, json_get(information->answer, "outputs"));
}
