/* SPDX-License-Identifier: MIT */
/* Settings, limits and the way in (queue.h). */
#include "queue/queue.h"

#include <stdatomic.h>

#include "base/id.h"
#include "base/log.h"
#include "loop/worker.h"
#include "queue/files.h"

enum { COUNT_AT_ONCE = 50000 };

const struct str queue_raw_heads = { "POST\0\0", 7 };

struct queue_settings queue_settings;
const struct queue_engine *queue_engine;
void *queue_engine_data;

static _Atomic int64_t last_seq, depth, bytes;

/* ---- how much there is: counted beside the work, because a million calls take a while to count */

static struct {
    struct message message;
    int64_t last;
} counting;

static void
count_kept(struct message *message)
{
    int64_t count, size;
    struct err err;

    (void)message;
    for (int64_t above = 0; above < counting.last; above += COUNT_AT_ONCE) {
        int64_t last = above + COUNT_AT_ONCE < counting.last ? above + COUNT_AT_ONCE : counting.last;

        if (!queue_engine->totals(queue_engine_data, above, last, &count, &size, &err)) {
            log_warn("queue", "the calls that wait cannot be counted: %s", err.text);
            return;
        }
        queue_enter(count, size);
    }
}

bool
queue_open(const struct queue_settings *settings, struct err *err)
{
    int64_t last = 0;

    queue_settings = *settings;
    queue_engine = &queue_sqlite;
    queue_engine_data = queue_engine->open(settings->path, uuid_format(uuid_v4()).s, &last, err);
    if (!queue_engine_data)
        return false;
    atomic_store(&last_seq, last);
    counting.last = last;
    return true;
}

void
queue_count_kept(void)
{
    if (!worker_post(&counting.message, count_kept))
        count_kept(&counting.message);
}

void
queue_close(void)
{
    if (queue_engine_data)
        queue_engine->close(queue_engine_data);
    queue_engine_data = NULL;
}

struct store *
queue_files(void)
{
    return engine_sqlite_files(queue_engine_data);
}

void
queue_enter(int64_t count, int64_t size)
{
    atomic_fetch_add_explicit(&depth, count, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void
queue_leave(int64_t size)
{
    queue_enter(-1, -size);
}

void
queue_empty(void)
{
    atomic_store(&depth, 0);
    atomic_store(&bytes, 0);
}

int64_t
queue_reserve(struct queue_accept *accept)
{
    accept->bytes = (int64_t)(accept->request.heads.len + accept->request.body.len);
    queue_enter(1, accept->bytes);
    return atomic_fetch_add(&last_seq, 1) + 1;
}

bool
queue_accept(struct queue_batch *batch, struct queue_accept *accept)
{
    int64_t size = (int64_t)(accept->request.heads.len + accept->request.body.len), others, others_size;

    accept->bytes = size;
    accept->dedup_since_ns = accept->created_ns - queue_settings.dedup_window_ms * 1000000;
    others = atomic_fetch_add_explicit(&depth, 1, memory_order_relaxed);
    others_size = atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
    if (others >= queue_settings.max_depth || others_size + size > queue_settings.max_bytes) {
        queue_leave(size);
        return false;
    }
    queue_engine->accept(queue_engine_data, batch, atomic_fetch_add(&last_seq, 1) + 1, accept);
    return true;
}

void
queue_flush(struct queue_batch *batch)
{
    queue_engine->flush(queue_engine_data, batch);
}
