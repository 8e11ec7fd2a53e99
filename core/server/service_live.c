/* SPDX-License-Identifier: MIT */
/* What is live (service_live.h). */
#include "server/service_live.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "function/call.h"
#include "function/keys.h"
#include "host/native.h"
#include "host/prepare.h"
#include "queue/settings.h"

static void on_clash(struct live_service *live, const char *message);

static struct {
    struct live_service live;  /* .service NULL: nothing is */
    struct version **previous; /* of each function; NULL: none */
} self = { .live = { .link = { &self.live.link, &self.live.link }, .clash = on_clash } };

static void
on_clash(struct live_service *live, const char *message)
{
    if (!problem_exists(native_problems(), PROBLEM_CLASH, live->service->name))
        fprintf(stderr, "%s\n", message);
    problem_set(native_problems(), PROBLEM_CLASH, live->service->name, NULL, true, STR(""), message);
}

static size_t
index_of(const char *key)
{
    const struct service *service = self.live.service;
    size_t i = 0;

    while (service && i < service->function_count && strcmp(service->functions[i].key, key) != 0)
        i++;
    return service && i < service->function_count ? i : SIZE_MAX;
}

struct version *
service_live_version(const char *key, const char *symbol, uint32_t *slot)
{
    size_t i = index_of(key);
    struct version *version = i == SIZE_MAX ? NULL : self.live.versions[i];
    struct err err;

    return version && prepare_find_symbol(version, symbol, slot, &err) ? version : NULL;
}

/* ---- who else has to know */

static const char *
joined(struct arena *arena, const struct service_texts *texts)
{
    const char *text = "";

    for (size_t i = 0; i < texts->count; i++)
        text = arena_printf(arena, "%s%s%s", text, i ? "," : "", texts->items[i]);
    return text;
}

static void
take_number(int64_t value, uint32_t *into)
{
    if (value != SERVICE_UNSET)
        *into = (uint32_t)value;
}

static void
take_time(int64_t value, int64_t *into)
{
    if (value != SERVICE_UNSET)
        *into = value;
}

static void
configure(const struct service *service, const struct service_function *function)
{
    struct queue_function_settings settings = queue_server_settings();
    const struct service_async *async = &function->async;
    struct arena arena;

    arena_init(&arena, 0);
    settings.stage = service->stage;
    if (async->queue)
        settings.queue = async->queue;
    take_number(async->max_inflight, &settings.max_inflight);
    take_number(async->timeout_ms, &settings.timeout_ms);
    take_number(async->retries, &settings.retry.retries);
    take_time(async->min_wait_ms, &settings.retry.min_wait_ms);
    take_time(async->max_wait_ms, &settings.retry.max_wait_ms);
    take_time(async->max_age_ms, &settings.retry.max_age_ms);
    if (async->backoff != SERVICE_UNSET)
        settings.retry.backoff = (enum retry_backoff)async->backoff;
    if (async->code_count) {
        memcpy(settings.retry.codes, async->codes, sizeof settings.retry.codes);
        settings.retry.code_count = async->code_count;
    }
    take_number(async->callback_retries, &settings.callback_retries);
    if (async->callback_allow.count)
        settings.callback_allow = joined(&arena, &async->callback_allow);
    if (async->callback_secret)
        settings.callback_secret = async->callback_secret;
    settings.reads_callback_from_query = async->reads_callback_from_query;
    settings.calls_back_on_cancel = async->calls_back_on_cancel;
    settings.dead_letter_queue = async->dead_letter_queue;
    settings.success_queue = async->success_queue;
    queue_configure(function->name, &settings);
    for (size_t i = 0; i < function->sqs_count; i++) {
        const struct service_sqs *sqs = &function->sqs[i];

        queue_consume(sqs->queue, sqs->is_enabled
                                      ? &(struct queue_consumer){ .fn = function->name,
                                                                  .region = service->region,
                                                                  .account = "000000000000",
                                                                  .batch_size = sqs->batch_size,
                                                                  .window_ms = (int64_t)sqs->window_s * 1000,
                                                                  .reports_failures = sqs->reports_failures,
                                                                  .filter_patterns = sqs->filter_patterns }
                                      : NULL);
    }
    arena_fini(&arena);
}

static void
withdraw(const struct service *service)
{
    for (size_t i = 0; i < service->function_count; i++) {
        for (size_t k = 0; k < service->functions[i].sqs_count; k++)
            queue_consume(service->functions[i].sqs[k].queue, NULL);
        queue_configure(service->functions[i].name, NULL);
    }
}

static void
on_keys(void *arg, const struct key_shown *shown, size_t count, const struct err *err)
{
    (void)arg;
    if (err && err->text[0])
        log_error("service", "its keys could not be stored: %s", err->text);
    for (size_t i = 0; i < count; i++)
        if (shown[i].value)
            printf("api key: %s: %s\n", shown[i].name ? shown[i].name : "(without a name)", shown[i].value);
    fflush(stdout);
}

static void
tell_others(struct service *before, struct service *now)
{
    if (before && before != now)
        withdraw(before);
    if (!now || before == now)
        return;
    for (size_t i = 0; i < now->function_count; i++)
        configure(now, &now->functions[i]);
    keys_sync(now, on_keys, NULL);
}

/* ---- the switch */

static bool
is_in(const struct version *version, struct version *const *versions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (versions[i] == version)
            return true;
    return false;
}

static void
put_all(struct version **versions, size_t count)
{
    for (size_t i = 0; versions && i < count; i++)
        if (versions[i])
            version_put(versions[i]);
    free(versions);
}

/* What equals the version that serves is replaced by it; what does not remembers it. */
static struct version **
settle(struct service *service, struct version **versions, bool *has_new)
{
    struct version **previous = mem_alloc((service->function_count + 1) * sizeof(struct version *));

    for (size_t i = 0; i < service->function_count; i++) {
        size_t at = index_of(service->functions[i].key);
        struct version *before = at == SIZE_MAX ? NULL : self.live.versions[at];

        if (!versions[i] || !before) {
            if (versions[i]) {
                native_publish(versions[i]);
                *has_new = true;
            }
        } else if (versions[i] == before || version_is_same(versions[i], before)) {
            version_put(versions[i]);
            versions[i] = version_get(before);
            previous[i] = self.previous[at] ? version_get(self.previous[at]) : NULL;
        } else {
            native_publish(versions[i]);
            previous[i] = version_get(before);
            *has_new = true;
        }
    }
    return previous;
}

void
service_live_set(struct service *service, struct version **versions, uint32_t *slots, bool with_stage)
{
    struct live_service old = self.live;
    bool has_new = old.service != service;
    struct version **previous = settle(service, versions, &has_new);
    struct version **old_previous = self.previous;

    self.live.service = service_get(service);
    self.live.versions = versions;
    self.live.slots = slots;
    self.live.with_stage = with_stage;
    self.previous = previous;
    functions_serve(&self.live);
    tell_others(old.service, service);
    if (has_new)
        log_info("service", "%s (%s) is live", service->name, service->stage);
    for (size_t i = 0; old.service && i < old.service->function_count; i++)
        if (old.versions[i] && !is_in(old.versions[i], versions, service->function_count))
            native_retire(old.versions[i]);
    if (!old.service)
        return;
    put_all(old.versions, old.service->function_count);
    put_all(old_previous, old.service->function_count);
    free(old.slots);
    service_put(old.service);
}

void
service_live_end(void)
{
    struct live_service old = self.live;

    if (!old.service)
        return;
    functions_withdraw(&self.live);
    withdraw(old.service);
    for (size_t i = 0; i < old.service->function_count; i++)
        if (old.versions[i])
            native_retire(old.versions[i]);
    put_all(old.versions, old.service->function_count);
    put_all(self.previous, old.service->function_count);
    free(old.slots);
    service_put(old.service);
    self.live.service = NULL;
    self.live.versions = NULL;
    self.live.slots = NULL;
    self.previous = NULL;
}

const struct service_function *
service_live_fall_back(const struct version *bad)
{
    struct service *service = self.live.service;
    struct err err;

    for (size_t i = 0; service && i < service->function_count; i++) {
        struct version *good = self.live.versions[i] == bad ? self.previous[i] : NULL;

        if (!good || !prepare_find_symbol(good, service->functions[i].symbol, &self.live.slots[i], &err))
            continue;
        self.previous[i] = NULL;
        version_put(self.live.versions[i]);
        self.live.versions[i] = good; /* takes over the reference */
        functions_changed();
        return &service->functions[i];
    }
    return NULL;
}
