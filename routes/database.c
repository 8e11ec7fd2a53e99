/* SPDX-License-Identifier: MIT */
// link: -lsqlite3 -lm
/*
 * Browses and edits any SQLite database: open a file by its path, look at its tables, filter and sort them, change
 * rows, ask queries that only read.
 * The SDK in it: a larger tool as one module (IL_MODULE) with headers of its own beside it, because its routes share
 * the files in il_data_dir(); pages and actions that hand each other parameters; asynchronous tables over columns known
 * only at run time (il_row_cells); a form made of whatever columns there are (form.h); a session that asks again and
 * again.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "database/db.h"
#include "database/query.h"
#include "database/recent.h"
#include "database/row.h"

/* ---- one database */

static il_status list_tables(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    sqlite3 *db = user;
    const char *path = sqlite3_db_filename(db, "main");
    sqlite3_stmt *st = db_prepare(db,
                                  "SELECT l.name, l.type, l.ncol FROM pragma_table_list l JOIN sqlite_schema s "
                                  "ON s.name = l.name AND s.type IN ('table', 'view') "
                                  "WHERE l.schema = 'main' AND l.type <> 'shadow' ORDER BY l.name",
                                  NULL);

    (void)ctx;
    (void)query;
    while (sqlite3_step(st) == SQLITE_ROW) {
        char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", db_text(st, 0));
        sqlite3_stmt *count = db_prepare(db, sql, NULL);
        bool is_counted = sqlite3_step(count) == SQLITE_ROW;

        il_row(rows, db_text(st, 0),
               IL_RICH(.label = IL_S(db_text(st, 0)), .route = "database/table",
                       .params = IL_PARAMS({ "db", IL_S(path) }, { "table", IL_S(db_text(st, 0)) })),
               IL_S(db_text(st, 1)), IL_I(sqlite3_column_int(st, 2)),
               is_counted ? IL_I(sqlite3_column_int64(count, 0)) : IL_S(sqlite3_errmsg(db)));
        sqlite3_finalize(count);
        sqlite3_free(sql);
    }
    sqlite3_finalize(st);
    return IL_OK;
}

static il_status browse(il_ctx *ctx, il_page *page)
{
    const char *path = il_param_str(ctx, "db");
    struct stat file = { 0 };
    sqlite3 *db;

    if (!path)
        return il_fail(ctx, "Choose a database first: see the page Databases.");
    IL_TRY(db_open_for_run(ctx, path, SQLITE_OPEN_READONLY, &db));
    stat(path, &file);
    il_page_head(page, strrchr(path, '/') ? strrchr(path, '/') + 1 : path, NULL,
                 IL_MENU({ .label = "All databases", .route = "database" },
                         { .label = "Query", .route = "database/query", .params = IL_PARAMS({ "db", IL_S(path) }) }));
    il_page_add(page, IL_METADATA("", IL_META({ "File", IL_S(path) }, { "Bytes", IL_I(file.st_size) },
                                              { "Written", IL_T((int64_t)file.st_mtime * 1000) })));
    /* a table that is not asynchronous is read here and now: afterwards the connection may go */
    il_page_add(page, IL_TABLE("Tables", .rows = list_tables, .user = db,
                               IL_COLUMNS({ "Name" }, { "Kind" }, { "Columns" }, { "Rows" })));
    return IL_OK;
}

/* ---- one table */

/* Keys of columns are their numbers: names may contain anything, and two of a view may be equal. */
static void append_order(sqlite3_str *sql, const struct table *table, const il_table_query *query)
{
    size_t column = query->sort_column ? strtoul(query->sort_column, NULL, 10) : table->n;

    if (column < table->n)
        sqlite3_str_appendf(sql, " ORDER BY \"%w\" %s", table->columns[column].name, query->sort_desc ? "DESC" : "ASC");
    sqlite3_str_appendf(sql, " LIMIT %lld OFFSET %lld", (long long)query->page_size, (long long)query->offset);
}

/* Every column as a text that contains the term, in any case. */
static void append_filter(sqlite3_str *sql, const struct table *table, const char *term)
{
    sqlite3_str_appendf(sql, " FROM \"%w\"", table->name);
    for (size_t i = 0; term && i < table->n; i++)
        sqlite3_str_appendf(sql, "%s instr(lower(\"%w\"), lower(?1))", i ? " OR" : " WHERE", table->columns[i].name);
}

static void add_row(il_rows *rows, const struct table *table, sqlite3_stmt *st)
{
    char buffers[COLUMNS_MAX][208];
    il_value cells[COLUMNS_MAX];
    const char *key = table->key ? db_text(st, 0) : NULL;
    const il_kv *params = IL_PARAMS({ "db", IL_S(table->path) }, { "table", IL_S(table->name) }, { "key", IL_S(key) });
    const il_menu *menu =
        IL_MENU({ .label = "Edit", .route = "database/edit", .params = params },
                { .label = "Delete", .route = "database/delete", .params = params, .theme = IL_DANGER });

    for (size_t i = 0; i < table->n; i++)
        cells[i] = db_cell(st, (int)i + 1, buffers[i], sizeof buffers[i], 200);
    il_row_cells(rows, key, cells, table->n, key ? menu : NULL);
}

static il_status find_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const struct table *table = user;
    sqlite3 *db;
    sqlite3_stmt *st;
    int result;

    IL_TRY(db_open(ctx, table->path, SQLITE_OPEN_READONLY, &db));
    sqlite3_str *count = sqlite3_str_new(db), *select = sqlite3_str_new(db);
    sqlite3_str_appendall(count, "SELECT count(*)");
    append_filter(count, table, query->term);
    sqlite3_str_appendf(select, "SELECT %s, ", table->key ? table->key : "NULL");
    db_append_columns(select, table);
    append_filter(select, table, query->term);
    append_order(select, table, query);
    char *count_sql = sqlite3_str_finish(count), *select_sql = sqlite3_str_finish(select);

    st = db_prepare(db, count_sql, query->term);
    if (sqlite3_step(st) == SQLITE_ROW)
        il_total(rows, (uint64_t)sqlite3_column_int64(st, 0));
    sqlite3_finalize(st);
    st = db_prepare(db, select_sql, query->term);
    while ((result = sqlite3_step(st)) == SQLITE_ROW)
        add_row(rows, table, st);
    il_status status = result == SQLITE_DONE ? IL_OK : il_fail(ctx, "%s: %s", table->name, sqlite3_errmsg(db));
    sqlite3_finalize(st);
    sqlite3_free(count_sql);
    sqlite3_free(select_sql);
    sqlite3_close(db);
    return status;
}

static il_status show_table(il_ctx *ctx, il_page *page)
{
    sqlite3 *db;
    struct table *table; /* from il_new: lives as long as the page, so find_rows may use it */

    IL_TRY(db_table(ctx, SQLITE_OPEN_READONLY, &db, &table));
    il_column *columns = il_new_array(ctx, il_column, table->n);
    if (!columns)
        return IL_NO_MEMORY;
    for (size_t i = 0; i < table->n; i++)
        columns[i] = (il_column){ .label = table->columns[i].name, .key = il_fmt(ctx, "%zu", i), .plain = true };

    const il_kv *params = IL_PARAMS({ "db", IL_S(table->path) }, { "table", IL_S(table->name) });
    il_page_head(
        page, table->name, table->key ? NULL : "The rows cannot be changed: this is not an ordinary table.",
        IL_MENU({ .label = "All tables", .route = "database/browse", .params = params },
                { .label = "Query", .route = "database/query", .params = params },
                { .label = "Insert row", .route = "database/insert", .params = params, .disabled = !table->key }));
    il_page_add(page, IL_TABLE("", .rows = find_rows, .user = table, .async = true, .page_size = 25,
                               IL_COLUMNS_OF(columns, table->n)));
    return IL_OK;
}

/* What a database page needs to know stands in its address, so pages can be bookmarked and sent to others. */
static const il_route routes[] = {
    IL_ROUTE_PAGE("database", show_recent, .name = "Databases", .description = "Browse and edit SQLite databases"),
    IL_ROUTE_ACTION("database/open", open_database, .name = "Open a database"),
    IL_ROUTE_ACTION("database/sample", make_sample, .name = "Make a sample database"),
    IL_ROUTE_PAGE("database/browse", browse, .name = "Tables", .unlisted = true),
    IL_ROUTE_PAGE("database/table", show_table, .name = "Table", .unlisted = true),
    IL_ROUTE_ACTION("database/query", ask_query, .name = "Query", .unlisted = true),
    IL_ROUTE_ACTION("database/insert", insert_row, .name = "Insert row", .unlisted = true),
    IL_ROUTE_ACTION("database/edit", edit_row, .name = "Edit row", .unlisted = true),
    IL_ROUTE_ACTION("database/delete", delete_row, .name = "Delete row", .unlisted = true),
};
IL_MODULE(routes);
