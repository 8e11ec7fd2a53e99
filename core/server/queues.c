/* SPDX-License-Identifier: MIT */
/* Wiring of core/queue (queues.h). */
#include "server/queues.h"

#include <stdio.h>
#include <stdlib.h>

#include "function/call.h"
#include "loop/outgoing.h"
#include "queue/callback.h"
#include "queue/dispatch.h"

bool
queues_open(const struct config *config, const char *organization_id, struct err *err)
{
    struct queue_settings settings = {
        .organization_id = organization_id,
        .max_inflight = (uint32_t)config->async_inflight,
        .max_function_inflight = (uint32_t)config->async_function_inflight,
        .max_depth = config->async_depth,
        .max_bytes = config->async_bytes,
        .max_body_bytes = config->async_body,
        .dedup_window_ms = config->async_dedup_ms,
        .retention_ms = config->async_retention_ms,
        .dead_retention_ms = config->async_dead_retention_ms,
        .retry = { .retries = (uint32_t)config->async_retries,
                   .min_wait_ms = config->async_min_wait_ms,
                   .max_wait_ms = config->async_max_wait_ms,
                   .max_age_ms = config->async_max_age_ms },
        .callback_allow = config->callback_allow,
        .callback_secret = config->callback_secret,
        .callback_retries = (uint32_t)config->callback_retries,
        .cancel_grace_ms = config->async_cancel_grace_ms,
        .app_url = config->app_url,
        .allows_loopback = config->is_dev,
    };
    char *path = NULL;
    bool is_open;

    if (!retry_backoff_parse(config->async_backoff, &settings.retry.backoff, err) ||
        !retry_codes_parse(config->async_codes, &settings.retry, err))
        return false;
    if (asprintf(&path, "%s/queue.db", config->data) < 0)
        return err_set(err, "out of memory");
    settings.path = path;
    is_open = queue_open(&settings, err) && outgoing_start(err);
    free(path);
    return is_open;
}

void
queues_start(void)
{
    queue_count_kept();
    queue_dispatch_start(&function_runner);
}

void
queues_stop(void)
{
    queue_dispatch_stop();
    callbacks_stop();
}

bool
queues_are_idle(void)
{
    return queue_dispatch_is_idle();
}

void
queues_close(void)
{
    outgoing_stop();
    queue_close();
}
