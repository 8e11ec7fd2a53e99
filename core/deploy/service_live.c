/* SPDX-License-Identifier: MIT */
/* What is live (service_live.h). */
#include "deploy/service_live.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "deploy/route_claim.h"
#include "function/async_service.h"
#include "function/call.h"
#include "function/journal.h"
#include "function/schedule.h"
#include "host/native.h"
#include "host/prepare.h"

struct service_live {
    struct live_service live;        /* what function/ knows of it; versions and slots are those of modules */
    struct service_modules *modules; /* NULL: nothing is live */
    struct version **previous;       /* of each module; NULL: none */
    struct version **bad;            /* that fell back to what is live: not published again; NULL: none */
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
    return self->modules ? self->modules->service : NULL;
}

const struct service_modules *
service_live_modules(const struct service_live *self)
{
    return self->modules;
}

/* Where the module of that name is; SIZE_MAX: it is not live. */
static size_t
index_of(const struct service_live *self, const char *name)
{
    return self->modules ? service_modules_find(self->modules, name) : SIZE_MAX;
}

struct version *
service_live_version(const struct service_live *self, const struct service_module *module, uint32_t *slot)
{
    size_t i = index_of(self, module->name);
    struct version *version = i == SIZE_MAX ? NULL : self->modules->versions[i];
    struct err err;

    if (!version || !module->function)
        return version;
    return prepare_find_symbol(version, module->function->symbol, slot, &err) ? version : NULL;
}

/* ---- who else has to know */

static void
tell_others(const struct service_live *self, struct service *before, struct service *now)
{
    if (before == now)
        return;
    if (before)
        async_service_removed(before);
    if (now) {
        async_service_added(now);
        for (size_t i = 0; i < now->function_count; i++)
            journal_configure(journal_of(now->functions[i].name), now->log_retention_days, now->functions[i].memory_mb);
        schedules_add(now);
        keys_sync(now, self->on_keys, self->arg);
    }
    if (before)
        schedules_remove(before);
}

/* ---- the switch */

static void
put_all(struct version **versions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (versions[i])
            version_put(versions[i]);
    free(versions);
}

void
service_live_share(const struct service_live *self, struct service_modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        size_t at = index_of(self, modules->items[i].name);
        struct version *live = at == SIZE_MAX ? NULL : self->modules->versions[at];

        if (!live || !modules->versions[i] || !version_is_same(modules->versions[i], live))
            continue;
        version_put(modules->versions[i]);
        modules->versions[i] = version_get(live);
    }
}

/* What equals the version that serves is replaced by it; what does not remembers it. true: something is new. */
static bool
settle(const struct service_live *self, struct service_modules *modules, struct version **previous,
       struct version **bad)
{
    struct version **versions = modules->versions;
    bool has_new = false;

    for (size_t i = 0; i < modules->count; i++) {
        size_t at = index_of(self, modules->items[i].name);
        struct version *before = at == SIZE_MAX ? NULL : self->modules->versions[at];
        struct version *crashed = at == SIZE_MAX ? NULL : self->bad[at];

        if (!versions[i])
            continue;
        if (before && (version_is_same(versions[i], before) || (crashed && version_is_same(versions[i], crashed)))) {
            version_put(versions[i]);
            versions[i] = version_get(before);
            previous[i] = self->previous[at] ? version_get(self->previous[at]) : NULL;
            bad[i] = crashed ? version_get(crashed) : NULL;
            continue;
        }
        native_publish(versions[i]);
        previous[i] = before ? version_get(before) : NULL;
        has_new = true;
    }
    return has_new;
}

/* The version of that module of routes; NULL: there is none of it. */
static struct version *
route_of(const struct service_modules *modules, const struct service_module *module)
{
    size_t i = modules && !module->function ? service_modules_find(modules, module->name) : SIZE_MAX;

    return i == SIZE_MAX ? NULL : modules->versions[i];
}

/* Actions and pages of `now` instead of those of `old`; either may be NULL. A slug may go from one file to another. */
static void
exchange_routes(const struct service_modules *old, const struct service_modules *now)
{
    for (size_t i = 0; old && i < old->count; i++)
        if (!old->items[i].function && old->versions[i] && route_of(now, &old->items[i]) != old->versions[i])
            native_exchange(old->versions[i], NULL);
    for (size_t i = 0; now && i < now->count; i++)
        if (!now->items[i].function && now->versions[i] && route_of(old, &now->items[i]) != now->versions[i])
            native_exchange(NULL, now->versions[i]);
}

/* Processes of what is not in `now` (NULL: nothing) end when they are done. */
static void
retire(struct service_live *old, const struct service_modules *now)
{
    for (size_t i = 0; i < old->modules->count; i++) {
        struct version *version = old->modules->versions[i];

        if (version && !(now && service_modules_have(now, version)))
            native_retire(version);
    }
    put_all(old->previous, old->modules->count);
    put_all(old->bad, old->modules->count);
    service_modules_free(old->modules);
}

void
service_live_set(struct service_live *self, struct service_modules *modules, bool with_stage)
{
    struct service_live old = *self;
    struct service *service = modules->service, *before = service_live_service(self);
    struct version **previous = mem_alloc((modules->count + 1) * sizeof(struct version *));
    struct version **bad = mem_alloc((modules->count + 1) * sizeof(struct version *));
    bool has_new = settle(self, modules, previous, bad);

    problem_clear(native_problems(), PROBLEM_CLASH, service->name);
    self->modules = modules;
    self->previous = previous;
    self->bad = bad;
    self->live.service = service;
    self->live.versions = modules->versions;
    self->live.slots = modules->slots;
    self->live.tally = modules->tally;
    self->live.with_stage = with_stage;
    exchange_routes(old.modules, modules);
    routes_keep(self, modules);
    functions_serve(&self->live);
    tell_others(self, before, service);
    functions_publish();
    if (has_new || before != service)
        log_info("service", "%s (%s) is live", service->name, service->stage);
    if (old.modules)
        retire(&old, modules);
}

void
service_live_end(struct service_live *self)
{
    struct service_live old = *self;

    if (!old.modules)
        return;
    functions_withdraw(&self->live);
    exchange_routes(old.modules, NULL);
    routes_keep(self, NULL);
    tell_others(self, old.modules->service, NULL);
    self->live.service = NULL;
    self->live.versions = NULL;
    self->live.slots = NULL;
    self->live.tally = NULL;
    self->modules = NULL;
    self->previous = self->bad = NULL;
    retire(&old, NULL);
}

const struct service_module *
service_live_fall_back(struct service_live *self, const struct version *bad)
{
    struct service_modules *modules = self->modules;
    struct err err;

    for (size_t i = 0; modules && i < modules->count; i++) {
        const struct service_function *function = modules->items[i].function;
        struct version *good = modules->versions[i] == bad ? self->previous[i] : NULL;

        if (!good || (function && !prepare_find_symbol(good, function->symbol, &modules->slots[i], &err)))
            continue;
        self->previous[i] = NULL;
        if (self->bad[i])
            version_put(self->bad[i]);
        self->bad[i] = modules->versions[i]; /* takes over the reference */
        modules->versions[i] = good;         /* takes over the reference */
        if (!function) {
            native_exchange(self->bad[i], good);
            if (routes_claim(self, modules, &err))
                routes_keep(self, modules);
        }
        functions_changed();
        return &modules->items[i];
    }
    return NULL;
}
