/* SPDX-License-Identifier: MIT */
/* Probed module files (module.h). */
#include "store/module.h"

#include "base/clock.h"
#include "store/query.h"

void
store_module_put(struct store_write *write, const char *hash, struct str descriptor)
{
    STORE_ADD(write, SQL_MODULE_PUT, STORE_ONE, v_text(hash), v_str(descriptor), v_int(clock_wall_ms()));
}

bool
store_module_list(struct store *store, struct arena *arena, struct module_row **modules, size_t *count, struct err *err)
{
    struct store_rows rows;

    if (!store_read(store, arena, &rows, err, SQL_MODULE_LIST, NULL, 0))
        return false;
    *count = rows.count;
    *modules = rows.count ? arena_alloc(arena, rows.count * sizeof **modules) : NULL;
    for (size_t i = 0; *modules && i < rows.count; i++)
        (*modules)[i] = (struct module_row){ .hash = row_text(&rows, i, 0), .descriptor = row_text(&rows, i, 1) };
    return records_fit(*modules, &rows, err);
}
