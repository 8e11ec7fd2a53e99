/* SPDX-License-Identifier: MIT */
/*
 * Keys of hosts that are connected: one that has been revoked, or whose owner has left the organization, ends the
 * connection. Keys are taken away in the database, by the dashboard or a command, so they are looked at again.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/control.h"
#include "loop/worker.h"
#include "rpc/host_internal.h"
#include "store/key.h"

enum { TOUCH_EVERY_MS = 60 * 1000 };

struct checked {
    char *hash;
    bool is_good;
};

/* Made on control, filled by an api thread, used and freed on control. One at a time. */
static struct {
    struct message message;
    struct map keys; /* hash -> struct checked */
    bool is_running;
} check;

/* What cannot be read counts as good: a database in trouble must not drive hosts away. */
static void
look_at(struct checked *checked)
{
    int64_t now = clock_wall_ms();
    struct api_key *key = NULL;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    if (!store_key_by_hash(hosts_spec.store, &arena, checked->hash, now, &key, &err)) {
        log_error("host", "cannot check an API key again: %s", err.text);
        checked->is_good = true;
    } else if (key) {
        checked->is_good = true;
        if (now - key->last_used_at >= TOUCH_EVERY_MS) {
            struct store_write *write = store_write_new();

            store_key_touch(write, key->id, now);
            store_submit(hosts_spec.store, write, NULL, NULL, NULL);
        }
    }
    arena_fini(&arena);
}

static void
finish(struct message *message)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    (void)message;
    LIST_EACH(&host_conns, node)
    {
        struct sdk_conn *conn = LIST_ENTRY(node, struct sdk_conn, in_conns);
        const struct checked *checked = map_find(&check.keys, str_of(conn->key_hash));

        if (conn->host && checked && !checked->is_good)
            host_conn_end(conn, 1008, "This API key is not valid any more.");
    }
    while ((entry = map_next(&check.keys, &cursor))) {
        struct checked *checked = entry->value;

        free(checked->hash);
        free(checked);
    }
    map_fini(&check.keys);
    check.is_running = false;
}

static void
look_at_all(struct message *message)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&check.keys, &cursor)))
        look_at(entry->value);
    control_post(message, finish);
}

void
host_keys_check(void)
{
    if (check.is_running)
        return;
    map_init(&check.keys);
    LIST_EACH(&host_conns, node)
    {
        const struct sdk_conn *conn = LIST_ENTRY(node, struct sdk_conn, in_conns);
        struct checked *checked;

        if (map_find(&check.keys, str_of(conn->key_hash)))
            continue;
        checked = mem_alloc(sizeof *checked);
        checked->hash = mem_strdup(conn->key_hash);
        map_set(&check.keys, str_of(conn->key_hash), checked);
    }
    check.is_running = check.keys.count > 0;
    if (check.is_running && !worker_post(&check.message, look_at_all))
        finish(&check.message);
}
