/* SPDX-License-Identifier: MIT */
/* Who sent a durable call, and who may ask about it (principal.h). */
#include "function/principal.h"

#include "function/keys.h"
#include "json/peek.h"

static const struct str by_key = { "key:", 4 };

const char *
principal_of_call(struct arena *arena, const struct function_call *call)
{
    const struct event_call *event = &call->event;
    struct str id;

    if (call->endpoint->kind == EVENT_RAW)
        return "operator";
    if (event->api_key_id.len)
        return arena_printf(arena, "%s%.*s", by_key.p, STR_ARG(event->api_key_id));
    if (!event->authorizer.len)
        return NULL;
    id = json_peek_text(json_peek(event->authorizer, "principalId"));
    return id.len ? arena_printf(arena, "principal:%.*s", STR_ARG(id)) : "authorizer";
}

/* Is it the value of the key with this id, and is that key in force? */
static bool
is_key(const char *id, struct str value)
{
    struct function_key *rows = NULL, shown = { 0 };
    bool is_it = false;
    size_t count = 0;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    key_set_value(&arena, &shown, value);
    if (store_function_key_list(keys_settings.store, &arena, &rows, &count, &err))
        for (size_t i = 0; i < count && !is_it; i++)
            is_it = rows[i].is_enabled && strcmp(rows[i].id, id) == 0 && strcmp(rows[i].hash, shown.hash) == 0;
    arena_fini(&arena);
    return is_it;
}

bool
principal_is_shown(const char *principal, struct str key)
{
    if (!principal)
        return true;
    return key.len && str_starts(str_of(principal), by_key) && is_key(principal + by_key.len, key);
}
