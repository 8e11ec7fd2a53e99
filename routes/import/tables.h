/* SPDX-License-Identifier: MIT */
/* What has been imported (csv.c): a page with all tables, and the same page with the rows of one of them. */
#ifndef ROUTES_IMPORT_TABLES_H
#define ROUTES_IMPORT_TABLES_H

#include <interlude.h>
#include <sqlite3.h>

static il_status tables_open(il_ctx *ctx, sqlite3 **db)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/imports.db", il_data_dir());
    if (sqlite3_open(path, db) != SQLITE_OK)
        return il_fail(ctx, "%s: %s", path, sqlite3_errmsg(*db));
    sqlite3_busy_timeout(*db, 5000);
    return IL_OK;
}

/* A statement about a table that may be called anything. The format has one "%w" for its name. */
static sqlite3_stmt *tables_prepare(sqlite3 *db, const char *format, const char *table)
{
    char *sql = sqlite3_mprintf(format, table);
    sqlite3_stmt *st = NULL;

    sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    sqlite3_free(sql);
    return st;
}

static il_status list_tables(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    (void)query;
    (void)user;
    IL_TRY(tables_open(ctx, &db));
    sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", -1, &st, NULL);
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(st, 0);
        sqlite3_stmt *count = tables_prepare(db, "SELECT count(*) FROM \"%w\"", name);

        sqlite3_step(count);
        il_row(rows, name,
               IL_RICH(.label = IL_S(name), .route = "import/tables", .params = IL_PARAMS({ "table", IL_S(name) })),
               IL_I(sqlite3_column_int64(count, 0)));
        sqlite3_finalize(count);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    return IL_OK;
}

static il_status list_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    sqlite3 *db = NULL;
    il_value cells[CSV_COLUMNS_MAX];

    IL_TRY(tables_open(ctx, &db));
    sqlite3_stmt *st = tables_prepare(db, "SELECT count(*) FROM \"%w\"", user);
    if (sqlite3_step(st) == SQLITE_ROW)
        il_total(rows, (uint64_t)sqlite3_column_int64(st, 0));
    sqlite3_finalize(st);
    st = tables_prepare(db, "SELECT * FROM \"%w\" ORDER BY rowid LIMIT ?1 OFFSET ?2", user);
    sqlite3_bind_int64(st, 1, (sqlite3_int64)query->page_size);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)query->offset);
    int n = sqlite3_column_count(st);
    while (sqlite3_step(st) == SQLITE_ROW) {
        for (int i = 0; i < n && i < CSV_COLUMNS_MAX; i++) /* numbers as texts: exactly as they are */
            cells[i] = IL_S((const char *)sqlite3_column_text(st, i));
        il_row_cells(rows, NULL, cells, (size_t)n, NULL);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    return IL_OK;
}

static il_status show_one(il_ctx *ctx, il_page *page, const char *name)
{
    il_column *columns = il_new_array(ctx, il_column, CSV_COLUMNS_MAX);
    sqlite3 *db = NULL;

    if (!columns)
        return IL_NO_MEMORY;
    IL_TRY(tables_open(ctx, &db));
    sqlite3_stmt *st = tables_prepare(db, "SELECT * FROM \"%w\"", name);
    int n = sqlite3_column_count(st);
    for (int i = 0; i < n && i < CSV_COLUMNS_MAX; i++)
        columns[i] = (il_column){ .label = il_fmt(ctx, "%s", sqlite3_column_name(st, i)), .plain = true };
    sqlite3_finalize(st);
    sqlite3_close(db);
    if (n == 0)
        return il_fail(ctx, "There is no table %s.", name);
    il_page_head(page, name, NULL, IL_MENU({ .label = "All tables", .route = "import/tables" }));
    il_page_add(page, IL_TABLE("", .rows = list_rows, .user = (void *)name, .async = true, .not_filterable = true,
                               IL_COLUMNS_OF(columns, (size_t)n)));
    return IL_OK;
}

static il_status show_tables(il_ctx *ctx, il_page *page)
{
    const char *name = il_param_str(ctx, "table");

    if (name)
        return show_one(ctx, page, name);
    il_page_head(page, "Imported tables", NULL, IL_MENU({ .label = "Import CSV", .route = "import/csv" }));
    il_page_add(page, IL_TABLE("", .rows = list_tables, IL_COLUMNS({ "Table" }, { "Rows" })));
    return IL_OK;
}

#endif
