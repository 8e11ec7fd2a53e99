/* SPDX-License-Identifier: MIT */
/* May this shared object be the module of that function, or of routes? (package_internal.h) */
#include <string.h>

#include "deploy/module_file.h"
#include "deploy/package_internal.h"
#include "deploy/machine.h"
#include "interlude.h"

enum { LAMBDA_GLIBC_MINOR = 34 /* provided.al2023 */ };

static struct machine
target_of(const struct package_maker *maker)
{
    if (!maker->options->is_for_lambda)
        return *machine_get();
    return (struct machine){
        .name = "AWS Lambda", .glibc_major = 2, .glibc_minor = LAMBDA_GLIBC_MINOR, .machine = module_own_machine()
    };
}

static bool
has_handler(const struct module_file *module, const char *symbol)
{
    if (!symbol)
        return true;
    for (size_t i = 0; i < module->route_count; i++)
        if (module->routes[i].kind == IL_KIND_FUNCTION && strcmp(module->routes[i].symbol, symbol) == 0)
            return true;
    return false;
}

/* "handler, other": what it has instead. */
static const char *
handlers_of(const struct module_file *module, struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < module->route_count && i < 8; i++)
        if (module->routes[i].kind == IL_KIND_FUNCTION)
            text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", module->routes[i].symbol);
    return *text ? text : "none";
}

static bool
check_module(struct package_maker *maker, const char *what, const char *symbol, const struct module_file *module)
{
    const struct machine target = target_of(maker);
    struct err err;

    if (!machine_takes(&target, module, &err))
        return package_error(maker, "%s %s", what, err.text);
    if (!has_handler(module, symbol))
        return package_error(maker, "%s has no function %s (it has: %s)", what, symbol,
                             handlers_of(module, &maker->package->arena));
    if (module->library_path)
        return package_error(maker,
                             "%s carries a library path of its own (%s), which the server refuses; link it without "
                             "-rpath",
                             what, module->library_path);
    if (module->has_text_relocations)
        return package_error(maker, "%s has text relocations; build it with -fPIC", what);
    return true;
}

bool
package_check_module(struct package_maker *maker, const char *what, const char *symbol, struct str bytes, uint32_t *abi)
{
    struct module_file module;
    struct err err;

    if (!module_file_read(&module, &maker->package->arena, bytes, &err))
        return package_error(maker, "%s: %s", what, err.text);
    *abi = module.abi_major;
    if (!maker->compiler)
        maker->compiler = module.compiler;
    return check_module(maker, what, symbol, &module);
}
