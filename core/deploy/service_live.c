/* SPDX-License-Identifier: MIT */
/* What is live (service_live.h). */
#include "deploy/service_live.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "function/async_service.h"
#include "function/call.h"
#include "function/journal.h"
#include "function/schedule.h"
#include "host/native.h"
#include "host/prepare.h"

struct service_live {
    struct live_service live;  /* .service NULL: nothing is */
    struct version **previous; /* of each function; NULL: none */
    struct version **bad;      /* that fell back to what is live: not published again; NULL: none */
    keys_synced *on_keys;
    void *arg;
};

static void
on_clash(struct live_service *live, const char *message)
{
    if (!problem_exists(native_problems(), PROBLEM_CLASH, live->service->name))
        fprintf(stderr, "%s\n", message);
    problem_set(native_problems(), PROBLEM_CLASH, live->service->name, NULL, true, STR(""), message);
}

struct service_live *
service_live_new(keys_synced *on_keys, void *arg)
{
    struct service_live *self = mem_alloc(sizeof *self);

    list_init(&self->live.link);
    self->live.clash = on_clash;
    self->on_keys = on_keys;
    self->arg = arg;
    return self;
}

struct service *
service_live_service(const struct service_live *self)
{
    return self->live.service;
}

static size_t
index_of(const struct service_live *self, const char *key)
{
    const struct service *service = self->live.service;
    size_t i = 0;

    while (service && i < service->function_count && strcmp(service->functions[i].key, key) != 0)
        i++;
    return service && i < service->function_count ? i : SIZE_MAX;
}

struct version *
service_live_version(const struct service_live *self, const char *key, const char *symbol, uint32_t *slot)
{
    size_t i = index_of(self, key);
    struct version *version = i == SIZE_MAX ? NULL : self->live.versions[i];
    struct err err;

    return version && prepare_find_symbol(version, symbol, slot, &err) ? version : NULL;
}

/* ---- who else has to know */

static void
tell_others(const struct service_live *self, struct service *before, struct service *now)
{
    if (before && before != now) {
        async_service_removed(before);
        schedules_remove(before->name, before->stage);
    }
    if (!now || before == now)
        return;
    async_service_added(now);
    for (size_t i = 0; i < now->function_count; i++)
        journal_configure(journal_of(now->functions[i].name), now->log_retention_days, now->functions[i].memory_mb);
    schedules_set(now);
    keys_sync(now, self->on_keys, self->arg);
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
static void
settle(const struct service_live *self, struct service *service, struct version **versions, struct version **previous,
       struct version **bad, bool *has_new)
{
    for (size_t i = 0; i < service->function_count; i++) {
        size_t at = index_of(self, service->functions[i].key);
        struct version *before = at == SIZE_MAX ? NULL : self->live.versions[at];
        struct version *crashed = at == SIZE_MAX ? NULL : self->bad[at];

        if (versions[i] && before && crashed && version_is_same(versions[i], crashed)) {
            version_put(versions[i]);
            versions[i] = version_get(before);
        }
        if (!versions[i] || !before) {
            if (versions[i]) {
                native_publish(versions[i]);
                *has_new = true;
            }
        } else if (versions[i] == before || version_is_same(versions[i], before)) {
            version_put(versions[i]);
            versions[i] = version_get(before);
            previous[i] = self->previous[at] ? version_get(self->previous[at]) : NULL;
            bad[i] = crashed ? version_get(crashed) : NULL;
        } else {
            native_publish(versions[i]);
            previous[i] = version_get(before);
            *has_new = true;
        }
    }
}

void
service_live_set(struct service_live *self, struct service *service, struct version **versions, uint32_t *slots,
                 bool with_stage)
{
    struct live_service old = self->live;
    bool has_new = old.service != service;
    struct version **previous = mem_alloc((service->function_count + 1) * sizeof(struct version *));
    struct version **bad = mem_alloc((service->function_count + 1) * sizeof(struct version *));
    struct version **old_previous = self->previous, **old_bad = self->bad;

    settle(self, service, versions, previous, bad, &has_new);
    problem_clear(native_problems(), PROBLEM_CLASH, service->name);
    self->live.service = service_get(service);
    self->live.versions = versions;
    self->live.slots = slots;
    self->live.with_stage = with_stage;
    self->previous = previous;
    self->bad = bad;
    functions_serve(&self->live);
    tell_others(self, old.service, service);
    functions_publish();
    if (has_new)
        log_info("service", "%s (%s) is live", service->name, service->stage);
    for (size_t i = 0; old.service && i < old.service->function_count; i++)
        if (old.versions[i] && !is_in(old.versions[i], versions, service->function_count))
            native_retire(old.versions[i]);
    if (!old.service)
        return;
    put_all(old.versions, old.service->function_count);
    put_all(old_previous, old.service->function_count);
    put_all(old_bad, old.service->function_count);
    free(old.slots);
    service_put(old.service);
}

void
service_live_end(struct service_live *self)
{
    struct live_service old = self->live;

    if (!old.service)
        return;
    functions_withdraw(&self->live);
    tell_others(self, old.service, NULL);
    for (size_t i = 0; i < old.service->function_count; i++)
        if (old.versions[i])
            native_retire(old.versions[i]);
    put_all(old.versions, old.service->function_count);
    put_all(self->previous, old.service->function_count);
    put_all(self->bad, old.service->function_count);
    free(old.slots);
    service_put(old.service);
    self->live.service = NULL;
    self->live.versions = NULL;
    self->live.slots = NULL;
    self->previous = self->bad = NULL;
}

const struct service_function *
service_live_fall_back(struct service_live *self, const struct version *bad)
{
    struct service *service = self->live.service;
    struct err err;

    for (size_t i = 0; service && i < service->function_count; i++) {
        struct version *good = self->live.versions[i] == bad ? self->previous[i] : NULL;

        if (!good || !prepare_find_symbol(good, service->functions[i].symbol, &self->live.slots[i], &err))
            continue;
        self->previous[i] = NULL;
        if (self->bad[i])
            version_put(self->bad[i]);
        self->bad[i] = self->live.versions[i]; /* takes over the reference */
        self->live.versions[i] = good;         /* takes over the reference */
        functions_changed();
        return &service->functions[i];
    }
    return NULL;
}
