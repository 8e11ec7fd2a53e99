/* SPDX-License-Identifier: MIT */
/*
 * The keys of functions while the server runs: http threads look them up in a table (key.h) that is read from the store
 * again when it is older than a few seconds, so that commands beside the server are noticed, and before the next call
 * when this server has changed the rows; what is used of quotas is written every five seconds and at the stop.
 */
#ifndef FUNCTION_KEYS_H
#define FUNCTION_KEYS_H

#include "function/key.h"
#include "function/wait.h"

struct http_server;
struct secrets;

struct keys_spec {
    struct http_server *http;
    struct store *store;
    const struct secrets *secrets;
    const char *organization_id; /* whose ${secret:…} values of keys may name */
    bool is_dev;                 /* generated keys can be shown again */
};

void keys_start(const struct keys_spec *spec); /* control thread, once the http threads run */
void keys_stop(void);                          /* control thread: the last write is submitted */

/* ---- http threads */

enum key_answer { KEY_GOOD, KEY_REFUSED, KEY_UNREADABLE, KEY_LATER };

/* KEY_LATER: ask again, with the same wait, once it went. The key stays until the thread's next turn. */
enum key_answer keys_look_up(struct str value, const struct service *service, const struct key **key,
                             struct wait *wait);

/* ---- control thread */

struct key_shown {
    const char *name;
    const char *value; /* NULL: it was shown when it was made, and is a hash now */
};

/*
 * Makes the stored keys of a service those of its file; names without a value get a new one once. done (may be NULL;
 * control thread) gets them in the order of the file, or err, and the texts only until it returns.
 */
typedef void keys_synced(void *arg, const struct key_shown *keys, size_t count, const struct err *err);
void keys_sync(struct service *service, keys_synced *done, void *arg);

/* Api threads: the same without changing anything; `shown` has room for the keys of the service. */
bool keys_show(struct service *service, struct arena *arena, struct key_shown *shown, struct err *err) MUST_CHECK;

/* Any thread: the rows have changed. */
void keys_changed(void);

/* For key_sync.c, control thread: calls that need a key wait meanwhile, instead of being refused by the old ones. */
void keys_sync_begins(void);
void keys_sync_ends(void);
extern struct keys_spec keys_settings;

#endif
