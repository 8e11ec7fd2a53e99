/* SPDX-License-Identifier: MIT */
/**
 * Tables, shown or chosen from. Rows come from a callback:
 * - synchronous (the default): called once, inside il_ask, il_show or il_page_add, with a page_size of 0 = all rows.
 *   The host copies the rows; it filters, sorts and pages them itself from then on. At most 64 MiB.
 * - `.async = true`: called for each page the person looks at, and does the filtering, sorting and paging itself.
 *
 * An asynchronous table that is only shown goes on answering after il_show, and even the handler, have returned: until
 * the transaction or page is closed. Its `.user` must live that long: take it from il_new, or from static storage. A
 * pointer into the stack of the handler is refused with IL_INVALID. The callback then runs on another thread, one at a
 * time per run.
 */
#ifndef INTERLUDE_TABLE_H
#define INTERLUDE_TABLE_H

#include "item.h"

/** A column. Since 1.0. */
typedef struct il_column {
    const char *label; /**< What stands at the top. */
    /** Names it in il_table_query.sort_column. NULL: its index; asynchronous tables cannot sort by it. */
    const char *key;
    bool plain; /**< Texts are shown as they are, not as Markdown: names, paths. Wire: isPlain. Since 1.1. */
} il_column;

/* clang-format off */
/**
 * The columns: `IL_COLUMNS({ "ID", "id" }, { "Name", "name" })`. 1 to 1024. Texts in cells are Markdown unless
 * the column is .plain. Wire: columns. Since 1.0.
 */
#define IL_COLUMNS(...)                                                          \
    .columns = (const il_column[]){ __VA_ARGS__ },                               \
    .n_columns = sizeof((const il_column[]){ __VA_ARGS__ }) / sizeof(il_column), \
    .column_size = sizeof(il_column)
/* clang-format on */

/** The columns from a list made at run time: `IL_COLUMNS_OF(list, count)`. Since 1.1. */
#define IL_COLUMNS_OF(list, count) .columns = (list), .n_columns = (count), .column_size = sizeof((list)[0])

/** What an asynchronous table is asked for. Valid during the callback. Wire: the state of DISPLAY_TABLE. Since 1.0. */
typedef struct il_table_query {
    uint32_t size;           /**< Bytes the host filled in. */
    const char *term;        /**< What the person typed into the filter. NULL: nothing. */
    const char *sort_column; /**< Key of the column to sort by. NULL: none. Compare it, never paste it into SQL. */
    bool sort_desc;          /**< Descending. */
    size_t offset;           /**< Rows to leave out first. */
    size_t page_size;        /**< Rows wanted, at most 100. 0: all (synchronous tables). */
} il_table_query;

/** Options of IL_TABLE. Since 1.0. */
typedef struct il_table {
    IL_HEAD;
    const il_column *columns; /**< IL_COLUMNS. */
    size_t n_columns;         /**< Written by IL_COLUMNS. */
    size_t column_size;       /**< 0: size of il_column in 1.0. */
    /**
     * Hands over rows with il_row, il_row_menu and il_total. Required. May use il_fmt, il_new, il_log and il_fail, not
     * il_ask. A status other than IL_OK keeps what was shown before, and is logged; in the first call of a synchronous
     * table it fails il_ask.
     */
    il_status (*rows)(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user);
    bool async;          /**< Call rows for each page. Wire: isAsync. */
    bool vertical;       /**< One column per row. Wire: orientation. */
    bool not_sortable;   /**< Wire: isSortable. */
    bool not_filterable; /**< Wire: isFilterable. */
    size_t page_size;    /**< Rows per page. 0: 20 (vertical: 5); IL_ALL_ROWS: no pages. Wire: defaultPageSize. */
} il_table;

/** A page_size for tables without pages (the browser still asks for 100 rows at a time). Since 1.0. */
#define IL_ALL_ROWS SIZE_MAX

/**
 * Shows a table: `IL_TABLE("Users", .rows = find_users, .async = true, IL_COLUMNS(…))`. Wire: DISPLAY_TABLE. Since 1.0.
 */
#define IL_TABLE(...) IL_SHOW_(il_table, IL_M_TABLE, __VA_ARGS__)

/** Keys of the chosen rows, in the order of the table. Since 1.0. */
typedef struct il_keys {
    size_t n;             /**< How many. */
    const char *const *v; /**< As given to il_row; they live until the handler returns. */
} il_keys;

/** Options of IL_SELECT_TABLE. Always synchronous. Since 1.0. */
typedef struct il_select_table {
    IL_HEAD;
    const il_column *columns; /**< IL_COLUMNS. */
    size_t n_columns;         /**< Written by IL_COLUMNS. */
    size_t column_size;       /**< 0: size of il_column in 1.0. */
    /** Hands over all rows with il_row and il_row_menu. Required; see il_table.rows. */
    il_status (*rows)(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user);
    bool not_sortable;           /**< Wire: isSortable. */
    bool not_filterable;         /**< Wire: isFilterable. */
    size_t page_size;            /**< Rows per page. 0: 20; IL_ALL_ROWS: no pages. Wire: defaultPageSize. */
    int min_selections;          /**< Least number of rows. 0: none needed. Wire: minSelections. */
    int max_selections;          /**< Greatest number of rows. 0: no limit. Wire: maxSelections. */
    const char *const *selected; /**< Keys of the rows chosen at first (IL_TEXTS). Wire: selectedKeys. */
} il_select_table;

/** Asks for rows of a table. out: il_keys *; .n may be 0. Wire: SELECT_TABLE. Since 1.0. */
#define IL_SELECT_TABLE(out, ...) IL_INPUT_(il_select_table, IL_M_SELECT_TABLE, il_keys, out, __VA_ARGS__)

#endif
