/* SPDX-License-Identifier: MIT */
/* How calls and queues look as JSON (record.h). */
#include <stdio.h>

#include "base/clock.h"
#include "queue/record.h"

/* ---- calls */

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
    json_pair_int_or_null(out, "lastStatus", record->callback_status);
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
    json_pair_int_or_null(out, "startedAt", record->started);
    json_pair_int_or_null(out, "finishedAt", record->finished);
    json_pair_int_or_null(out, "nextAttemptAt", record->due);
    json_pair_int_or_null(out, "status", record->status);
    json_pair_text(out, "error", record->error);
    json_pair_int_or_null(out, "durationUs", record->duration_us);
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
    json_pair_int_or_null(out, "pausedSince", paused_since(counts, queue));
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
    json_pair_int_or_null(out, "nextAttemptAt", counts->callback_due);
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
