/* SPDX-License-Identifier: MIT */
/* Which databases there are: the ones opened lately, one opened by its path, a sample to play with. */
#ifndef ROUTES_DATABASE_RECENT_H
#define ROUTES_DATABASE_RECENT_H

#include <errno.h>
#include <unistd.h>

#include "db.h"

/* The list is a database too, in the directory that belongs to this module. */
static il_status recent_open(il_ctx *ctx, sqlite3 **db)
{
    static const char schema[] =
        "CREATE TABLE IF NOT EXISTS recent (path TEXT PRIMARY KEY, opened_ms INTEGER NOT NULL)";
    const char *path = il_fmt(ctx, "%s/recent.db", il_data_dir());

    IL_TRY(db_open_for_run(ctx, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, db));
    return sqlite3_exec(*db, schema, NULL, NULL, NULL) ? il_fail(ctx, "%s: %s", path, sqlite3_errmsg(*db)) : IL_OK;
}

/* Looks into the file, remembers it, goes there. */
static il_status visit(il_ctx *ctx, const char *path)
{
    sqlite3 *db;

    IL_TRY(db_open_for_run(ctx, path, SQLITE_OPEN_READONLY, &db));
    IL_TRY(recent_open(ctx, &db));
    sqlite3_stmt *st = db_prepare(db,
                                  "INSERT INTO recent VALUES (?1, unixepoch() * 1000) "
                                  "ON CONFLICT (path) DO UPDATE SET opened_ms = excluded.opened_ms",
                                  path);
    sqlite3_step(st);
    sqlite3_finalize(st);
    return il_redirect(ctx, .route = "database/browse", .params = IL_PARAMS({ "db", IL_S(path) }));
}

static il_status list_recent(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    static const char sql[] = "SELECT path, opened_ms FROM recent ORDER BY opened_ms DESC LIMIT 100";
    sqlite3_stmt *st = db_prepare(user, sql, NULL);

    (void)ctx;
    (void)query;
    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *path = db_text(st, 0);
        bool is_there = access(path, R_OK) == 0;

        il_row(rows, path,
               IL_RICH(.label = IL_S(path), .route = "database/browse", .params = IL_PARAMS({ "db", IL_S(path) })),
               IL_RICH(.label = IL_S(is_there ? "yes" : strerror(errno)), .highlight = is_there ? IL_NO_COLOR : IL_RED),
               IL_T(sqlite3_column_int64(st, 1)));
    }
    sqlite3_finalize(st);
    return IL_OK;
}

static il_status show_recent(il_ctx *ctx, il_page *page)
{
    sqlite3 *db;

    IL_TRY(recent_open(ctx, &db));
    il_page_head(page, "Databases", "Any SQLite file that this server may read.",
                 IL_MENU({ .label = "Make a sample", .route = "database/sample" },
                         { .label = "Open a database", .route = "database/open" }));
    il_page_add(page, IL_TABLE("Opened lately", .rows = list_recent, .user = db,
                               IL_COLUMNS({ "File" }, { "Readable" }, { "Opened" })));
    return IL_OK;
}

static const char *is_database(il_ctx *ctx, const void *out, void *user)
{
    const char *path = *(const char *const *)out;
    const char *problem = NULL;
    sqlite3 *db = NULL;

    (void)user;
    if (path[0] != '/')
        return "An absolute path, please: one that begins with /.";
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL))
        problem = il_fmt(ctx, "SQLite says: %s.", sqlite3_errmsg(db));
    sqlite3_close(db);
    return problem;
}

static il_status open_database(il_ctx *ctx)
{
    const char *path;

    IL_TRY(il_ask(ctx, IL_TEXT(&path, "Path of the database", .placeholder = "/home/ada/shop.db",
                               .validate = is_database, .value = il_param_str(ctx, "path"))));
    return visit(ctx, path);
}

static il_status make_sample(il_ctx *ctx)
{
    static const char sql[] =
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL NOT NULL, stock INTEGER,"
        "  is_active BOOLEAN NOT NULL DEFAULT 1, released DATE, notes TEXT);"
        "CREATE TABLE orders (number TEXT PRIMARY KEY, product INTEGER NOT NULL REFERENCES products,"
        "  amount INTEGER NOT NULL, ordered DATE NOT NULL) WITHOUT ROWID;"
        "CREATE VIEW turnover AS SELECT p.name, sum(o.amount * p.price) AS turnover FROM orders o"
        "  JOIN products p ON p.id = o.product GROUP BY p.id;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
        " INSERT INTO products SELECT i, 'Product ' || i, i * 1.25, CASE WHEN i % 7 THEN i * 3 END, i % 5 > 0,"
        "  date('2024-01-01', i || ' days'), NULL FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
        " INSERT INTO orders SELECT printf('A-%05d', i), i * 37 % 60 + 1, i % 9 + 1,"
        "  date('2025-01-01', (i / 6) || ' days') FROM n;";
    const char *path = il_fmt(ctx, "%s/sample.db", il_data_dir());
    bool yes = true;
    sqlite3 *db;

    if (access(path, F_OK) == 0)
        IL_TRY(il_confirm(ctx, "Replace the sample?", "What was changed in the one there is will be lost.", &yes));
    if (!yes)
        return visit(ctx, path);
    unlink(path);
    IL_TRY(db_open_for_run(ctx, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db));
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return il_fail(ctx, "%s: %s", path, sqlite3_errmsg(db));
    return visit(ctx, path);
}

#endif
