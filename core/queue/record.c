/* SPDX-License-Identifier: MIT */
/* Rows of calls, for people (record.h). */
#include "queue/record.h"

#include <stdio.h>

#include "base/clock.h"
#include "queue/query.h"
#include "queue/settings.h"

enum { MANY_AT_ONCE = 5000 };

static struct queue_record
record_of(const struct store_rows *rows, size_t i)
{
    return (struct queue_record){
        .seq = row_int(rows, i, 0),
        .id = row_text(rows, i, 1),
        .fn = row_text(rows, i, 2),
        .state = row_text(rows, i, 3),
        .due = row_int(rows, i, 4),
        .attempt = (uint32_t)row_int(rows, i, 5),
        .created_ns = row_int(rows, i, 6),
        .started = row_int(rows, i, 7),
        .finished = row_int(rows, i, 8),
        .status = (uint32_t)row_int(rows, i, 9),
        .error = row_text(rows, i, 10),
        .duration_us = row_int(rows, i, 11),
        .history = row_text(rows, i, 12),
        .bytes = row_int(rows, i, 13),
        .queue = row_text(rows, i, 14),
        .stage = row_text(rows, i, 15),
        .principal = row_text(rows, i, 16),
        .callback_url = row_text(rows, i, 17),
        .callback_state = row_text(rows, i, 18),
        .callback_attempt = (uint32_t)row_int(rows, i, 19),
        .callback_status = (uint32_t)row_int(rows, i, 20),
        .callback_error = row_text(rows, i, 21),
    };
}

/* NULL when there are no rows. */
static bool
fill(struct arena *arena, const struct store_rows *rows, struct queue_record **records, struct err *err)
{
    *records = rows->count ? arena_alloc(arena, rows->count * sizeof **records) : NULL;
    for (size_t i = 0; *records && i < rows->count; i++)
        (*records)[i] = record_of(rows, i);
    return records_fit(*records, rows, err);
}

bool
queue_record_find(struct store *store, struct arena *arena, const char *id, struct queue_record **records,
                  size_t *count, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_RECORD_FIND, v_text(id), v_int(RECORD_MAX_NAMESAKES)))
        return false;
    *count = rows.count;
    return fill(arena, &rows, records, err);
}

bool
queue_record_list(struct store *store, struct arena *arena, const struct queue_filter *filter,
                  struct queue_record **records, size_t *count, struct err *err)
{
    int64_t before = filter->before ? filter->before : INT64_MAX;
    bool is_dead = filter->state && strcmp(filter->state, "dead") == 0, is_ok;
    struct store_rows rows;

    if (is_dead)
        is_ok = STORE_READ(store, arena, &rows, err, SQL_RECORD_LIST_DEAD, v_text(filter->fn), v_text(filter->queue),
                           v_int(before), v_int(filter->limit));
    else
        is_ok = STORE_READ(store, arena, &rows, err, SQL_RECORD_LIST, v_text(filter->fn), v_text(filter->state),
                           v_text(filter->queue), v_int(before), v_int(filter->limit));
    if (!is_ok)
        return false;
    *count = rows.count;
    return fill(arena, &rows, records, err);
}

static bool
read_message(struct store *store, struct arena *arena, enum queue_query query, int64_t seq,
             struct queue_message **message, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, query, v_int(seq)))
        return false;
    *message = rows.count ? arena_alloc(arena, sizeof **message) : NULL;
    if (*message)
        **message =
            (struct queue_message){ row_str(&rows, 0, 0), (uint32_t)row_int(&rows, 0, 1), row_str(&rows, 0, 2) };
    return records_fit(*message, &rows, err);
}

bool
queue_record_result(struct store *store, struct arena *arena, int64_t seq, struct queue_message **result,
                    struct err *err)
{
    return read_message(store, arena, SQL_RECORD_RESULT, seq, result, err);
}

bool
queue_record_request(struct store *store, struct arena *arena, int64_t seq, struct queue_message **request,
                     struct err *err)
{
    return read_message(store, arena, SQL_RECORD_REQUEST, seq, request, err);
}

static bool
read_paused(struct store *store, struct arena *arena, struct queue_counts *counts, struct err *err)
{
    struct store_rows rows;

    if (!store_read(store, arena, &rows, err, SQL_PAUSED_LIST, NULL, 0))
        return false;
    counts->paused_count = rows.count;
    counts->paused = rows.count ? arena_alloc(arena, rows.count * sizeof *counts->paused) : NULL;
    for (size_t i = 0; counts->paused && i < rows.count; i++)
        counts->paused[i] = (struct queue_paused){ row_text(&rows, i, 0), row_int(&rows, i, 1) };
    return records_fit(counts->paused, &rows, err);
}

bool
queue_record_counts(struct store *store, struct arena *arena, struct queue_counts *counts, struct err *err)
{
    struct store_rows rows;

    *counts = (struct queue_counts){ 0 };
    counts->names = queue_names(arena, &counts->name_count);
    if (!store_read(store, arena, &rows, err, SQL_RECORD_STATS, NULL, 0))
        return false;
    counts->count = rows.count;
    counts->rows = rows.count ? arena_alloc(arena, rows.count * sizeof *counts->rows) : NULL;
    for (size_t i = 0; counts->rows && i < rows.count; i++)
        counts->rows[i] = (struct queue_count){ row_text(&rows, i, 0), row_text(&rows, i, 1), row_text(&rows, i, 2),
                                                row_int(&rows, i, 3), row_int(&rows, i, 4) };
    if (!records_fit(counts->rows, &rows, err) ||
        !store_read(store, arena, &rows, err, SQL_RECORD_CALLBACK_STATS, NULL, 0))
        return false;
    counts->callbacks = row_int(&rows, 0, 0);
    counts->callback_due = row_int(&rows, 0, 1);
    return read_paused(store, arena, counts, err);
}

/* ---- changing */

enum store_verdict
queue_record_cancel(struct store *store, const struct queue_record *record, struct err *err)
{
    const struct queue_function_settings *settings = queue_settings_get(record->fn);
    struct store_write *write = store_write_new();
    int64_t now = clock_wall_ms();

    STORE_ADD(write, SQL_RECORD_CANCEL, STORE_ONE, v_int(record->seq), v_int(now));
    STORE_ADD(write, SQL_REQUEST_DROP, STORE_ANY, v_int(record->seq));
    STORE_ADD(write, SQL_CALL_UNHOLD, STORE_ANY, v_int(record->seq));
    if (settings->calls_back_on_cancel)
        STORE_ADD(write, SQL_CALLBACK_ADD, STORE_ANY, v_int(record->seq), v_int(now));
    queue_settings_put(settings);
    return store_write_wait(store, write, err);
}

enum store_verdict
queue_record_retry(struct store *store, int64_t seq, struct err *err)
{
    struct store_write *write = store_write_new();
    int64_t now = clock_wall_ms();

    STORE_ADD(write, SQL_RECORD_RETRY, STORE_ONE, v_int(seq), v_int(now));
    STORE_ADD(write, SQL_RECORD_FORGET_OUTCOME, STORE_ANY, v_int(seq));
    STORE_ADD(write, SQL_RECORD_FORGET_RESULT, STORE_ANY, v_int(seq));
    STORE_ADD(write, SQL_RECORD_UNHOLD, STORE_ANY, v_int(now));
    return store_write_wait(store, write, err);
}

/* Some of them; *count 0: there are no more. */
static bool
change_some(struct store *store, enum queue_query what, const struct queue_filter *filter, int64_t now, int64_t *count,
            int64_t *bytes, struct err *err)
{
    struct store_write *write = store_write_new();

    if (what == SQL_RECORD_DEAD_RETRY) {
        STORE_ADD(write, SQL_RECORD_DEAD_FORGET_OUTCOMES, STORE_ANY, v_text(filter->fn), v_text(filter->queue),
                  v_int(MANY_AT_ONCE));
        STORE_ADD(write, SQL_RECORD_DEAD_FORGET_RESULTS, STORE_ANY, v_text(filter->fn), v_text(filter->queue),
                  v_int(MANY_AT_ONCE));
    }
    if (what == SQL_RECORD_DEAD_DELETE)
        STORE_ADD(write, what, STORE_ANY, v_text(filter->fn), v_text(filter->queue), v_int(MANY_AT_ONCE));
    else
        STORE_ADD(write, what, STORE_ANY, v_text(filter->fn), v_text(filter->queue), v_int(now), v_int(MANY_AT_ONCE));
    if (what == SQL_RECORD_DEAD_RETRY)
        STORE_ADD(write, SQL_RECORD_UNHOLD, STORE_ANY, v_int(now));
    return store_write_wait_sum(store, write, count, bytes, err) == STORE_DONE;
}

static bool
change_all(struct store *store, enum queue_query what, const struct queue_filter *filter, int64_t *count,
           int64_t *bytes, struct err *err)
{
    int64_t now = clock_wall_ms(), changed, sum;

    do {
        if (!change_some(store, what, filter, now, &changed, &sum, err))
            return false;
        *count += changed;
        *bytes += sum;
    } while (changed == MANY_AT_ONCE);
    return true;
}

bool
queue_record_many(struct store *store, enum queue_many what, const struct queue_filter *filter, int64_t *count,
                  int64_t *bytes, struct err *err)
{
    *count = *bytes = 0;
    if (what == QUEUE_DELETE_DEAD)
        return change_all(store, SQL_RECORD_DEAD_DELETE, filter, count, bytes, err);
    if (what == QUEUE_RETRY_DEAD)
        return change_all(store, SQL_RECORD_DEAD_RETRY, filter, count, bytes, err);
    return change_all(store, SQL_RECORD_PURGE, filter, count, bytes, err) &&
           change_all(store, SQL_RECORD_PURGE_HELD, filter, count, bytes, err);
}

bool
queue_record_bury(struct store *store, const char *fn, const char *why, int64_t *count, int64_t *bytes, struct err *err)
{
    int64_t now = clock_wall_ms(), changed = MANY_AT_ONCE, sum;

    *count = *bytes = 0;
    while (changed == MANY_AT_ONCE) {
        struct store_write *write = store_write_new();

        STORE_ADD(write, SQL_RECORD_BURY_CALLBACKS, STORE_ANY, v_text(fn), v_int(now), v_int(MANY_AT_ONCE));
        STORE_ADD(write, SQL_RECORD_BURY, STORE_ANY, v_text(fn), v_int(now), v_text(why), v_int(MANY_AT_ONCE));
        if (store_write_wait_sum(store, write, &changed, &sum, err) != STORE_DONE)
            return false;
        *count += changed;
        *bytes += sum;
    }
    return true;
}

bool
queue_record_pause(struct store *store, const char *queue, bool is_paused, struct err *err)
{
    struct store_write *write = store_write_new();

    if (is_paused)
        STORE_ADD(write, SQL_PAUSE, STORE_ANY, v_text(queue), v_int(clock_wall_ms()));
    else
        STORE_ADD(write, SQL_RESUME, STORE_ANY, v_text(queue));
    return store_write_wait(store, write, err) == STORE_DONE;
}

/* ---- showing */

static void
pair_time(struct json_out *out, const char *name, int64_t at)
{
    json_name(out, name);
    if (at)
        json_put_int(out, at);
    else
        json_put_null(out);
}

/* A password in the URL is nobody's business. */
static void
pair_url(struct json_out *out, const char *url)
{
    const char *host = strstr(url, "://"), *at, *path;
    char text[2100];

    host = host ? host + 3 : url;
    path = host + strcspn(host, "/?#");
    at = memrchr(host, '@', (size_t)(path - host)); /* a password may have one, too */
    if (at)
        snprintf(text, sizeof text, "%.*s***%s", (int)(host - url), url, at);
    json_pair_text(out, "url", at ? text : url);
}

static void
put_callback(struct json_out *out, const struct queue_record *record)
{
    const char *state = record->callback_state ? record->callback_state : "none";

    json_name(out, "callback");
    if (!record->callback_url) {
        json_put_null(out);
        return;
    }
    json_object(out);
    pair_url(out, record->callback_url);
    json_pair_text(out, "state", strcmp(state, "sending") == 0 ? "pending" : state);
    json_pair_int(out, "attempts", record->callback_attempt);
    pair_time(out, "lastStatus", record->callback_status);
    json_pair_text(out, "lastError", record->callback_error);
    json_object_end(out);
}

void
queue_record_json(struct json_out *out, const struct queue_record *record, uint32_t max_attempts, bool is_whole)
{
    json_object(out);
    json_pair_text(out, "id", record->id);
    json_pair_text(out, "function", record->fn);
    json_pair_text(out, "queue", record->queue);
    json_pair_text(out, "stage", record->stage);
    json_pair_text(out, "state", record->state);
    json_pair_int(out, "attempt", record->attempt);
    json_pair_int(out, "maxAttempts", max_attempts);
    json_pair_int(out, "createdAt", record->created_ns / 1000000);
    pair_time(out, "startedAt", record->started);
    pair_time(out, "finishedAt", record->finished);
    pair_time(out, "nextAttemptAt", record->due);
    pair_time(out, "status", record->status);
    json_pair_text(out, "error", record->error);
    pair_time(out, "durationUs", record->duration_us);
    put_callback(out, record);
    if (is_whole) {
        json_name(out, "attempts");
        json_array(out);
        if (record->history[0])
            json_put_raw(out, str_of(record->history));
        json_array_end(out);
    }
    json_pair_int(out, "cursor", record->seq);
    json_object_end(out);
}

/* ---- queues */

/* What is known of one function of one queue: rows are in order, so its own lie together. */
static size_t
put_lane(struct json_out *out, const struct queue_counts *counts, size_t first)
{
    const char *queue = counts->rows[first].queue, *fn = counts->rows[first].fn;
    int64_t now = clock_wall_ms(), oldest = 0, queued = 0, retrying = 0, running = 0, dead = 0;
    size_t i = first;

    for (; i < counts->count && strcmp(counts->rows[i].fn, fn) == 0 && strcmp(counts->rows[i].queue, queue) == 0; i++) {
        const struct queue_count *row = &counts->rows[i];

        if (strcmp(row->kind, "dead") == 0)
            dead = row->count;
        else if (strcmp(row->kind, "running") == 0)
            running = row->count;
        else if (strcmp(row->kind, "retrying") == 0)
            retrying = row->count;
        else
            queued += row->count;
        if (strcmp(row->kind, "waiting") == 0 && row->oldest && row->oldest < now)
            oldest = (now - row->oldest) / 1000;
    }
    json_object(out);
    json_pair_text(out, "function", fn[0] ? fn : NULL);
    json_pair_int(out, "queued", queued - retrying);
    json_pair_int(out, "retrying", retrying);
    json_pair_int(out, "running", running);
    json_pair_int(out, "dead", dead);
    json_pair_int(out, "oldestSeconds", oldest);
    json_object_end(out);
    return i;
}

static int64_t
paused_since(const struct queue_counts *counts, const char *queue)
{
    for (size_t i = 0; i < counts->paused_count; i++)
        if (strcmp(counts->paused[i].queue, queue) == 0)
            return counts->paused[i].since;
    return 0;
}

/* Returns the first row of another queue. */
static size_t
put_queue(struct json_out *out, const struct queue_counts *counts, const char *queue, size_t first)
{
    json_object(out);
    json_pair_text(out, "name", queue);
    json_pair_bool(out, "isPaused", paused_since(counts, queue) != 0);
    pair_time(out, "pausedSince", paused_since(counts, queue));
    json_name(out, "functions");
    json_array(out);
    while (first < counts->count && strcmp(counts->rows[first].queue, queue) == 0)
        first = put_lane(out, counts, first);
    json_array_end(out);
    json_object_end(out);
    return first;
}

static bool
has_rows(const struct queue_counts *counts, const char *queue)
{
    for (size_t i = 0; i < counts->count; i++)
        if (strcmp(counts->rows[i].queue, queue) == 0)
            return true;
    return false;
}

static bool
is_named(const struct queue_counts *counts, const char *queue)
{
    for (size_t i = 0; i < counts->name_count; i++)
        if (strcmp(counts->names[i], queue) == 0)
            return true;
    return false;
}

bool
queue_counts_know(const struct queue_counts *counts, const char *queue)
{
    return is_named(counts, queue) || has_rows(counts, queue) || paused_since(counts, queue);
}

static void
put_callbacks(struct json_out *out, const struct queue_counts *counts)
{
    json_object(out);
    json_pair_text(out, "name", "callbacks");
    json_pair_bool(out, "isPaused", false);
    json_pair_int(out, "waiting", counts->callbacks);
    pair_time(out, "nextAttemptAt", counts->callback_due);
    json_object_end(out);
}

void
queue_counts_json(struct json_out *out, const struct queue_counts *counts)
{
    json_object(out);
    json_name(out, "queues");
    json_array(out);
    for (size_t i = 0; i < counts->name_count; i++)
        if (!has_rows(counts, counts->names[i]))
            put_queue(out, counts, counts->names[i], counts->count);
    for (size_t i = 0; i < counts->paused_count; i++)
        if (!is_named(counts, counts->paused[i].queue) && !has_rows(counts, counts->paused[i].queue))
            put_queue(out, counts, counts->paused[i].queue, counts->count);
    for (size_t i = 0; i < counts->count;)
        i = put_queue(out, counts, counts->rows[i].queue, i);
    put_callbacks(out, counts);
    json_array_end(out);
    json_object_end(out);
}
