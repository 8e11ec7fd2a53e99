/* SPDX-License-Identifier: MIT */
/* Rows of calls, for people (record.h). */
#include "queue/record.h"

#include <stdlib.h>

#include "base/clock.h"
#include "queue/query.h"
#include "queue/settings.h"

enum { MANY_AT_ONCE = 5000, COUNT_AT_ONCE = 100000 };

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

/* A million calls take a second to count, which no reader may: so many at a time. */
static bool
count_waiting(struct store *store, struct arena *arena, struct queue_count *lane, struct err *err)
{
    int64_t due = INT64_MIN, seq = 0;
    struct store_rows rows;

    for (;;) {
        if (!STORE_READ(store, arena, &rows, err, SQL_RECORD_WAITING_NEXT, v_text(lane->queue), v_text(lane->fn),
                        v_int(due), v_int(seq), v_int(COUNT_AT_ONCE - 1)))
            return false;
        if (!rows.count)
            break;
        lane->count += COUNT_AT_ONCE;
        due = row_int(&rows, 0, 0);
        seq = row_int(&rows, 0, 1);
    }
    if (!STORE_READ(store, arena, &rows, err, SQL_RECORD_WAITING_REST, v_text(lane->queue), v_text(lane->fn),
                    v_int(due), v_int(seq)))
        return false;
    lane->count += row_int(&rows, 0, 0);
    return true;
}

static int
compare(const void *left, const void *right)
{
    const struct queue_count *a = left, *b = right;
    int order = strcmp(a->queue, b->queue);

    return order ? order : strcmp(a->fn, b->fn);
}

/* Everything else first, then what waits; lanes together. */
static bool
read_counts(struct store *store, struct arena *arena, struct queue_counts *counts, struct err *err)
{
    struct store_rows others, lanes;
    bool is_ok = store_read(store, arena, &others, err, SQL_RECORD_STATS, NULL, 0) &&
                 store_read(store, arena, &lanes, err, SQL_CALL_SURVEY, NULL, 0);

    if (!is_ok)
        return false;
    counts->rows = arena_alloc(arena, (others.count + lanes.count + 1) * sizeof *counts->rows);
    if (!records_fit(counts->rows, &others, err) || !records_fit(counts->rows, &lanes, err))
        return false;
    for (size_t i = 0; i < others.count; i++)
        counts->rows[counts->count++] =
            (struct queue_count){ row_text(&others, i, 0), row_text(&others, i, 1), row_text(&others, i, 2),
                                  row_int(&others, i, 3), row_int(&others, i, 4) };
    for (size_t i = 0; is_ok && i < lanes.count; i++) {
        struct queue_count *lane = &counts->rows[counts->count++];

        *lane =
            (struct queue_count){ row_text(&lanes, i, 0), row_text(&lanes, i, 1), "waiting", 0, row_int(&lanes, i, 2) };
        is_ok = count_waiting(store, arena, lane, err);
    }
    qsort(counts->rows, counts->count, sizeof *counts->rows, compare);
    return is_ok;
}

bool
queue_record_counts(struct store *store, struct arena *arena, struct queue_counts *counts, struct err *err)
{
    struct store_rows rows;

    *counts = (struct queue_counts){ 0 };
    counts->names = queue_names(arena, &counts->name_count);
    if (!read_counts(store, arena, counts, err) ||
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
