/* SPDX-License-Identifier: MIT */
/* From a module file of a service to a version that may become live (prepare.h). */
#include "host/prepare.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "host/module.h"
#include "host/probe.h"

/* A service of 300 functions must not become 300 processes at once. */
enum { MAX_AT_WORK = 8, MAX_NAMES = 400 };

struct work {
    struct list link; /* waiting */
    struct prepare_spec spec;
    char *name, *slug_file, *path, *staged_path;
    char hash[STAGE_HASH_LEN + 1];
    struct version *shell; /* holds the copy of the setting until there is a version */
};

static struct {
    struct list waiting;
    size_t at_work;
} self = { .waiting = { &self.waiting, &self.waiting } };

static void begin_next(void);

static void
finish(struct work *work, struct version *version, const struct err *err)
{
    self.at_work--;
    work->spec.done(work->spec.arg, version, err);
    version_put(work->shell);
    free(work->name);
    free(work->slug_file);
    free(work->path);
    free(work->staged_path);
    free(work);
    begin_next();
}

static void
described(struct work *work, struct str descriptor)
{
    struct version *version;
    struct err err;

    version = version_new(work->name, work->slug_file, work->staged_path, work->hash, descriptor, modules_given()->host,
                          &err);
    if (version)
        version_set(version, &(struct version_setting){ .environment = (const char *const *)work->shell->environment,
                                                        .memory_limit_bytes = work->shell->memory_limit_bytes,
                                                        .drain_limit_ms = work->shell->drain_limit_ms,
                                                        .prefix = work->shell->prefix,
                                                        .root = work->shell->root });
    finish(work, version, &err);
}

static void
on_probed(struct str descriptor, void *arg)
{
    struct work *work = arg;

    modules_learn(work->hash, descriptor);
    described(work, descriptor);
}

static void
on_staged(const struct stage_result *result, void *arg)
{
    struct work *work = arg;
    const char *known;
    struct err err = result->err;

    work->staged_path = result->path;
    memcpy(work->hash, result->hash, sizeof work->hash);
    if (result->is_ok && (known = modules_known(work->hash)))
        described(work, str_of(known));
    else if (!result->is_ok || !probe_start(work->staged_path, on_probed, work, &err))
        finish(work, NULL, &err);
}

static void
begin_next(void)
{
    while (self.at_work < MAX_AT_WORK && !list_is_empty(&self.waiting)) {
        struct work *work = LIST_ENTRY(self.waiting.next, struct work, link);

        list_remove(&work->link);
        self.at_work++;
        stage_start(work->path, modules_given()->staged_dir, on_staged, work);
    }
}

void
prepare_start(const struct prepare_spec *spec)
{
    struct work *work = mem_alloc(sizeof *work);

    work->spec = *spec;
    work->name = mem_strdup(spec->name);
    work->slug_file = mem_strdup(spec->slug_file ? spec->slug_file : spec->name);
    work->path = mem_strdup(spec->path);
    work->shell = mem_alloc(sizeof *work->shell);
    work->shell->refs = 1;
    version_set(work->shell, spec->setting);
    list_init(&work->link);
    list_add_tail(&self.waiting, &work->link);
    begin_next();
}

bool
prepare_find_symbol(const struct version *version, const char *symbol, uint32_t *slot, struct err *err)
{
    struct buf names;
    bool has_any = false;

    for (size_t i = 0; i < version->route_count; i++)
        if (version->routes[i].kind == ROUTE_FUNCTION && version->routes[i].symbol &&
            strcmp(version->routes[i].symbol, symbol) == 0) {
            *slot = (uint32_t)i;
            return true;
        }
    buf_init(&names, MAX_NAMES);
    for (size_t i = 0; i < version->route_count; i++)
        if (version->routes[i].kind == ROUTE_FUNCTION && version->routes[i].symbol) {
            buf_printf(&names, "%s%s", has_any ? ", " : "", version->routes[i].symbol);
            has_any = true;
        }
    err_set(err, "it has no function '%s'; %s%.*s", symbol, has_any ? "there is: " : "there is none at all",
            STR_ARG(buf_view(&names)));
    buf_fini(&names);
    return false;
}
