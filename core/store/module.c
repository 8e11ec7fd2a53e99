/* SPDX-License-Identifier: MIT */
/* Probed module files (module.h). */
#include "store/module.h"

#include "base/clock.h"
#include "store/query.h"

void
store_module_put(struct store_write *write, const char *hash, struct str descriptor, bool good)
{
    STORE_ADD(write, SQL_MODULE_PUT, STORE_ONE, v_text(hash), v_str(descriptor), v_int(clock_wall_ms()), v_int(good));
}

void
store_module_set_good(struct store_write *write, const char *hash, bool good)
{
    STORE_ADD(write, SQL_MODULE_SET_GOOD, STORE_ANY, v_text(hash), v_int(good));
}

/* All rows as records; NULL when there are none, which is also how a single record is looked for. */
static bool
fill_modules(struct arena *arena, const struct store_rows *rows, struct module_row **modules, size_t *count,
             struct err *err)
{
    *count = rows->count;
    *modules = rows->count ? arena_alloc(arena, rows->count * sizeof **modules) : NULL;
    for (size_t i = 0; *modules && i < rows->count; i++)
        (*modules)[i] = (struct module_row){
            .hash = row_text(rows, i, 0),
            .descriptor = row_text(rows, i, 1),
            .probed_at = row_int(rows, i, 2),
            .good = row_int(rows, i, 3) != 0,
        };
    return records_fit(*modules, rows, err);
}

bool
store_module_get(struct store *store, struct arena *arena, const char *hash, struct module_row **module,
                 struct err *err)
{
    struct store_rows rows;
    size_t count;

    return STORE_READ(store, arena, &rows, err, SQL_MODULE_GET, v_text(hash)) &&
           fill_modules(arena, &rows, module, &count, err);
}

bool
store_module_list(struct store *store, struct arena *arena, struct module_row **modules, size_t *count, struct err *err)
{
    struct store_rows rows;

    return store_read(store, arena, &rows, err, SQL_MODULE_LIST, NULL, 0) &&
           fill_modules(arena, &rows, modules, count, err);
}
