/* SPDX-License-Identifier: MIT */
/* May this shared object be the module of that function? (package_internal.h) */
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

#include "deploy/module_file.h"
#include "deploy/package_internal.h"
#include "interlude.h"

enum { LAMBDA_GLIBC_MINOR = 34 /* provided.al2023 */ };

static bool
has_handler(const struct module_file *module, const char *symbol)
{
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
is_too_new(const struct module_file *module)
{
    unsigned major, minor;

    return sscanf(gnu_get_libc_version(), "%u.%u", &major, &minor) == 2 &&
           (module->glibc_major > major || (module->glibc_major == major && module->glibc_minor > minor));
}

static bool
check_module(struct package_maker *maker, const struct service_function *function, const struct module_file *module)
{
    const char *key = function->key, *file = function->file;

    if (module->machine != module_own_machine())
        return package_error(maker, "functions.%s: %s.so is built for %s, this machine is %s", key, file,
                             module_machine_name(module->machine), module_machine_name(module_own_machine()));
    if (!has_handler(module, function->symbol))
        return package_error(maker, "functions.%s: %s.so has no function %s (it has: %s)", key, file, function->symbol,
                             handlers_of(module, &maker->package->arena));
    if (module->library_path)
        return package_error(maker,
                             "functions.%s: %s.so carries a library path of its own (%s), which the server "
                             "refuses; link it without -rpath",
                             key, file, module->library_path);
    if (module->has_text_relocations)
        return package_error(maker, "functions.%s: %s.so has text relocations; build it with -fPIC", key, file);
    if (is_too_new(module))
        return package_error(maker, "functions.%s: %s.so needs %s of GLIBC_%u.%u, this machine has %s", key, file,
                             module->glibc_symbol, module->glibc_major, module->glibc_minor, gnu_get_libc_version());
    if (maker->options->is_for_lambda && module->glibc_major == 2 && module->glibc_minor > LAMBDA_GLIBC_MINOR)
        return package_error(maker, "functions.%s: %s.so needs %s of GLIBC_%u.%u, AWS Lambda has GLIBC_2.%d", key, file,
                             module->glibc_symbol, module->glibc_major, module->glibc_minor, LAMBDA_GLIBC_MINOR);
    return true;
}

bool
package_check_module(struct package_maker *maker, const struct service_function *function, struct str bytes,
                     struct package_function *made)
{
    struct module_file module;
    struct err err;

    if (!module_file_read(&module, &maker->package->arena, bytes, &err))
        return package_error(maker, "functions.%s: %s.so: %s", function->key, function->file, err.text);
    made->abi = module.abi_major;
    if (!maker->compiler)
        maker->compiler = module.compiler;
    return check_module(maker, function, &module);
}
