/* SPDX-License-Identifier: MIT */
/*
 * What probes said about module files, by content hash, so that a known file is not probed again. user.h says how
 * these functions behave.
 */
#ifndef STORE_MODULE_H
#define STORE_MODULE_H

#include "store/store.h"

struct module_row {
    const char *hash;       /* hexadecimal */
    const char *descriptor; /* JSON as the probe reported it */
};

void store_module_put(struct store_write *write, const char *hash, struct str descriptor);
/* All of them, for the start. */
bool store_module_list(struct store *store, struct arena *arena, struct module_row **modules, size_t *count,
                       struct err *err) MUST_CHECK;

#endif
