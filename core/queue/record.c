/* SPDX-License-Identifier: MIT */
/* Rows of calls, for people (record.h). */
#include "queue/record.h"

#include <stdio.h>

#include "base/clock.h"
#include "queue/query.h"

static const char queue_name[] = "default";

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
        .callback_url = row_text(rows, i, 14),
        .callback_state = row_text(rows, i, 15),
        .callback_attempt = (uint32_t)row_int(rows, i, 16),
        .callback_status = (uint32_t)row_int(rows, i, 17),
        .callback_error = row_text(rows, i, 18),
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
queue_record_get(struct store *store, struct arena *arena, const char *id, struct queue_record **record,
                 struct err *err)
{
    struct store_rows rows;

    return STORE_READ(store, arena, &rows, err, SQL_RECORD_GET, v_text(id)) && fill(arena, &rows, record, err);
}

bool
queue_record_list(struct store *store, struct arena *arena, const struct queue_filter *filter,
                  struct queue_record **records, size_t *count, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_RECORD_LIST, v_text(filter->fn), v_text(filter->state),
                    v_int(filter->before ? filter->before : INT64_MAX), v_int(filter->limit)))
        return false;
    *count = rows.count;
    return fill(arena, &rows, records, err);
}

bool
queue_record_result(struct store *store, struct arena *arena, int64_t seq, struct queue_message **result,
                    struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_RECORD_RESULT, v_int(seq)))
        return false;
    *result = rows.count ? arena_alloc(arena, sizeof **result) : NULL;
    if (*result)
        **result = (struct queue_message){ row_str(&rows, 0, 0), (uint32_t)row_int(&rows, 0, 1), row_str(&rows, 0, 2) };
    return records_fit(*result, &rows, err);
}

bool
queue_record_counts(struct store *store, struct arena *arena, struct queue_counts *counts, struct err *err)
{
    struct store_rows rows;

    *counts = (struct queue_counts){ 0 };
    if (!store_read(store, arena, &rows, err, SQL_RECORD_STATS, NULL, 0))
        return false;
    counts->count = rows.count;
    counts->rows = rows.count ? arena_alloc(arena, rows.count * sizeof *counts->rows) : NULL;
    for (size_t i = 0; counts->rows && i < rows.count; i++)
        counts->rows[i] = (struct queue_count){ row_text(&rows, i, 0), row_text(&rows, i, 1), row_int(&rows, i, 2),
                                                row_int(&rows, i, 3) };
    if (!records_fit(counts->rows, &rows, err) ||
        !store_read(store, arena, &rows, err, SQL_RECORD_CALLBACK_STATS, NULL, 0))
        return false;
    counts->callbacks = row_int(&rows, 0, 0);
    counts->callback_due = row_int(&rows, 0, 1);
    if (!STORE_READ(store, arena, &rows, err, SQL_PAUSED_GET, v_text(queue_name)))
        return false;
    counts->paused_since = rows.count ? row_int(&rows, 0, 0) : 0;
    return true;
}

/* ---- changing */

enum store_verdict
queue_record_cancel(struct store *store, int64_t seq, struct err *err)
{
    struct store_write *write = store_write_new();

    STORE_ADD(write, SQL_RECORD_CANCEL, STORE_ONE, v_int(seq), v_int(clock_wall_ms()));
    STORE_ADD(write, SQL_REQUEST_DROP, STORE_ANY, v_int(seq));
    return store_write_wait(store, write, err);
}

enum store_verdict
queue_record_retry(struct store *store, int64_t seq, struct err *err)
{
    struct store_write *write = store_write_new();

    STORE_ADD(write, SQL_RECORD_RETRY, STORE_ONE, v_int(seq), v_int(clock_wall_ms()));
    STORE_ADD(write, SQL_RECORD_FORGET_OUTCOME, STORE_ANY, v_int(seq));
    return store_write_wait(store, write, err);
}

bool
queue_record_many(struct store *store, enum queue_many what, const char *fn, int64_t *count, int64_t *bytes,
                  struct err *err)
{
    static const unsigned totals[] = { SQL_RECORD_DEAD_TOTALS, SQL_RECORD_DEAD_TOTALS, SQL_RECORD_WAITING_TOTALS };
    struct store_write *write = store_write_new();
    struct store_rows rows;
    struct arena arena;
    bool is_ok;

    arena_init(&arena, 0);
    is_ok = STORE_READ(store, &arena, &rows, err, totals[what], v_text(fn));
    *count = is_ok ? row_int(&rows, 0, 0) : 0;
    *bytes = is_ok ? row_int(&rows, 0, 1) : 0;
    arena_fini(&arena);
    if (!is_ok) {
        store_write_free(write);
        return false;
    }
    if (what == QUEUE_PURGE) {
        STORE_ADD(write, SQL_RECORD_PURGE, STORE_ANY, v_text(fn), v_int(clock_wall_ms()));
    } else if (what == QUEUE_DELETE_DEAD) {
        STORE_ADD(write, SQL_RECORD_DEAD_DELETE, STORE_ANY, v_text(fn));
    } else {
        STORE_ADD(write, SQL_RECORD_DEAD_FORGET_OUTCOMES, STORE_ANY, v_text(fn));
        STORE_ADD(write, SQL_RECORD_DEAD_RETRY, STORE_ANY, v_text(fn), v_int(clock_wall_ms()));
    }
    return store_write_wait(store, write, err) == STORE_DONE;
}

bool
queue_record_pause(struct store *store, bool is_paused, struct err *err)
{
    struct store_write *write = store_write_new();

    if (is_paused)
        STORE_ADD(write, SQL_PAUSE, STORE_ANY, v_text(queue_name), v_int(clock_wall_ms()));
    else
        STORE_ADD(write, SQL_RESUME, STORE_ANY, v_text(queue_name));
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
    at = memchr(host, '@', (size_t)(path - host));
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
    json_pair_text(out, "queue", queue_name);
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

static void
put_lanes(struct json_out *out, const struct queue_counts *counts)
{
    int64_t now_ns = clock_wall_ms() * 1000000;

    json_name(out, "functions");
    json_array(out);
    for (size_t i = 0; i < counts->count;) {
        const char *fn = counts->rows[i].fn;
        int64_t oldest_ns = INT64_MAX;

        json_object(out);
        json_pair_text(out, "function", fn);
        for (; i < counts->count && strcmp(counts->rows[i].fn, fn) == 0; i++) {
            const struct queue_count *row = &counts->rows[i];

            json_pair_int(out, row->state, row->count);
            if (strcmp(row->state, "dead") != 0 && row->oldest_ns < oldest_ns)
                oldest_ns = row->oldest_ns;
        }
        json_pair_int(out, "oldestSeconds", oldest_ns < now_ns ? (now_ns - oldest_ns) / 1000000000 : 0);
        json_object_end(out);
    }
    json_array_end(out);
}

void
queue_counts_json(struct json_out *out, const struct queue_counts *counts)
{
    json_object(out);
    json_name(out, "queues");
    json_array(out);
    json_object(out);
    json_pair_text(out, "name", queue_name);
    json_pair_bool(out, "isPaused", counts->paused_since != 0);
    pair_time(out, "pausedSince", counts->paused_since);
    put_lanes(out, counts);
    json_object_end(out);
    json_object(out);
    json_pair_text(out, "name", "callbacks");
    json_pair_bool(out, "isPaused", false);
    json_pair_int(out, "waiting", counts->callbacks);
    pair_time(out, "nextAttemptAt", counts->callback_due);
    json_object_end(out);
    json_array_end(out);
    json_object_end(out);
}
