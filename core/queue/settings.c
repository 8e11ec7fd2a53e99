/* SPDX-License-Identifier: MIT */
/* Settings of functions and named queues (settings.h): counted copies in two maps behind one lock. */
#include "queue/settings.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "queue/queue.h"

struct entry {
    union { /* first: what the others see */
        struct queue_function_settings settings;
        struct queue_consumer consumer;
    };
    struct arena arena;
    unsigned refs;
    struct entry *next; /* consumers of one queue; whose turn it is comes first */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct map functions, consumers; /* by function, by queue */
static struct entry *server;            /* what everybody has who was not configured */

static struct entry *
entry_new(void)
{
    struct entry *entry = mem_alloc(sizeof *entry);

    arena_init(&entry->arena, 0);
    entry->refs = 1;
    return entry;
}

/* With the lock held; NULL is fine. */
static void
entry_drop(struct entry *entry)
{
    if (!entry || --entry->refs)
        return;
    arena_fini(&entry->arena);
    free(entry);
}

static void
entry_put(const void *seen)
{
    pthread_mutex_lock(&lock);
    entry_drop((struct entry *)(uintptr_t)seen);
    pthread_mutex_unlock(&lock);
}

static void
entry_set(struct map *map, const char *key, struct entry *entry)
{
    pthread_mutex_lock(&lock);
    entry_drop(entry ? map_set(map, str_of(key), entry) : map_remove(map, str_of(key)));
    pthread_mutex_unlock(&lock);
}

static const char *
copy(struct entry *entry, const char *text)
{
    return text ? arena_strdup(&entry->arena, text) : NULL;
}

/* ---- functions */

struct queue_function_settings
queue_server_settings(void)
{
    return (struct queue_function_settings){
        .queue = QUEUE_DEFAULT,
        .max_inflight = queue_settings.max_function_inflight,
        .retry = queue_settings.retry,
        .callback_retries = queue_settings.callback_retries,
        .callback_allow = queue_settings.callback_allow,
        .callback_secret = queue_settings.callback_secret,
    };
}

static struct entry *
settings_entry(const struct queue_function_settings *settings)
{
    struct entry *entry = entry_new();

    entry->settings = *settings;
    entry->settings.name = copy(entry, settings->name);
    entry->settings.queue = copy(entry, settings->queue);
    entry->settings.stage = copy(entry, settings->stage);
    entry->settings.callback_allow = copy(entry, settings->callback_allow);
    entry->settings.callback_secret = copy(entry, settings->callback_secret);
    entry->settings.dead_letter_queue = copy(entry, settings->dead_letter_queue);
    entry->settings.success_queue = copy(entry, settings->success_queue);
    return entry;
}

void
queue_configure(const char *fn, const struct queue_function_settings *settings)
{
    entry_set(&functions, fn, settings ? settings_entry(settings) : NULL);
}

const struct queue_function_settings *
queue_settings_get(const char *fn)
{
    struct queue_function_settings ours = queue_server_settings();
    struct entry *entry;

    pthread_mutex_lock(&lock);
    if (!server)
        server = settings_entry(&ours);
    entry = map_find(&functions, str_of(fn));
    entry = entry ? entry : server;
    entry->refs++;
    pthread_mutex_unlock(&lock);
    return &entry->settings;
}

void
queue_settings_put(const struct queue_function_settings *settings)
{
    entry_put(settings);
}

/* ---- who gets the messages */

/* With the lock held: takes the one of that function out of the list. */
static void
shift_remove(struct entry **list, const char *fn)
{
    for (struct entry *entry; (entry = *list); list = &entry->next)
        if (strcmp(entry->consumer.fn, fn) == 0) {
            *list = entry->next;
            entry_drop(entry);
            return;
        }
}

static void
shift_append(struct entry **list, struct entry *entry)
{
    while (*list)
        list = &(*list)->next;
    *list = entry;
    entry->next = NULL;
}

static void
shift_keep(const char *queue, struct entry *first)
{
    if (first)
        map_set(&consumers, str_of(queue), first);
    else
        map_remove(&consumers, str_of(queue));
}

void
queue_consume(const char *queue, const struct queue_consumer *consumer)
{
    struct entry *entry = entry_new(), *first;

    entry->consumer = *consumer;
    entry->consumer.fn = copy(entry, consumer->fn);
    entry->consumer.region = copy(entry, consumer->region);
    entry->consumer.account = copy(entry, consumer->account);
    entry->consumer.filter_patterns = copy(entry, consumer->filter_patterns);
    pthread_mutex_lock(&lock);
    first = map_find(&consumers, str_of(queue));
    shift_remove(&first, consumer->fn);
    shift_append(&first, entry);
    shift_keep(queue, first);
    pthread_mutex_unlock(&lock);
}

void
queue_unconsume(const char *queue, const char *fn)
{
    struct entry *first;

    pthread_mutex_lock(&lock);
    first = map_find(&consumers, str_of(queue));
    shift_remove(&first, fn);
    shift_keep(queue, first);
    pthread_mutex_unlock(&lock);
}

const struct queue_consumer *
queue_consumer_get(const char *queue)
{
    struct entry *entry;

    pthread_mutex_lock(&lock);
    entry = map_find(&consumers, str_of(queue));
    if (entry)
        entry->refs++;
    pthread_mutex_unlock(&lock);
    return entry ? &entry->consumer : NULL;
}

void
queue_consumer_next(const char *queue)
{
    struct entry *first, *served;

    pthread_mutex_lock(&lock);
    first = served = map_find(&consumers, str_of(queue));
    if (served && served->next) {
        first = served->next;
        shift_append(&first, served);
        shift_keep(queue, first);
    }
    pthread_mutex_unlock(&lock);
}

const struct queue_consumer *
queue_consumer_ref(const struct queue_consumer *consumer)
{
    pthread_mutex_lock(&lock);
    ((struct entry *)(uintptr_t)consumer)->refs++;
    pthread_mutex_unlock(&lock);
    return consumer;
}

void
queue_consumer_put(const struct queue_consumer *consumer)
{
    entry_put(consumer);
}

/* ---- names of queues */

struct names {
    struct arena *arena;
    const char **items;
    size_t count;
};

static void
add_name(struct names *names, const char *name)
{
    const char **longer;

    for (size_t i = 0; name && i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return;
    if (!name)
        return;
    longer = arena_alloc(names->arena, (names->count + 1) * sizeof *longer);
    if (names->count)
        memcpy(longer, names->items, names->count * sizeof *longer);
    longer[names->count++] = arena_strdup(names->arena, name);
    names->items = longer;
}

const char **
queue_names(struct arena *arena, size_t *count)
{
    struct names names = { .arena = arena };
    struct map_cursor cursor = { 0 };
    struct map_entry *at;

    add_name(&names, QUEUE_DEFAULT);
    pthread_mutex_lock(&lock);
    while ((at = map_next(&functions, &cursor))) {
        const struct queue_function_settings *settings = &((struct entry *)at->value)->settings;

        add_name(&names, settings->queue);
        add_name(&names, settings->dead_letter_queue);
        add_name(&names, settings->success_queue);
    }
    cursor = (struct map_cursor){ 0 };
    while ((at = map_next(&consumers, &cursor)))
        add_name(&names, at->key);
    pthread_mutex_unlock(&lock);
    *count = names.count;
    return names.items;
}
