/* SPDX-License-Identifier: MIT */
/* Settings of services for the queue (async_service.h). */
#include "function/async_service.h"

#include "base/buf.h"
#include "queue/settings.h"

enum { MAX_ALLOW = 16 << 10 };

static void
set_retry(struct retry_policy *retry, const struct service_async *async)
{
    if (async->retries >= 0)
        retry->retries = (uint32_t)async->retries;
    if (async->min_wait_ms >= 0)
        retry->min_wait_ms = async->min_wait_ms;
    if (async->max_wait_ms >= 0)
        retry->max_wait_ms = async->max_wait_ms;
    if (async->max_age_ms >= 0)
        retry->max_age_ms = async->max_age_ms;
    if (async->backoff >= 0)
        retry->backoff = (enum retry_backoff)async->backoff;
    if (!async->code_count)
        return;
    retry->code_count = async->code_count;
    memcpy(retry->codes, async->codes, async->code_count * sizeof *retry->codes);
}

/* As CALLBACK_ALLOW has it: separated by commas. */
static void
join(const struct service_texts *texts, struct buf *out)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (i)
            buf_char(out, ',');
        buf_str(out, texts->items[i]);
    }
}

static void
configure(const struct service *service, const struct service_function *function)
{
    struct queue_function_settings settings = queue_server_settings();
    const struct service_async *async = &function->async;
    struct buf allow;

    buf_init(&allow, MAX_ALLOW);
    join(&async->callback_allow, &allow);
    settings.name = function->key;
    settings.stage = service->stage;
    set_retry(&settings.retry, async);
    if (async->queue)
        settings.queue = async->queue;
    if (async->max_inflight > 0)
        settings.max_inflight = (uint32_t)async->max_inflight;
    if (async->timeout_ms > 0)
        settings.timeout_ms = (uint32_t)async->timeout_ms;
    if (async->callback_retries >= 0)
        settings.callback_retries = (uint32_t)async->callback_retries;
    if (allow.len && !allow.over)
        settings.callback_allow = buf_text(&allow);
    if (async->callback_secret)
        settings.callback_secret = async->callback_secret;
    settings.reads_callback_from_query = async->reads_callback_from_query;
    settings.calls_back_on_cancel = async->calls_back_on_cancel;
    settings.dead_letter_queue = async->dead_letter_queue;
    settings.success_queue = async->success_queue;
    queue_configure(function->name, &settings);
    buf_fini(&allow);
}

static void
consume(const struct service *service, const struct service_function *function, const struct service_sqs *sqs)
{
    queue_consume(sqs->queue, &(struct queue_consumer){ .fn = function->name,
                                                        .region = service->region,
                                                        .batch_size = sqs->batch_size ? sqs->batch_size : 1,
                                                        .window_ms = (int64_t)sqs->window_s * 1000,
                                                        .reports_failures = sqs->reports_failures,
                                                        .filter_patterns = sqs->filter_patterns });
}

void
async_service_added(const struct service *service)
{
    for (size_t i = 0; i < service->function_count; i++) {
        const struct service_function *function = &service->functions[i];

        configure(service, function);
        for (size_t j = 0; j < function->sqs_count; j++)
            if (function->sqs[j].is_enabled)
                consume(service, function, &function->sqs[j]);
    }
}

void
async_service_removed(const struct service *service)
{
    for (size_t i = 0; i < service->function_count; i++) {
        const struct service_function *function = &service->functions[i];

        for (size_t j = 0; j < function->sqs_count; j++)
            queue_unconsume(function->sqs[j].queue, function->name);
        queue_configure(function->name, NULL);
    }
}
