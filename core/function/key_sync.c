/* SPDX-License-Identifier: MIT */
/* The stored keys of a service become those of its file (keys.h). On an api thread, one service at a time. */
#include <stdlib.h>

#include "auth/secrets.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "function/keys.h"
#include "function/secret.h"
#include "loop/control.h"
#include "loop/worker.h"

static const char purpose[] = "function key";

struct sync {
    struct message message;
    struct service *service; /* counted */
    keys_synced *done;
    void *arg;

    struct arena arena;
    struct map rows;                     /* name -> struct function_key: what the service has in the store */
    struct function_secret_set *secrets; /* NULL: not needed yet */
    struct store_write *write;
    struct key_shown *shown;
    struct err err;
    bool is_synced;
};

static bool
read_rows(struct sync *sync)
{
    struct function_key *rows;
    size_t count;

    if (!store_function_key_list(keys_settings.store, &sync->arena, &rows, &count, &sync->err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].service, sync->service->name) == 0 && strcmp(rows[i].stage, sync->service->stage) == 0)
            map_set(&sync->rows, str_of(rows[i].name), &rows[i]);
    return true;
}

/* The value in the file, with its secrets. p NULL: err says why not. */
static struct str
given_value(struct sync *sync, const struct service_key *key)
{
    struct str value = str_of(key->value);
    struct buf text;

    if (service_has_secret(key->value)) {
        buf_init(&text, KEY_MAX_LEN + 1);
        if (!sync->secrets)
            sync->secrets = function_secrets_load(keys_settings.store, keys_settings.secrets,
                                                  keys_settings.organization_id, &sync->err);
        value.p =
            sync->secrets && service_expand_secrets(key->value, function_secret_find, sync->secrets, &text, &sync->err)
                ? arena_strndup(&sync->arena, text.p, text.len)
                : NULL;
        value.len = text.len;
        buf_fini(&text);
    }
    if (value.p && (value.len < KEY_MIN_LEN || value.len > KEY_MAX_LEN)) {
        value.p = NULL;
        err_set(&sync->err, "its value has %zu characters; 20 to 128 are needed", value.len);
    }
    return value;
}

/* A generated value, which can be shown again only where it is sealed: on a developer's machine. */
static const char *
generate(struct sync *sync, struct function_key *row)
{
    char value[KEY_LEN + 1];

    key_generate(value);
    key_set_value(&sync->arena, row, str_of(value));
    row->sealed = keys_settings.is_dev
                      ? secrets_seal(&sync->arena, keys_settings.secrets->store_key, purpose, str_of(value))
                      : NULL;
    return arena_strdup(&sync->arena, value);
}

static const char *
open_sealed(struct sync *sync, const char *sealed)
{
    struct str value;

    return sealed && secrets_open(&sync->arena, keys_settings.secrets->store_key, purpose, str_of(sealed), &value)
               ? value.p
               : NULL;
}

static bool
sync_key(struct sync *sync, const struct service_key *key, struct key_shown *shown)
{
    const struct service *service = sync->service;
    struct str value = key->value ? given_value(sync, key) : STR("");
    struct function_key row = { .is_given = key->value,
                                .is_enabled = key->is_enabled,
                                .description = key->description };
    const struct function_key *old;

    if (!value.p)
        return err_prefix(&sync->err, "the key %s", key->name);
    shown->value = key->value ? value.p : NULL;
    if (key->value)
        key_set_value(&sync->arena, &row, value);
    shown->name = row.name = key->name;
    key_set_plan(&row, key->plan >= 0 ? &service->plans[key->plan] : NULL);
    old = map_remove(&sync->rows, str_of(row.name));
    if (!key->value && old && !old->is_given) {
        row.prefix = old->prefix;
        row.hash = old->hash;
        row.sealed = old->sealed;
        shown->value = open_sealed(sync, old->sealed);
    } else if (!key->value) {
        shown->value = generate(sync, &row);
    }
    row.id = old ? old->id : arena_strdup(&sync->arena, uuid_format(uuid_v7()).s);
    row.service = service->name;
    row.stage = service->stage;
    if (old)
        store_function_key_update(sync->write, &row);
    else
        store_function_key_insert(sync->write, &row);
    return true;
}

static bool
sync_rows(struct sync *sync)
{
    const struct service *service = sync->service;
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    bool is_synced;

    if (!read_rows(sync))
        return false;
    sync->write = store_write_new();
    for (size_t i = 0; i < service->key_count; i++)
        if (!sync_key(sync, &service->keys[i], &sync->shown[i])) {
            store_write_free(sync->write);
            return false;
        }
    while ((entry = map_next(&sync->rows, &cursor)))
        store_function_key_remove(sync->write, ((const struct function_key *)entry->value)->id);
    if (sync->write->statement_count == 0) {
        store_write_free(sync->write);
        return true;
    }
    is_synced = store_write_wait(keys_settings.store, sync->write, &sync->err) == STORE_DONE;
    return is_synced || err_prefix(&sync->err, "the keys cannot be stored");
}

static bool
show_key(struct sync *sync, const struct service_key *key, struct key_shown *shown)
{
    const struct function_key *row = map_find(&sync->rows, str_of(key->name));

    shown->name = key->name;
    shown->value = key->value ? given_value(sync, key).p : open_sealed(sync, row ? row->sealed : NULL);
    return !key->value || shown->value;
}

bool
keys_show(struct service *service, struct arena *arena, struct key_shown *shown, struct err *err)
{
    struct sync sync = { .service = service };
    bool is_done;

    arena_init(&sync.arena, 0);
    map_init(&sync.rows);
    is_done = read_rows(&sync);
    for (size_t i = 0; is_done && i < service->key_count; i++) {
        is_done = show_key(&sync, &service->keys[i], &shown[i]);
        shown[i].value = shown[i].value ? arena_strdup(arena, shown[i].value) : NULL;
    }
    if (!is_done)
        *err = sync.err;
    if (sync.secrets)
        function_secrets_free(sync.secrets);
    map_fini(&sync.rows);
    arena_fini(&sync.arena);
    return is_done;
}

static void
on_synced(struct message *message)
{
    struct sync *sync = container_of(message, struct sync, message);
    const struct service *service = sync->service;

    keys_sync_ends();
    if (!sync->is_synced)
        log_error("function", "the API keys of %s (%s) stay as they were: %s", service->name, service->stage,
                  sync->err.text);
    if (sync->done)
        sync->done(sync->arg, sync->shown, sync->is_synced ? service->key_count : 0,
                   sync->is_synced ? NULL : &sync->err);
    map_fini(&sync->rows);
    arena_fini(&sync->arena);
    service_put(sync->service);
    free(sync);
}

static void
run(struct message *message)
{
    struct sync *sync = container_of(message, struct sync, message);

    sync->shown = arena_alloc(&sync->arena, sync->service->key_count * sizeof *sync->shown);
    sync->is_synced = sync_rows(sync);
    if (sync->secrets)
        function_secrets_free(sync->secrets);
    control_post(&sync->message, on_synced);
}

void
keys_sync(struct service *service, keys_synced *done, void *arg)
{
    struct sync *sync = mem_alloc(sizeof *sync);

    keys_sync_begins();
    sync->service = service_get(service);
    sync->done = done;
    sync->arg = arg;
    arena_init(&sync->arena, 0);
    map_init(&sync->rows);
    if (worker_post_serial(&sync->message, run)) /* two at once would make a key twice */
        return;
    err_set(&sync->err, "too much waits for the api threads");
    control_post(&sync->message, on_synced);
}
