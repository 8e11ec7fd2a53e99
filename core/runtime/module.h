/* SPDX-License-Identifier: MIT */
/*
 * The one module of this process: opened, verified, its descriptor copied into structs of our own size. Never closed.
 */
#ifndef RUNTIME_MODULE_H
#define RUNTIME_MODULE_H

#include "base/err.h"
#include "interlude.h"

enum { MODULE_MAX_ROUTES = 10000 };

struct module {
    il_module table;  /* our copy; its routes pointer is the module's own array */
    il_route *routes; /* table.n_routes copies */
};

/*
 * On failure err holds one sentence for the author, without the path. Runs the constructors of the file: those of a
 * bad one may do anything, the caller is a process that may die.
 */
bool module_open(const char *path, struct module *module, struct err *err) MUST_CHECK;

/* The same for a descriptor that is in this process already. */
bool module_take(const void *descriptor, struct module *module, struct err *err) MUST_CHECK;

/* Calls .load of the module, then of every route that has one, once per function. */
bool module_load(const struct module *module, struct err *err) MUST_CHECK;
/* The same with .health, until one is not well. Any thread. */
bool module_health(const struct module *module, struct err *err) MUST_CHECK;
void module_unload(const struct module *module);

#endif
