/* SPDX-License-Identifier: MIT */
/* The keys of functions while the server runs (keys.h). What a service declares is key_sync.c. */
#include "function/keys.h"

#include <ev.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/thread.h"
#include "loop/control.h"
#include "loop/worker.h"

enum {
    FRESH_MS = 5000, /* a table is used so long */
    RETRY_MS = 1000, /* a key that is not in it is looked for in the store again after so long */
    KEPT_PERIOD_DAYS = 400,
};
static const double SAVE_SECONDS = 5;
static const int64_t DAY_MS = 24 * 60 * 60 * 1000;

/* What an http thread has. */
struct key_seat {
    struct http_thread *thread;
    struct key_table *table; /* counted; NULL: never read */
    unsigned change;         /* state.changes when it was read */
    int64_t read_at;         /* of the last attempt to read, which may have failed */
    struct list waiting;     /* wait.link */
    bool is_asked;
};

struct keys_spec keys_settings;

static struct {
    atomic_uint changes; /* of the rows, by this server: a table that was read before the last one is not used */
    struct key_seat *seats;
    size_t seat_count;
    struct key_table *table; /* control's: the newest */
    unsigned sync_count;     /* services whose keys are on their way into the store: reading waits for them */
    bool is_reading, is_wanted, is_saving, is_stopping;
    ev_timer save;
} state;

/* ---- reading: api thread, control, http threads */

struct reading {
    struct message message;
    struct arena arena;
    struct function_key *rows;
    size_t count;
    unsigned change;
    int64_t at;
    bool is_read;
};

struct news {
    struct message message;
    struct key_seat *seat;
    struct key_table *table; /* counted; NULL: could not be read */
    unsigned change;
    int64_t at;
};

static void
on_news(struct message *message)
{
    struct news *news = container_of(message, struct news, message);
    struct key_seat *seat = news->seat;
    bool is_newest = news->change == atomic_load(&state.changes);

    seat->read_at = news->at;
    seat->change = news->change;
    if (news->table) {
        key_table_put(seat->table);
        seat->table = news->table;
    }
    free(news);
    if (!is_newest) /* it is being read again */
        return;
    seat->is_asked = false;
    wait_release(&seat->waiting);
}

static void
tell_threads(struct key_table *table, const struct reading *reading)
{
    for (size_t i = 0; i < state.seat_count; i++) {
        struct news *news = mem_alloc(sizeof *news);

        news->seat = &state.seats[i];
        news->table = table ? key_table_get(table) : NULL;
        news->change = reading->change;
        news->at = reading->at;
        http_thread_post(news->seat->thread, &news->message, on_news);
    }
}

static void read_if_wanted(void);

static void
on_read(struct message *message)
{
    struct reading *reading = container_of(message, struct reading, message);

    state.is_reading = false;
    if (reading->is_read) {
        struct key_table *table = key_table_new(reading->rows, reading->count, reading->at, state.table);

        key_table_put(state.table);
        state.table = table;
    }
    tell_threads(reading->is_read ? state.table : NULL, reading);
    arena_fini(&reading->arena);
    free(reading);
    read_if_wanted();
}

static void
read_rows(struct message *message)
{
    struct reading *reading = container_of(message, struct reading, message);
    struct err err;

    reading->is_read =
        store_function_key_list(keys_settings.store, &reading->arena, &reading->rows, &reading->count, &err);
    if (!reading->is_read)
        log_error("function", "the keys of functions cannot be read: %s", err.text);
    control_post(&reading->message, on_read);
}

static void
read_if_wanted(void)
{
    struct reading *reading;

    if (!state.is_wanted || state.is_reading || state.sync_count)
        return;
    state.is_wanted = false;
    state.is_reading = true;
    reading = mem_alloc(sizeof *reading);
    reading->change = atomic_load(&state.changes);
    reading->at = clock_mono_ms();
    arena_init(&reading->arena, 0);
    if (!worker_post(&reading->message, read_rows)) /* too much waits for the api threads */
        control_post(&reading->message, on_read);
}

static void
on_asked(struct message *message)
{
    free(message);
    state.is_wanted |= !state.is_reading;
    read_if_wanted();
}

static void
on_changed(struct message *message)
{
    free(message);
    state.is_wanted = true;
    read_if_wanted();
}

void
keys_changed(void)
{
    atomic_fetch_add(&state.changes, 1);
    control_post(mem_alloc(sizeof(struct message)), on_changed);
}

void
keys_sync_begins(void)
{
    state.sync_count++;
    keys_changed();
}

void
keys_sync_ends(void)
{
    state.sync_count--;
    keys_changed();
}

/* ---- http threads */

enum key_answer
keys_look_up(struct str value, const struct service *service, const struct key **key, struct wait *wait)
{
    struct key_seat *seat = &state.seats[http_thread_index(http_thread_current())];
    int64_t age = clock_mono_ms() - seat->read_at;
    bool is_fresh = seat->table && age < FRESH_MS && seat->change == atomic_load(&state.changes);

    *key =
        seat->table ? key_find(seat->table, value, service ? service->name : "", service ? service->stage : "") : NULL;
    if (!wait->is_over && (!is_fresh || (!*key && value.len && age >= RETRY_MS))) {
        list_add_tail(&seat->waiting, &wait->link);
        if (!seat->is_asked)
            control_post(mem_alloc(sizeof(struct message)), on_asked);
        seat->is_asked = true;
        return KEY_LATER;
    }
    if (!seat->table)
        return KEY_UNREADABLE;
    return *key && (*key)->is_enabled ? KEY_GOOD : KEY_REFUSED;
}

/* ---- writing what was used */

struct saving {
    struct arena arena;
    struct saved {
        struct usage *usage; /* counted */
        int64_t day, unsaved;
    } * items;
    size_t count;
};

static void save(void);

static void
on_saved(struct store_write *write, void *arg)
{
    struct saving *saving = arg;
    const struct store_statement *statement = write->first;

    state.is_saving = false;
    if (write->verdict != STORE_DONE) /* they count as unsaved and are written the next time */
        log_error("function", "what is used of quotas cannot be written: %s", write->problem);
    for (size_t i = 0; i < saving->count; i++) {
        struct saved *saved = &saving->items[i];

        if (write->verdict == STORE_DONE) {
            usage_saved(saved->usage, saved->day, saved->unsaved, store_function_usage_sum(statement));
            statement = statement->next;
        }
        usage_put(saved->usage);
    }
    arena_fini(&saving->arena);
    free(saving);
    if (state.is_stopping && write->verdict == STORE_DONE)
        save(); /* what came while that was written */
}

static void
save(void)
{
    size_t count = state.table && !state.is_saving ? state.table->count : 0;
    struct saving *saving = mem_alloc(sizeof *saving);
    struct store_write *write = store_write_new();

    arena_init(&saving->arena, 0);
    saving->items = arena_alloc(&saving->arena, count * sizeof *saving->items);
    for (size_t i = 0; i < count; i++) {
        struct key *key = &state.table->keys[i];
        int64_t day, unsaved = key->plan.quota_limit >= 0 ? usage_unsaved(key->usage, &day) : 0;

        if (unsaved <= 0)
            continue;
        store_function_usage_add(write, key->id, day * DAY_MS, unsaved);
        saving->items[saving->count++] = (struct saved){ usage_get(key->usage), day, unsaved };
    }
    if (saving->count) {
        store_function_usage_forget(write, clock_wall_ms() - KEPT_PERIOD_DAYS * DAY_MS);
        state.is_saving = true;
        store_submit(keys_settings.store, write, NULL, on_saved, saving);
        return;
    }
    arena_fini(&saving->arena);
    free(saving);
    store_write_free(write);
}

static void
on_save(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    save();
}

void
keys_start(const struct keys_spec *spec)
{
    keys_settings = *spec;
    state.seat_count = http_thread_count(spec->http);
    state.seats = mem_alloc(state.seat_count * sizeof *state.seats);
    for (size_t i = 0; i < state.seat_count; i++) {
        state.seats[i].thread = http_thread_at(spec->http, i);
        list_init(&state.seats[i].waiting);
    }
    ev_timer_init(&state.save, on_save, SAVE_SECONDS, SAVE_SECONDS);
    ev_timer_start(control_loop(), &state.save);
}

void
keys_stop(void)
{
    state.is_stopping = true;
    ev_timer_stop(control_loop(), &state.save);
    save();
}
