/* SPDX-License-Identifier: MIT */
/* Deployed services on the control thread (deployment.h). */
#include "deploy/deployment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "deploy/audit.h"
#include "deploy/canary.h"
#include "deploy/receive.h"
#include "deploy/route_claim.h"
#include "deploy/route_info.h"
#include "deploy/route_slug.h"
#include "deploy/service_live.h"
#include "deploy/switched.h"
#include "function/call.h"
#include "host/native.h"
#include "host/prepare.h"
#include "json/read.h"
#include "loop/control.h"
#include "loop/worker.h"

enum { MAX_REPORT = 64 << 10 };

/* A version on its way to be live. */
struct activation {
    struct message message; /* to an api thread, which sets `current`, and back */
    struct deployed *of;
    char *version, *row;
    int64_t timestamp_ms, bytes;
    struct service_modules *modules; /* NULL: they are live */
    size_t pending;                  /* modules that are being looked at */
    bool is_start;                   /* it is current already, and what cannot be opened is left out */
    bool is_return;                  /* it has been live, and is again */
    bool without_checks;
    struct canary *canary; /* NULL: not tried yet, or nobody asks for that */
    struct err err;        /* the first problem */
    deployment_done *done;
    void *arg;
};

/* A service and stage; stays for good, there are few. */
struct deployed {
    char *service, *stage;
    struct service_live *live;
    struct switched *switched;
    struct activation *next; /* NULL: nothing is on its way */
    bool is_claimed;
};

static struct {
    struct deployments_spec spec;
    struct map all; /* "shop/prod" -> struct deployed */
    size_t starting;
    bool is_started;
} self;

const struct deployments_spec *
deployments_given(void)
{
    return &self.spec;
}

bool
deployments_are_settled(void)
{
    return self.is_started && !self.starting;
}

static void on_keys(void *arg, const struct key_shown *keys, size_t count, const struct err *err);
static void go_back(void *arg, const struct past *to);

static bool
is_changing(void *arg)
{
    const struct deployed *deployed = arg;

    return deployed->is_claimed || deployed->next;
}

static const struct service_modules *
live_modules(void *arg)
{
    const struct deployed *deployed = arg;

    return service_live_modules(deployed->live);
}

struct place_name {
    char s[2 * SERVICE_MAX_NAME + 2];
};

static struct place_name
name_of(const struct versions_place *place)
{
    struct place_name name;

    snprintf(name.s, sizeof name.s, "%s/%s", place->service, place->stage);
    return name;
}

static struct deployed *
deployed_of(const struct versions_place *place)
{
    struct place_name name = name_of(place);
    struct deployed *deployed = map_find(&self.all, str_of(name.s));

    if (deployed)
        return deployed;
    deployed = mem_alloc(sizeof *deployed);
    deployed->service = mem_strdup(place->service);
    deployed->stage = mem_strdup(place->stage);
    deployed->live = service_live_new(on_keys, deployed);
    deployed->switched = switched_new(&(struct switched_spec){ .service = deployed->service,
                                                               .stage = deployed->stage,
                                                               .store = self.spec.store,
                                                               .live = live_modules,
                                                               .is_changing = is_changing,
                                                               .go_back = go_back,
                                                               .arg = deployed });
    map_set(&self.all, str_of(name.s), deployed);
    return deployed;
}

static struct versions_place
place_of(const struct deployed *deployed)
{
    return (struct versions_place){ self.spec.root, deployed->service, deployed->stage };
}

/* ---- claims */

/* Does something that was not deployed answer under this name? */
static bool
is_served_elsewhere(const struct deployed *deployed)
{
    LIST_EACH(functions_services(), node)
    {
        const struct service *service = LIST_ENTRY(node, struct live_service, link)->service;

        if (service != service_live_service(deployed->live) && strcmp(service->name, deployed->service) == 0 &&
            strcmp(service->stage, deployed->stage) == 0)
            return true;
    }
    return false;
}

struct deployed *
deployment_claim(const struct versions_place *place, struct err *err)
{
    struct deployed *deployed = deployed_of(place);

    if (is_changing(deployed)) {
        err_set(err, "Another deployment of %s to stage %s is on its way.", place->service, place->stage);
        return NULL;
    }
    if (is_served_elsewhere(deployed)) {
        err_set(err, "interlude dev serves %s for stage %s from its directory here; use another stage.", place->service,
                place->stage);
        return NULL;
    }
    deployed->is_claimed = true;
    return deployed;
}

bool
deployment_is_changing(const struct versions_place *place)
{
    struct place_name name = name_of(place);
    struct deployed *deployed = map_find(&self.all, str_of(name.s));

    return deployed && is_changing(deployed);
}

void
deployment_release(struct deployed *deployed)
{
    deployed->is_claimed = false;
    switched_released(deployed->switched);
}

void
deployment_end(struct deployed *deployed)
{
    service_live_end(deployed->live);
    switched_end(deployed->switched);
}

int64_t
deployment_watch_until(const struct deployed *deployed)
{
    return switched_watch_until(deployed->switched);
}

struct service_texts
deployment_used(const struct deployed *deployed, struct arena *arena)
{
    return switched_used(deployed->switched, arena);
}

bool
deployment_watch_json(const struct versions_place *place, int64_t timestamp_ms, struct json_out *out)
{
    struct place_name name = name_of(place);
    const struct deployed *deployed = map_find(&self.all, str_of(name.s));

    return deployed && switched_json(deployed->switched, timestamp_ms, out);
}

bool
deployments_fall_back(const struct version *bad, const char *why)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&self.all, &cursor))) {
        struct deployed *deployed = entry->value;
        const struct service_modules *modules = service_live_modules(deployed->live);

        for (size_t i = 0; modules && i < modules->count; i++)
            if (modules->versions[i] == bad) {
                char reason[512];

                snprintf(reason, sizeof reason, "%s: %s", modules->items[i].label, why);
                return switched_crashed(deployed->switched, reason);
            }
    }
    return false;
}

void
deployment_routes_json(const struct versions_place *place, const char *base_url, struct json_out *out)
{
    route_info_json(service_live_modules(deployed_of(place)->live), native_scope(), base_url, out);
}

/* ---- the end of an activation */

static void
finish(struct activation *activation, const struct key_shown *keys, size_t count, const struct err *err)
{
    bool is_start = activation->is_start;

    if (activation->canary)
        canary_free(activation->canary);
    activation->of->next = NULL;
    if (err)
        routes_keep(activation->of->live, service_live_modules(activation->of->live));
    if (activation->done)
        activation->done(activation->arg, keys, count, err);
    service_modules_free(activation->modules);
    free(activation->version);
    free(activation->row);
    free(activation);
    if (is_start && --self.starting == 0)
        self.spec.settled();
}

static void
on_keys(void *arg, const struct key_shown *keys, size_t count, const struct err *err)
{
    struct deployed *deployed = arg;

    if (err && err->text[0])
        log_error("deploy", "the keys of %s (%s) could not be stored: %s", deployed->service, deployed->stage,
                  err->text);
    if (deployed->next)
        finish(deployed->next, keys, count, NULL);
}

/* The trial ends when what was tried is live, so that its processes stay. */
static void
go_live(struct activation *activation)
{
    struct deployed *deployed = activation->of;
    struct service_modules *modules = activation->modules;
    const struct service_modules *before = service_live_modules(deployed->live);
    struct switched_change change = { .version = activation->version,
                                      .timestamp_ms = activation->timestamp_ms,
                                      .bytes = activation->bytes,
                                      .row = activation->row,
                                      .watch_ms = modules->service->watch_ms,
                                      .before = before ? service_modules_copy(before) : NULL,
                                      .is_return = activation->is_return };

    if (activation->row && change.watch_ms > 0)
        change.tally = modules->tally = stats_tally_new();
    activation->modules = NULL; /* the live service has them */
    service_live_set(deployed->live, modules, self.spec.with_stage);
    if (activation->canary)
        canary_free(activation->canary);
    activation->canary = NULL;
    switched_begin(deployed->switched, &change);
}

static void
on_current(struct message *message)
{
    struct activation *activation = container_of(message, struct activation, message);

    if (activation->err.text[0])
        finish(activation, NULL, 0, &activation->err);
    else
        go_live(activation);
}

/* On an api thread. */
static void
make_current(struct message *message)
{
    struct activation *activation = container_of(message, struct activation, message);
    struct versions_place place = place_of(activation->of);

    if (versions_make_current(&place, activation->version, &activation->err))
        activation->err.text[0] = '\0';
    control_post(message, on_current);
}

/* Somebody else has their slugs; the functions are served all the same. */
static void
leave_out_routes(struct service_modules *modules)
{
    for (size_t i = modules->service->function_count; i < modules->count; i++) {
        if (modules->versions[i])
            version_put(modules->versions[i]);
        modules->versions[i] = NULL;
    }
}

/* All is well with it. */
static void
switch_over(struct activation *activation)
{
    if (worker_post(&activation->message, make_current))
        return;
    err_set(&activation->err, "the server is busy; try again in a moment");
    finish(activation, NULL, 0, &activation->err);
}

static void
on_tried(void *arg, const struct err *err)
{
    struct activation *activation = arg;

    if (err)
        finish(activation, NULL, 0, err);
    else
        switch_over(activation);
}

/* Every module has been looked at. */
static void
on_all_prepared(struct activation *activation)
{
    struct err err;
    bool is_free = routes_claim(activation->of->live, activation->modules, &err);

    if (!is_free && !activation->err.text[0])
        activation->err = err;
    if (activation->is_start) {
        if (!is_free)
            leave_out_routes(activation->modules);
        if (activation->err.text[0])
            log_error("deploy", "%s", activation->err.text);
        go_live(activation);
    } else if (activation->err.text[0]) {
        finish(activation, NULL, 0, &activation->err);
    } else {
        service_live_share(activation->of->live, activation->modules);
        activation->canary = canary_start(&(struct canary_spec){ .modules = activation->modules,
                                                                 .with_checks = !activation->without_checks,
                                                                 .done = on_tried,
                                                                 .arg = activation });
    }
}

static void
on_nothing_to_prepare(struct message *message)
{
    on_all_prepared(container_of(message, struct activation, message));
}

/* ---- modules */

struct preparing {
    struct activation *activation;
    size_t index;
};

static void
on_prepared(void *arg, struct version *version, const struct err *err)
{
    struct preparing *preparing = arg;
    struct activation *activation = preparing->activation;
    struct service_modules *modules = activation->modules;
    size_t i = preparing->index;
    const struct service_module *module = &modules->items[i];
    struct err why = version ? (struct err){ "" } : *err;

    free(preparing);
    if (version &&
        (!module->function || prepare_find_symbol(version, module->function->symbol, &modules->slots[i], &why)))
        modules->versions[i] = version;
    else if (version)
        version_put(version);
    if (!modules->versions[i] && !activation->err.text[0]) {
        activation->err = why;
        err_prefix(&activation->err, "%s", module->label);
    }
    if (--activation->pending == 0)
        on_all_prepared(activation);
}

static void
prepare(struct activation *activation, size_t i, char *const *environment)
{
    const struct service_module *module = &activation->modules->items[i];
    struct versions_place place = place_of(activation->of);
    const struct service *service = activation->modules->service;
    uint32_t memory_mb = module->function ? module->function->memory_mb : service->memory_mb;
    int64_t drain_ms = service->drain_timeout_ms;
    struct version_setting setting = { .environment = (const char *const *)environment,
                                       .memory_limit_bytes = (int64_t)memory_mb << 20,
                                       .drain_limit_ms = drain_ms == SERVICE_UNSET ? 0 : drain_ms,
                                       .prefix = module->function ? NULL : service->routes_prefix };
    struct preparing *preparing = mem_alloc(sizeof *preparing);
    struct arena arena;

    *preparing = (struct preparing){ activation, i };
    arena_init(&arena, 0);
    setting.root = versions_path(&place, &arena, activation->version, "");
    prepare_start(&(struct prepare_spec){ .name = module->name,
                                          .slug_file = module->slug_file,
                                          .path = versions_path(&place, &arena, activation->version, module->file),
                                          .setting = &setting,
                                          .done = on_prepared,
                                          .arg = preparing });
    arena_fini(&arena);
}

static void
begin(struct activation *activation, char *const *const *environments)
{
    size_t count = activation->modules->count, functions = activation->modules->service->function_count;

    activation->of->next = activation;
    activation->pending = count;
    for (size_t i = 0; i < count; i++)
        prepare(activation, i, environments[i < functions ? i : functions]);
    if (!count) /* whoever asked hears of it later, as always */
        control_post(&activation->message, on_nothing_to_prepare);
}

static struct activation *
activation_new(struct deployed *deployed, const struct deployment_spec *spec)
{
    struct activation *activation = mem_alloc(sizeof *activation);

    activation->of = deployed;
    activation->version = mem_strdup(spec->version);
    activation->timestamp_ms = spec->timestamp_ms;
    activation->bytes = spec->bytes;
    activation->row = spec->row ? mem_strdup(spec->row) : NULL;
    activation->without_checks = spec->without_checks;
    activation->modules = service_modules_new(spec->service, spec->routes);
    activation->done = spec->done;
    activation->arg = spec->arg;
    return activation;
}

void
deployment_activate(struct deployed *deployed, const struct deployment_spec *spec)
{
    begin(activation_new(deployed, spec), spec->environments);
}

/* ---- the way back */

static void
on_back(void *arg, const struct key_shown *keys, size_t key_count, const struct err *err)
{
    struct deployed *deployed = arg;

    (void)keys, (void)key_count;
    if (err)
        switched_stay(deployed->switched, err->text);
}

/* Its versions are as they were when it was live: nothing has to be looked at again. */
static void
go_back(void *arg, const struct past *to)
{
    struct deployed *deployed = arg;
    struct activation *activation = mem_alloc(sizeof *activation);

    activation->of = deployed;
    activation->version = mem_strdup(to->version);
    activation->timestamp_ms = to->timestamp_ms;
    activation->bytes = to->bytes;
    activation->modules = service_modules_copy(to->modules);
    activation->is_return = true;
    activation->done = on_back;
    activation->arg = deployed;
    deployed->next = activation;
    if (routes_claim(deployed->live, activation->modules, &activation->err))
        switch_over(activation);
    else
        finish(activation, NULL, 0, &activation->err);
}

/* ---- the start */

/* NULL: it was said why not. The files of its routes are in the arena. */
static struct service *
read_service(const struct versions_place *place, const char *version, struct arena *arena, struct service_texts *routes,
             char ****environments)
{
    struct service_problems *problems = mem_alloc(sizeof *problems);
    struct service *service = NULL;
    struct json root;
    struct err err = { "" };
    struct buf text;

    service_problems_init(problems);
    if (versions_manifest_json(place, version, arena, &root, &err)) {
        service = service_from_json(json_raw(json_get(root, "config")), problems);
        *routes = route_files(root, arena);
    }
    *environments = service ? service_environments(service, &self.spec.environment, NULL, problems) : NULL;
    if (!service || problems->error_count) {
        buf_init(&text, MAX_REPORT);
        service_problems_text(problems, PROBLEMS_ERRORS, &text);
        log_error("deploy", "%s (%s), version %s: %s%s", place->service, place->stage, version, err.text,
                  buf_text(&text));
        buf_fini(&text);
    }
    service_problems_fini(problems);
    free(problems);
    return service;
}

static void
start_one(void *arg, const struct versions_place *place)
{
    struct arena arena;
    const char *version;
    struct activation *activation;
    struct service_texts routes;
    struct service *service;
    char ***environments;

    (void)arg;
    arena_init(&arena, 0);
    version = versions_current(place, &arena);
    service = version ? read_service(place, version, &arena, &routes, &environments) : NULL;
    if (service) {
        activation = activation_new(
            deployed_of(place),
            &(struct deployment_spec){
                .version = version, .timestamp_ms = strtoll(version, NULL, 10), .service = service, .routes = routes });
        activation->is_start = true;
        self.starting++;
        begin(activation, (char *const *const *)environments);
        service_environments_free(environments);
        service_put(service);
    }
    arena_fini(&arena);
}

void
deployments_init(const struct deployments_spec *spec)
{
    self.spec = *spec;
    map_init(&self.all);
    versions_sweep(spec->root);
    receive_sweep(spec->root);
    audit_complete(spec->store, spec->root);
}

void
deployments_start(void)
{
    versions_each(self.spec.root, start_one, NULL);
    self.is_started = true;
    if (!self.starting)
        self.spec.settled();
}
