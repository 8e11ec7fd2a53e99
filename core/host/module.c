/* SPDX-License-Identifier: MIT */
/* From a dropped file to live routes (module.h). */
#include "host/module.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/claim.h"
#include "host/probe.h"
#include "host/prune.h"

/* Enough to keep disks and cores busy; a thousand files at once must not become a thousand processes. */
enum { MAX_AT_WORK = 8 };

struct module {
    char *file, *path;
    struct version *live, *previous;
    char refused_hash[STAGE_HASH_LEN + 1]; /* fell back from it: not published again */
    char *staged_path, staged_hash[STAGE_HASH_LEN + 1];
    struct list in_waiting;
    bool is_at_work, has_changed, is_gone;
    int64_t noticed_at;
};

static struct {
    struct modules_spec spec;
    struct map files;       /* file -> struct module */
    struct map descriptors; /* hash -> descriptor text */
    struct problems problems;
    struct list waiting;
    size_t at_work, waiting_count;
    bool is_pruned, is_held;
} modules;

static void module_work(struct module *module);

static void
on_problems_changed(void *arg)
{
    (void)arg;
    registry_notify(modules.spec.scope, TOPIC_PROBLEMS);
}

void
modules_init(const struct modules_spec *spec)
{
    modules.spec = *spec;
    map_init(&modules.files);
    map_init(&modules.descriptors);
    problems_init(&modules.problems, on_problems_changed, NULL);
    list_init(&modules.waiting);
}

void
modules_know(const char *hash, const char *descriptor)
{
    free(map_set(&modules.descriptors, str_of(hash), mem_strdup(descriptor)));
}

const char *
modules_known(const char *hash)
{
    return map_find(&modules.descriptors, str_of(hash));
}

void
modules_learn(const char *hash, struct str descriptor)
{
    char *text = mem_strndup(descriptor.p, descriptor.len);

    modules_know(hash, text);
    modules.spec.described(hash, descriptor);
    free(text);
}

const struct modules_spec *
modules_given(void)
{
    return &modules.spec;
}

struct problems *
modules_problems(void)
{
    return &modules.problems;
}

size_t
modules_pending(void)
{
    return modules.at_work + modules.waiting_count;
}

static void
module_free(struct module *module)
{
    map_remove(&modules.files, str_of(module->file));
    free(module->file);
    free(module->path);
    free(module->staged_path);
    free(module);
}

static void
refuse(struct module *module, enum problem_kind kind, const char *reason)
{
    size_t len = strlen(reason);
    char message[1024];

    /* Reasons come from several places, with and without capital and full stop. */
    snprintf(message, sizeof message, "%s was not taken over. %c%s%s%s", module->file,
             len ? toupper((unsigned char)reason[0]) : '?', len ? reason + 1 : "",
             len && reason[len - 1] == '.' ? "" : ".", module->live ? " The version before it still serves." : "");
    log_warn("routes", "%s", message);
    problem_set(&modules.problems, kind, module->file, module->live ? module->live->routes[0].slug : NULL,
                module->live != NULL, STR(""), message);
}

/* Slugs are first come, first served: the one already live stays (architecture 7). */
static bool
check_clash(const struct module *module, const struct version *version, struct err *err)
{
    for (size_t i = 0; i < version->route_count; i++) {
        struct route *other = registry_find(modules.spec.scope, version->routes[i].slug);
        const struct version *owner = other && other->host == modules.spec.host ? other->owner : NULL;
        const struct claim *claim = claim_find(version->routes[i].slug);

        if (claim)
            return err_set(err, "the slug '%s' belongs to what is deployed, %s; rename the file or its folder",
                           version->routes[i].slug, claim->label);
        if (owner && owner != module->live) /* modules go before what SDK hosts offer */
            return err_set(err, "the slug '%s' is already served by %s; rename or remove one of the two files",
                           other->slug, owner->file);
    }
    return true;
}

void
modules_exchange(struct version *old, struct version *new)
{
    for (size_t i = 0; old && i < old->route_count; i++)
        registry_remove(modules.spec.scope, &old->routes[i]);
    for (size_t i = 0; new &&i < new->route_count; i++)
        registry_put(modules.spec.scope, &new->routes[i]);
    registry_notify(modules.spec.scope, TOPIC_ROUTES);
}

/* Files that clashed with what has just gone get another try. */
void
modules_retry_clashes(void)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;

    while ((entry = map_next(&modules.files, &cursor))) {
        struct module *module = entry->value;

        if (problem_exists(&modules.problems, PROBLEM_CLASH, module->file))
            module_work(module);
    }
}

static void
switch_to(struct module *module, struct version *new)
{
    struct version *old = module->live;

    modules_exchange(old, new);
    module->live = new;
    if (new)
        new->published_at = clock_mono_ms();
    modules.spec.switched(old, new);
    if (module->previous)
        version_put(module->previous);
    module->previous = old; /* takes over the reference */
}

static void
publish(struct module *module, struct str descriptor)
{
    struct version *version;
    struct err err;

    version = version_new(module->file, module->file, module->staged_path, module->staged_hash, descriptor,
                          modules.spec.host, &err);
    if (!version) {
        refuse(module, PROBLEM_MODULE, err.text);
        return;
    }
    problem_clear(&modules.problems, PROBLEM_MODULE, module->file);
    if (!check_clash(module, version, &err)) {
        refuse(module, PROBLEM_CLASH, err.text);
        version_put(version);
        return;
    }
    problem_clear(&modules.problems, PROBLEM_CLASH, module->file);
    problem_clear(&modules.problems, PROBLEM_CRASH, module->file);
    module->refused_hash[0] = '\0';
    switch_to(module, version);
    if (module->previous) /* it may have given a slug up */
        modules_retry_clashes();
    log_info("routes", "%s is live: %s%s (%lld ms)", module->file, version->routes[0].slug,
             version->route_count > 1 ? " and more" : "", (long long)(clock_mono_ms() - module->noticed_at));
}

static void
start_waiting(void)
{
    while (!modules.is_held && modules.at_work < MAX_AT_WORK && !list_is_empty(&modules.waiting)) {
        struct module *module = LIST_ENTRY(modules.waiting.next, struct module, in_waiting);

        list_remove(&module->in_waiting);
        modules.waiting_count--;
        module_work(module);
    }
}

static void
remove_live(struct module *module)
{
    static const enum problem_kind kinds[] = { PROBLEM_MODULE, PROBLEM_CLASH, PROBLEM_CRASH };
    bool was_live = module->live != NULL;

    if (was_live) {
        log_info("routes", "%s is gone", module->file);
        switch_to(module, NULL);
    }
    if (module->previous)
        version_put(module->previous);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        problem_clear(&modules.problems, kinds[i], module->file);
    module_free(module);
    if (was_live)
        modules_retry_clashes();
}

static void
keep(struct map *names, const struct version *version)
{
    if (version)
        map_set(names, str_of(strrchr(version->path, '/') + 1), names);
}

/* Everything noticed so far is live or refused. The first time, what earlier servers left behind is removed. */
static void
settled(void)
{
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    struct map names;

    modules.spec.settled();
    if (modules.is_pruned)
        return;
    modules.is_pruned = true;
    map_init(&names);
    while ((entry = map_next(&modules.files, &cursor))) {
        const struct module *module = entry->value;

        keep(&names, module->live);
        keep(&names, module->previous);
    }
    prune_start(modules.spec.staged_dir, names);
}

/* One round of work on a file is over, well or not. */
static void
worked(struct module *module)
{
    module->is_at_work = false;
    modules.at_work--;
    if (module->is_gone)
        remove_live(module);
    else if (module->has_changed)
        module_work(module);
    start_waiting();
    if (modules_pending() == 0)
        settled();
}

static void
on_probed(struct str descriptor, void *arg)
{
    struct module *module = arg;

    if (!module->has_changed && !module->is_gone) {
        modules_learn(module->staged_hash, descriptor);
        publish(module, descriptor);
    }
    worked(module);
}

static void
on_staged(const struct stage_result *result, void *arg)
{
    struct module *module = arg;
    const char *known;
    struct err err;

    free(module->staged_path);
    module->staged_path = result->path;
    memcpy(module->staged_hash, result->hash, sizeof module->staged_hash);
    if (module->has_changed || module->is_gone) {
        worked(module);
        return;
    }
    if (!result->is_ok) {
        refuse(module, PROBLEM_MODULE, result->err.text);
    } else if (module->live && strcmp(module->live->hash, result->hash) == 0) {
        problem_clear(&modules.problems, PROBLEM_MODULE, module->file);
        problem_clear(&modules.problems, PROBLEM_CLASH, module->file);
    } else if (strcmp(module->refused_hash, result->hash) == 0) {
        log_debug("routes", "%s still has the content that crashed", module->file);
    } else if ((known = modules_known(result->hash))) {
        publish(module, str_of(known));
    } else if (probe_start(module->staged_path, on_probed, module, &err)) {
        return;
    } else {
        refuse(module, PROBLEM_MODULE, err.text);
    }
    worked(module);
}

static void
module_work(struct module *module)
{
    if (module->is_at_work) {
        module->has_changed = true;
        return;
    }
    if (modules.is_held || modules.at_work >= MAX_AT_WORK) {
        if (!list_is_linked(&module->in_waiting)) {
            list_add_tail(&modules.waiting, &module->in_waiting);
            modules.waiting_count++;
        }
        return;
    }
    module->is_at_work = true;
    module->has_changed = false;
    modules.at_work++;
    stage_start(module->path, modules.spec.staged_dir, on_staged, module);
}

void
modules_hold(bool is_held)
{
    modules.is_held = is_held;
    start_waiting();
    if (!is_held && modules_pending() == 0)
        settled();
}

bool
modules_are_held(void)
{
    return modules.is_held;
}

void
module_changed(const char *file, const char *path)
{
    struct module *module = map_find(&modules.files, str_of(file));

    if (!module) {
        module = mem_alloc(sizeof *module);
        module->file = mem_strdup(file);
        module->path = mem_strdup(path);
        list_init(&module->in_waiting);
        map_set(&modules.files, str_of(file), module);
    }
    module->is_gone = false;
    module->noticed_at = clock_mono_ms();
    module_work(module);
}

void
module_gone(const char *file)
{
    struct module *module = map_find(&modules.files, str_of(file));

    if (!module)
        return;
    if (list_is_linked(&module->in_waiting)) {
        list_remove(&module->in_waiting);
        modules.waiting_count--;
    }
    if (module->is_at_work)
        module->is_gone = true;
    else
        remove_live(module);
}

bool
module_is_live(const char *file)
{
    const struct module *module = map_find(&modules.files, str_of(file));

    return module && module->live;
}

bool
module_fall_back(struct version *bad, const char *why)
{
    struct module *module = map_find(&modules.files, str_of(bad->file));
    struct version *good = module ? module->previous : NULL;
    char message[1024];

    if (!good || module->live != bad)
        return false;
    snprintf(message, sizeof message, "%s was replaced by the version before it: %s. Save a new version to try again.",
             module->file, why);
    log_warn("routes", "%s", message);
    problem_set(&modules.problems, PROBLEM_CRASH, module->file, good->routes[0].slug, true, STR(""), message);
    memcpy(module->refused_hash, bad->hash, sizeof module->refused_hash);
    module->previous = NULL;
    switch_to(module, good); /* `bad` becomes the previous one … */
    version_put(module->previous);
    module->previous = NULL; /* … and is never gone back to */
    return true;
}
