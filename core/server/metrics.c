/* SPDX-License-Identifier: MIT */
/*
 * The text format of Prometheus, version 0.0.4. Names are those that people with OpenFaaS dashboards know; what is
 * counted is function/stats.h, queue/count.h, store/commit.h, and the rows of queue.db as they are at the moment.
 */
#include "server/metrics.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "config/value.h"
#include "function/stats.h"
#include "http/call.h"
#include "loop/worker.h"
#include "queue/count.h"
#include "queue/queue.h"
#include "queue/record.h"

enum { LISTENER = 1, MAX_TEXT = 32 << 20, LIMIT_MS = 30 * 1000 };

bool
metrics_listen(struct http_server *server, const char *addresses, struct err *err)
{
    struct address address;

    for (const char *rest = addresses; address_next(&rest, &address);)
        if (!http_server_listen(server,
                                &(struct http_listen){ .address = address.host[0] ? address.host : "127.0.0.1",
                                                       .port = address.port,
                                                       .tag = LISTENER },
                                err))
            return false;
    return true;
}

/* ---- lines */

static void
put_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_label(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s=\"", name);
    for (const char *at = value; *at; at++) {
        if (*at == '"' || *at == '\\')
            buf_char(out, '\\');
        if (*at == '\n')
            buf_str(out, "\\n");
        else
            buf_char(out, *at);
    }
    buf_char(out, '"');
}

static void
put_count(struct buf *out, uint64_t count)
{
    buf_printf(out, "} %llu\n", (unsigned long long)count);
}

/* name{label="value"} count */
static void
put_one(struct buf *out, const char *name, const char *label, const char *value, uint64_t count)
{
    buf_printf(out, "%s{", name);
    put_label(out, label, value);
    put_count(out, count);
}

struct histogram {
    const char *name;
    const char *label, *value; /* NULL: none */
    const uint32_t *bounds;    /* one less than buckets */
    const _Atomic uint64_t *buckets;
    size_t bucket_count;
    double scale; /* of the bounds */
    double sum;
};

static void
put_bucket(struct buf *out, const struct histogram *histogram, size_t i, uint64_t count)
{
    buf_printf(out, "%s_bucket{", histogram->name);
    if (histogram->label) {
        put_label(out, histogram->label, histogram->value);
        buf_char(out, ',');
    }
    if (i + 1 < histogram->bucket_count)
        buf_printf(out, "le=\"%g\"", histogram->bounds[i] * histogram->scale);
    else
        buf_str(out, "le=\"+Inf\"");
    put_count(out, count);
}

static void
put_total(struct buf *out, const struct histogram *histogram, const char *suffix)
{
    buf_printf(out, "%s%s", histogram->name, suffix);
    if (!histogram->label)
        return;
    buf_char(out, '{');
    put_label(out, histogram->label, histogram->value);
    buf_char(out, '}');
}

static void
put_histogram(struct buf *out, const struct histogram *histogram)
{
    uint64_t count = 0;

    for (size_t i = 0; i < histogram->bucket_count; i++) {
        count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        put_bucket(out, histogram, i, count);
    }
    put_total(out, histogram, "_sum");
    buf_printf(out, " %.6f\n", histogram->sum);
    put_total(out, histogram, "_count");
    buf_printf(out, " %llu\n", (unsigned long long)count);
}

/* ---- functions */

#define EACH_FUNCTION(stats) for (const struct function_stats *stats = stats_first(); stats; stats = stats->next)

static void
put_status(struct buf *out, const struct function_stats *stats, unsigned status, uint64_t count)
{
    if (!count)
        return;
    buf_str(out, "gateway_function_invocation_total{");
    put_label(out, "function_name", stats->label);
    buf_printf(out, ",code=\"%u\"", status);
    put_count(out, count);
}

static void
put_functions(struct buf *out)
{
    put_head(out, "gateway_function_invocation_total", "counter", "Calls of functions that ended or were refused");
    EACH_FUNCTION(stats)
    {
        for (size_t i = 0; i < STATS_STATUSES; i++)
            put_status(out, stats, stats->statuses[i].status, stats->statuses[i].count);
        put_status(out, stats, 0, stats->other);
    }
    put_head(out, "gateway_function_invocation_started", "counter", "Calls of functions that began");
    EACH_FUNCTION(stats)
    put_one(out, "gateway_function_invocation_started", "function_name", stats->label, stats->started);
    put_head(out, "gateway_functions_seconds", "histogram", "How long calls of functions took");
    EACH_FUNCTION(stats)
    put_histogram(out, &(struct histogram){ .name = "gateway_functions_seconds",
                                            .label = "function_name",
                                            .value = stats->label,
                                            .bounds = stats_bounds_us,
                                            .buckets = stats->buckets,
                                            .bucket_count = STATS_BUCKETS,
                                            .scale = 1e-6,
                                            .sum = (double)stats->sum_us * 1e-6 });
    put_head(out, "gateway_service_count", "gauge", "1: the function can be called");
    EACH_FUNCTION(stats)
    put_one(out, "gateway_service_count", "function_name", stats->label, stats_is_live(stats));
}

/* ---- queues: what they are like now */

static const char *
label_of(const char *fn)
{
    const struct function_stats *stats = stats_find(fn);

    return stats ? stats->label : fn;
}

static bool
is_same_lane(const struct queue_count *a, const struct queue_count *b)
{
    return strcmp(a->queue, b->queue) == 0 && strcmp(a->fn, b->fn) == 0;
}

/* How many there are of one kind or another, as name{queue_name,function_name}. */
static void
put_rows(struct buf *out, const char *name, const char *help, const struct queue_counts *counts, const char *kind,
         const char *other)
{
    put_head(out, name, "gauge", help);
    for (size_t i = 0; i < counts->count;) {
        const struct queue_count *first = &counts->rows[i];
        uint64_t count = 0;

        for (; i < counts->count && is_same_lane(first, &counts->rows[i]); i++)
            if (strcmp(counts->rows[i].kind, kind) == 0 || strcmp(counts->rows[i].kind, other) == 0)
                count += (uint64_t)counts->rows[i].count;
        buf_printf(out, "%s{", name);
        put_label(out, "queue_name", first->queue);
        buf_char(out, ',');
        put_label(out, "function_name", label_of(first->fn));
        put_count(out, count);
    }
}

static void
put_oldest(struct buf *out, const struct queue_counts *counts)
{
    int64_t now = clock_wall_ms();

    put_head(out, "interlude_async_oldest_seconds", "gauge", "How long the first call that waits has been due");
    for (size_t i = 0; i < counts->count;) {
        const char *queue = counts->rows[i].queue;
        int64_t oldest = now;

        for (; i < counts->count && strcmp(counts->rows[i].queue, queue) == 0; i++)
            if (strcmp(counts->rows[i].kind, "waiting") == 0 && counts->rows[i].oldest < oldest)
                oldest = counts->rows[i].oldest;
        buf_str(out, "interlude_async_oldest_seconds{");
        put_label(out, "queue_name", queue);
        buf_printf(out, "} %.3f\n", (double)(now - oldest) / 1000);
    }
}

/* ---- queues: what has happened since the start */

#define EACH_QUEUE(tally) for (const struct queue_tally *tally = queue_tally_first(); tally; tally = tally->next)

static void
put_tallies(struct buf *out)
{
    put_head(out, "queue_worker_messages_submitted_total", "counter", "Asynchronous calls that were accepted");
    EACH_QUEUE(tally)
    put_one(out, "queue_worker_messages_submitted_total", "queue_name", tally->queue, tally->submitted);
    put_head(out, "queue_worker_messages_processed_total", "counter", "Attempts of asynchronous calls that ended");
    EACH_QUEUE(tally)
    put_one(out, "queue_worker_messages_processed_total", "queue_name", tally->queue, tally->processed);
    put_head(out, "interlude_async_retries_total", "counter", "Attempts that will be followed by another one");
    EACH_QUEUE(tally)
    put_one(out, "interlude_async_retries_total", "queue_name", tally->queue, tally->retries);
    put_head(out, "interlude_async_dead_total", "counter", "Asynchronous calls that became dead letters");
    EACH_QUEUE(tally)
    put_one(out, "interlude_async_dead_total", "queue_name", tally->queue, tally->dead);
    put_head(out, "interlude_async_callbacks_total", "counter", "Deliveries of callbacks");
    put_one(out, "interlude_async_callbacks_total", "result", "delivered", callbacks_delivered);
    put_one(out, "interlude_async_callbacks_total", "result", "retried", callbacks_retried);
    put_one(out, "interlude_async_callbacks_total", "result", "failed", callbacks_failed);
    put_head(out, "queue_worker_nats_reconnect_total", "counter", "Connections to NATS that were made again");
    buf_str(out, "queue_worker_nats_reconnect_total 0\n");
}

static void
put_commits(struct buf *out)
{
    const struct store_commits *commits = store_commits(queue_files());

    put_head(out, "interlude_async_commit_seconds", "histogram",
             "How long transactions of the queue took, to the disk");
    put_histogram(out, &(struct histogram){ .name = "interlude_async_commit_seconds",
                                            .bounds = commit_bounds_us,
                                            .buckets = commits->by_us,
                                            .bucket_count = COMMIT_BUCKETS,
                                            .scale = 1e-6,
                                            .sum = (double)commits->sum_us * 1e-6 });
    put_head(out, "interlude_async_commit_batch", "histogram", "How many writes shared a transaction of the queue");
    put_histogram(out, &(struct histogram){ .name = "interlude_async_commit_batch",
                                            .bounds = commit_bounds_writes,
                                            .buckets = commits->by_writes,
                                            .bucket_count = COMMIT_BUCKETS,
                                            .scale = 1,
                                            .sum = (double)commits->writes });
}

static bool
put_queues(struct buf *out, struct err *err)
{
    struct queue_counts counts;
    struct arena arena;
    bool is_ok;

    arena_init(&arena, 0);
    is_ok = queue_record_counts(queue_files(), &arena, &counts, err);
    if (is_ok) {
        put_rows(out, "queue_worker_pending_messages", "Asynchronous calls that wait", &counts, "waiting", "held");
        put_rows(out, "queue_worker_function_invocation_inflight", "Asynchronous calls that run", &counts, "running",
                 "");
        put_oldest(out, &counts);
    }
    arena_fini(&arena);
    return is_ok;
}

/* ---- the request */

struct scrape {
    struct message message;
    struct http_call *http;
};

static void
answer(struct message *message)
{
    struct scrape *scrape = container_of(message, struct scrape, message);
    struct err err = { "they are too long" };
    struct buf out;

    buf_init(&out, MAX_TEXT);
    put_functions(&out);
    put_tallies(&out);
    put_commits(&out);
    if (put_queues(&out, &err) && !out.over)
        http_call_respond(scrape->http,
                          &(struct http_response){ .status = 200,
                                                   .content_type = STR("text/plain; version=0.0.4; charset=utf-8"),
                                                   .body = buf_view(&out),
                                                   .is_own = true });
    else
        http_call_problem(scrape->http, 503, err.text);
    buf_fini(&out);
    free(scrape);
}

static void
on_metrics(struct http_request *request, void *arg)
{
    struct scrape *scrape = mem_alloc(sizeof *scrape);

    (void)arg;
    scrape->http = http_hold(request, LIMIT_MS, NULL, NULL);
    if (worker_post(&scrape->message, answer))
        return;
    http_call_problem(scrape->http, 503, "The server is busy. Try again in a moment.");
    free(scrape);
}

static void
on_anything(struct http_request *request, void *arg)
{
    (void)arg;
    http_problem(request, 404, "Only /metrics is here.");
}

void
metrics_init(struct http_server *server)
{
    http_server_route(
        server,
        &(struct http_route){ .path = "/metrics", .methods = HTTP_GET, .listener = LISTENER, .handler = on_metrics });
    http_server_route(server, &(struct http_route){ .path = "/", .listener = LISTENER, .handler = on_anything });
}
