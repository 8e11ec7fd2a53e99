/* SPDX-License-Identifier: MIT */
/*
 * One table of one IO call: its columns, its rows, what the browser wants to see of them (io-methods.md 10). A
 * synchronous table holds all rows and filters, sorts and pages them here; an asynchronous one holds the last page that
 * its callback delivered.
 *
 * A table owns copies of everything but the callback's user pointer, so it goes on answering when the item is long
 * gone.
 */
#ifndef RUNTIME_TABLE_H
#define RUNTIME_TABLE_H

#include "base/arena.h"
#include "interlude/api.h"
#include "json/read.h"
#include "runtime/rich.h"

struct run_io;

struct row {
    struct row *next;
    const char *key;
    size_t index;             /* in the order of the callback */
    const il_menu *menu;      /* NULL: none */
    const il_tile_info *tile; /* of a grid */
    size_t cell_count;        /* at most as many as columns */
    il_value cells[];
};

struct row_list {
    struct arena arena;
    struct row *first, *last, **tail;
    size_t count;
};

struct table {
    bool is_select, is_grid, is_async, is_vertical, is_sortable, is_filterable;
    size_t page_size; /* as the author gave it: 0 default, IL_ALL_ROWS */
    int min_selections, max_selections, ideal_column_width;
    const char *help_text;
    const char *const *selected; /* keys, ended by NULL; or NULL */
    const il_column *columns;
    size_t column_count;
    il_status (*rows)(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user);
    void *user;
    struct row_list list;
    /* what is shown: order[first] to order[first + shown - 1] */
    const struct row **order; /* the rows that match, sorted; malloc */
    size_t order_count, first, shown;
    uint64_t total;
    bool has_total, is_all_selected;
};

/* What the browser asks for (state of DISPLAY_TABLE, DISPLAY_GRID and SELECT_TABLE). */
struct table_state {
    const char *term;        /* NULL: no filter */
    const il_column *column; /* to sort by; NULL: as delivered */
    size_t column_index;
    bool is_descending, is_select_all;
    size_t offset, page_size;
};

/*
 * Takes what the item says (an il_table, il_select_table or il_grid of this host's size) into the arena. Checks it:
 * false, with the reason. A table that was made is released with table_free.
 */
bool table_new(struct arena *arena, const il_item *item, struct table **table, struct err *err) MUST_CHECK;
void table_free(struct table *table);

/*
 * Synchronous: has the callback deliver all rows. Asynchronous: nothing, the browser will ask. The reason of a failure
 * is in io.
 */
il_status table_fill(struct table *table, struct run_io *io);

/* The browser's new state; meta and path say where its annotations are. On failure what was shown stays. */
il_status table_set_state(struct table *table, struct run_io *io, struct json state, struct json meta,
                          const char *path);

/* The members of "props". */
void table_put_props(const struct table *table, struct rich *rich);

static inline size_t
table_row_count(const struct table *table)
{
    return table->list.count;
}

static inline const struct row *
table_first_row(const struct table *table)
{
    return table->list.first;
}

/* table_order.c: fills table->order with the rows that match, sorted, and order_count. */
void table_sort(struct table *table, const struct table_state *state);

/* The members of the function table. */
il_status rows_add(il_rows *rows, const char *key, const il_value *cells, size_t n, const il_menu *menu);
void rows_total(il_rows *rows, uint64_t total);
il_status tile_add(il_rows *rows, const char *key, const il_tile_info *tile);

/* For tile.c: what is behind an il_rows. */
struct run_io *rows_io(il_rows *rows);
struct arena *rows_arena(il_rows *rows);
struct row *rows_last(il_rows *rows);                       /* the one that was added last; NULL: none */
il_status rows_fail(il_rows *rows, il_status status);       /* remembers the first failure */
void tile_columns(struct table *table);                     /* what a filter of a grid looks at */
void tile_put(const il_tile_info *tile, struct rich *rich); /* one object */

#endif
