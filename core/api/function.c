/* SPDX-License-Identifier: MIT */
/* GET /api/v1/functions: what answers where, and how it did in the last hour. On control, which owns the table. */
#include "api/api.h"
#include "function/call.h"
#include "function/schedule.h"
#include "function/stats.h"

/* The bound of the bucket in which that part of all durations ends. */
static int64_t
percentile_us(const struct function_stats *stats, unsigned percent)
{
    uint64_t counts[STATS_BUCKETS], all = 0, seen = 0;

    for (size_t i = 0; i < STATS_BUCKETS; i++)
        all += counts[i] = atomic_load_explicit(&stats->buckets[i], memory_order_relaxed);
    for (size_t i = 0; i < STATS_BUCKETS - 1; i++) {
        seen += counts[i];
        if (all && seen * 100 >= all * percent)
            return stats_bounds_us[i];
    }
    return all ? stats_bounds_us[STATS_BUCKETS - 2] : 0;
}

/* Those in which something ran: most functions are idle most of the time, and browsers ask every two seconds. */
static void
put_minutes(struct json_out *out, const struct function_stats *stats)
{
    struct stats_sample samples[STATS_MINUTES];

    stats_minutes(stats, samples, STATS_MINUTES);
    json_name(out, "minutes");
    json_array(out);
    for (size_t i = 0; i < STATS_MINUTES; i++) {
        if (samples[i].count == 0)
            continue;
        json_object(out);
        json_pair_int(out, "ago", (int64_t)(STATS_MINUTES - 1 - i));
        json_pair_int(out, "count", samples[i].count);
        json_pair_int(out, "errors", samples[i].errors);
        json_pair_int(out, "sumUs", (int64_t)samples[i].sum_us);
        json_object_end(out);
    }
    json_array_end(out);
}

static void
put_stats(struct json_out *out, const struct function_stats *stats)
{
    int64_t ended = (int64_t)atomic_load_explicit(&stats->ended, memory_order_relaxed);
    int64_t started = (int64_t)atomic_load_explicit(&stats->started, memory_order_relaxed);

    json_pair_int(out, "inFlight", started > ended ? started - ended : 0);
    json_pair_int(out, "calls", ended);
    json_pair_int(out, "errors", (int64_t)atomic_load_explicit(&stats->errors, memory_order_relaxed));
    json_pair_int(out, "p50Us", percentile_us(stats, 50));
    json_pair_int(out, "p95Us", percentile_us(stats, 95));
    put_minutes(out, stats);
}

static void
put_endpoint(void *arg, const struct endpoint *endpoint, const char *url)
{
    struct json_out *out = arg;

    json_object(out);
    json_pair_text(out, "method", endpoint->method);
    json_pair_text(out, "url", url);
    json_pair_bool(out, "isPrivate", endpoint->is_private);
    json_pair_bool(out, "isAsync", endpoint->is_async);
    json_object_end(out);
}

struct schedules_of {
    struct json_out *out;
    const char *fn;
};

static void
put_schedule(void *arg, const struct schedule_view *view)
{
    const struct schedules_of *wanted = arg;
    struct json_out *out = wanted->out;

    if (strcmp(view->fn, wanted->fn) != 0)
        return;
    json_object(out);
    json_pair_text(out, "name", view->name);
    json_pair_text(out, "expression", view->expression);
    json_pair_text(out, "timezone", view->timezone);
    json_pair_bool(out, "isEnabled", view->is_enabled);
    json_pair_int_or_null(out, "next", view->next);
    json_pair_int(out, "skipped", view->skipped);
    json_object_end(out);
}

/* The queues whose messages it takes. */
static void
put_queues(struct json_out *out, const struct service_function *declared)
{
    json_name(out, "queues");
    json_array(out);
    for (size_t i = 0; declared && i < declared->sqs_count; i++)
        json_put_text(out, declared->sqs[i].queue);
    json_array_end(out);
}

static void
put_function(void *arg, const struct function *function)
{
    struct json_out *out = arg;
    const struct service *service = function->service;

    json_object(out);
    json_pair_text(out, "name", function->name);
    json_pair_text(out, "key", function->key);
    json_pair_text(out, "service", service ? service->name : NULL);
    json_pair_text(out, "stage", service ? service->stage : NULL);
    json_pair_text(out, "description",
                   function->declared && function->declared->description[0] ? function->declared->description : NULL);
    json_pair_bool(out, "isLive", function->target != NULL);
    json_name(out, "endpoints");
    json_array(out);
    function_endpoints(function, put_endpoint, out);
    json_array_end(out);
    json_name(out, "schedules");
    json_array(out);
    schedules_each(put_schedule, &(struct schedules_of){ out, function->name });
    json_array_end(out);
    put_queues(out, function->declared);
    put_stats(out, function->stats);
    json_object_end(out);
}

static bool
list_functions(struct api_call *call, struct err *err)
{
    if (!api_own_functions(call, READ_DEV_TRANSACTIONS, err))
        return false;
    json_object(&call->json);
    json_name(&call->json, "functions");
    json_array(&call->json);
    functions_each(put_function, &call->json);
    json_array_end(&call->json);
    json_object_end(&call->json);
    return true;
}

const struct api_row api_function_rows[] = {
    { HTTP_GET, "/api/v1/functions", API_CONTROL, API_SIGNED_IN, list_functions },
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
