/* SPDX-License-Identifier: MIT */
/* Opening and verifying a module (module.h). */
#include "runtime/module.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "runtime/elf.h"
#include "runtime/run.h"

/* ---- opening */

/* Copies the word before or behind a mark in dlerror's text: its messages are the only place where names are found. */
static const char *
word_after(const char *text, const char *mark, char *out, size_t size)
{
    const char *at = strstr(text, mark);
    size_t len;

    if (!at)
        return NULL;
    at += strlen(mark);
    len = strcspn(at, " ,:'(\n");
    snprintf(out, size, "%.*s", (int)(len < size ? len : size - 1), at);
    return out;
}

/*
 * glibc 2.17 to 2.42: "FILE: undefined symbol: NAME", "FILE: version `V' not found (required by FILE)", "LIB: cannot
 * open shared …".
 */
static bool
explain_open(const char *path, const char *text, struct err *err)
{
    char word[256];

    if (word_after(text, "undefined symbol: ", word, sizeof word))
        return err_set(err,
                       "The symbol %s is not defined anywhere: define it, or name its library in the first line, as in "
                       "// link: -lsqlite3. Building with -Wl,-z,defs reports this earlier.",
                       word);
    if (word_after(text, "version `", word, sizeof word))
        return err_set(
            err, "The file needs %s, which this machine does not have: build it on a system as old as this one.", word);
    if (strstr(text, "cannot open shared object file") && strncmp(text, path, strlen(path)) != 0)
        return err_set(err, "The file needs the library %.*s, which is not installed here: install it.",
                       (int)strcspn(text, ":"), text);
    if (strncmp(text, path, strlen(path)) == 0)
        text += strlen(path);
    return err_set(err, "The file cannot be opened as a shared object: %s.", text + strspn(text, ": "));
}

static void *
open_file(const char *path, struct err *err)
{
    void *handle, *symbol;

    if (!elf_check(path, err))
        return NULL;
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *text = dlerror();

        explain_open(path, text ? text : "no reason given", err);
        return NULL;
    }
    symbol = dlsym(handle, "interlude_module");
    if (!symbol)
        err_set(err,
                "The file has no symbol interlude_module, so it is not a module: it needs one of IL_ACTION, IL_PAGE, "
                "IL_FUNCTION or IL_MODULE from <interlude.h>, at the end.");
    return symbol;
}

/* ---- verifying */

/* A struct that grew since we were built counts only if the part we do not know is empty. */
static bool
copy_known(void *to, size_t known, const void *from, size_t given)
{
    const char *bytes = from;

    for (size_t i = known; i < given; i++)
        if (bytes[i])
            return false;
    memset(to, 0, known);
    memcpy(to, from, given < known ? given : known);
    return true;
}

static bool
verify_table(const void *symbol, struct module *module, struct err *err)
{
    const uint32_t *head = symbol; /* frozen: magic, major, minor, size */

    if (head[0] != IL_MAGIC)
        return err_set(err,
                       "The symbol interlude_module starts with 0x%08x instead of 0x%08x: it must be made by a macro "
                       "of <interlude.h>.",
                       head[0], IL_MAGIC);
    if (head[1] != IL_ABI || head[2] > IL_ABI_MINOR)
        return err_set(err, "The module needs module ABI %u.%u and this server offers %u.%u: %s.", head[1], head[2],
                       IL_ABI, IL_ABI_MINOR,
                       head[1] < IL_ABI ? "build it again with this server's interlude.h" : "upgrade the server");
    if (head[3] < offsetof(il_module, load) || head[3] > 1 << 16)
        return err_set(err, "The symbol interlude_module says it has %u bytes, which cannot be: build it again.",
                       head[3]);
    if (!copy_known(&module->table, sizeof module->table, symbol, head[3]))
        return err_set(err, "The module uses options that this server does not know: upgrade the server.");
    if (!module->table.api)
        return err_set(err, "The symbol interlude_module has no place for the function table: it must be made by a "
                            "macro of <interlude.h>.");
    if (!module->table.routes || module->table.n_routes == 0)
        return err_set(err, "The module has no routes: give IL_MODULE an array with at least one row.");
    if (module->table.n_routes > MODULE_MAX_ROUTES)
        return err_set(err, "The module has %zu routes, at most %d are allowed.", module->table.n_routes,
                       MODULE_MAX_ROUTES);
    if (module->table.route_stride < offsetof(il_route, access) || module->table.route_stride > 1 << 16)
        return err_set(err, "The module's routes have %zu bytes each, which cannot be: build it again.",
                       module->table.route_stride);
    return true;
}

static bool
slug_is_good(const char *slug)
{
    size_t len = strlen(slug);

    if (len == 0 || len > 255 || slug[0] == '/' || slug[len - 1] == '/' || slug[0] == '.' || strstr(slug, "//") ||
        strstr(slug, "/."))
        return false;
    for (; *slug; slug++)
        if (!isalnum((unsigned char)*slug) && !strchr("/_.-", *slug))
            return false;
    return true;
}

static const char *
label_of(const il_route *route)
{
    return route->slug ? route->slug : route->symbol ? route->symbol : "the only one";
}

static bool
verify_route(const il_route *route, bool is_only, struct err *err)
{
    bool has_handler = route->kind == IL_KIND_ACTION     ? route->action != NULL
                       : route->kind == IL_KIND_FUNCTION ? route->function != NULL
                                                         : true;
    const char *const texts[] = { route->name, route->description, route->symbol, route->method, route->path };

    if (route->kind < IL_KIND_ACTION || route->kind > IL_KIND_FUNCTION)
        return err_set(err, "Route %s is of kind %u, which this server does not know: upgrade it.", label_of(route),
                       route->kind);
    if (!has_handler)
        return err_set(err, "Route %s has no handler: name a function.", label_of(route));
    if (!route->slug && !is_only)
        return err_set(err, "A route without slug stands beside others: in IL_MODULE every row needs its own.");
    if (route->slug && !slug_is_good(route->slug))
        return err_set(err,
                       "The slug \"%.100s\" is not usable: letters, digits, - _ . and single / in between, no part "
                       "starting with a dot, at most 255.",
                       route->slug);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i] && !str_is_utf8(str_of(texts[i])))
            return err_set(err, "A text of route %s is not UTF-8: save the source as UTF-8.", label_of(route));
    return true;
}

/* Sorted copies would do it faster; a module has a handful of routes, and 10,000 take 0.1 s once per content hash. */
static bool
slug_is_taken(const struct module *module, size_t before, const char *slug)
{
    for (size_t i = 0; i < before; i++)
        if (module->routes[i].slug && strcmp(module->routes[i].slug, slug) == 0)
            return true;
    return false;
}

static bool
verify_routes(struct module *module, struct err *err)
{
    size_t count = module->table.n_routes;

    module->routes = mem_alloc(count * sizeof module->routes[0]);
    for (size_t i = 0; i < count; i++) {
        const char *from = (const char *)module->table.routes + i * module->table.route_stride;
        il_route *route = &module->routes[i];
        uint32_t size;

        memcpy(&size, from, sizeof size);
        if (size < offsetof(il_route, access) || size > module->table.route_stride)
            return err_set(err, "Route %zu says it has %u bytes, which cannot be: build the module again.", i + 1,
                           size);
        if (!copy_known(route, sizeof *route, from, size))
            return err_set(err, "Route %zu uses options that this server does not know: upgrade the server.", i + 1);
        if (!verify_route(route, count == 1, err))
            return false;
        if (route->slug && slug_is_taken(module, i, route->slug))
            return err_set(err, "The slug \"%s\" stands for two routes: rename one.", route->slug);
    }
    return true;
}

bool
module_take(const void *descriptor, struct module *module, struct err *err)
{
    *module = (struct module){ 0 };
    if (!verify_table(descriptor, module, err) || !verify_routes(module, err))
        return false;
    *module->table.api = runtime_api();
    return true;
}

bool
module_open(const char *path, struct module *module, struct err *err)
{
    const void *symbol = open_file(path, err);

    return symbol && module_take(symbol, module, err);
}

/* ---- what the author wants to be asked outside of runs */

typedef il_status hook(il_ctx *ctx);

static hook *
load_of(const il_route *route)
{
    return route->load;
}

static hook *
health_of(const il_route *route)
{
    return route->health;
}

static bool
call_one(hook *called, const char *name, const char *label, bool is_for_good, struct err *err)
{
    struct run run = { .cancel_fd = -1 };
    bool ok;

    if (!called)
        return true;
    arena_init(&run.arena, RUN_ARENA_MAX);
    ok = runtime_outside(&run, called, err);
    if (!is_for_good) {
        runtime_run_free(&run);
        arena_fini(&run.arena);
    }
    return ok || err_prefix(err, "%s of %s", name, label);
}

static bool
is_first(const struct module *module, size_t index, hook *(*of)(const il_route *route))
{
    for (size_t i = 0; i < index; i++)
        if (of(&module->routes[i]) == of(&module->routes[index]))
            return false;
    return true;
}

/* The module's own, then those of the routes, once per function. */
static bool
call_all(const struct module *module, hook *own, hook *(*of)(const il_route *route), const char *name, bool is_for_good,
         struct err *err)
{
    if (!call_one(own, name, "the module", is_for_good, err))
        return false;
    for (size_t i = 0; i < module->table.n_routes; i++)
        if (of(&module->routes[i]) && is_first(module, i, of) &&
            !call_one(of(&module->routes[i]), name, label_of(&module->routes[i]), is_for_good, err))
            return false;
    return true;
}

/* What .load allocated or deferred is there for the life of the process. */
bool
module_load(const struct module *module, struct err *err)
{
    return call_all(module, module->table.load, load_of, ".load", true, err);
}

bool
module_health(const struct module *module, struct err *err)
{
    return call_all(module, module->table.health, health_of, ".health", false, err);
}

void
module_unload(const struct module *module)
{
    for (size_t i = module->table.n_routes; i-- > 0;)
        if (module->routes[i].unload)
            module->routes[i].unload();
    if (module->table.unload)
        module->table.unload();
}
