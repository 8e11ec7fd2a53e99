/* SPDX-License-Identifier: MIT */
/*
 * The database of the customer desk (../customers.c): opening, first contents, one way to ask. One connection for the
 * whole module: all handlers run in one process, on several threads, and SQLite's FULLMUTEX mode is made for that. So
 * no transaction spans several statements here; each write checks what it must, and says by RETURNING whether it
 * happened.
 */
#ifndef ROUTES_CUSTOMERS_STORE_H
#define ROUTES_CUSTOMERS_STORE_H

#include <interlude.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

static sqlite3 *db;

static const char store_schema[] =
    "PRAGMA journal_mode = WAL;"
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    "  email TEXT NOT NULL UNIQUE COLLATE NOCASE, company TEXT, plan TEXT NOT NULL, note TEXT,"
    "  created_ms INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1);"
    "CREATE TABLE IF NOT EXISTS payments (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers,"
    "  paid_ms INTEGER NOT NULL, what TEXT NOT NULL, cents INTEGER NOT NULL, refunded_cents INTEGER NOT NULL DEFAULT 0,"
    "  refund_reason TEXT, CHECK (refunded_cents BETWEEN 0 AND cents));"
    "CREATE INDEX IF NOT EXISTS payments_customer ON payments (customer_id);"
    "CREATE VIEW IF NOT EXISTS customer_list AS SELECT c.*, (SELECT coalesce(sum(cents - refunded_cents), 0)"
    "  FROM payments WHERE customer_id = c.id) AS paid_cents FROM customers c;"
    "CREATE TEMP TABLE IF NOT EXISTS is_new AS SELECT NOT EXISTS (SELECT 1 FROM customers) AS yes;";

/* 240 people made of two lists of names, and up to six monthly payments each: the same ones every time. */
static const char store_seed[] =
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 239),"
    " first(i, name) AS (VALUES (0, 'Ada'), (1, 'Grace'), (2, 'Barbara'), (3, 'Frances'), (4, 'Radia'),"
    "  (5, 'Margaret'), (6, 'Dennis'), (7, 'Ken'), (8, 'Edsger'), (9, 'Niklaus'), (10, 'Donald'), (11, 'Brian'), (12, "
    "'Linus'),"
    "  (13, 'Alan'), (14, 'John'), (15, 'Tony')),"
    " last(i, name) AS (VALUES (0, 'Moore'), (1, 'Okafor'), (2, 'Tanaka'), (3, 'Rossi'), (4, 'Novak'), (5, 'Silva'),"
    "  (6, 'Meyer'), (7, 'Dubois'), (8, 'Kowalski'), (9, 'Haddad'), (10, 'Lindgren'), (11, 'Murphy'), (12, 'Popescu'),"
    "  (13, 'Nguyen'), (14, 'Garcia'))"
    "INSERT INTO customers (name, email, company, plan, created_ms)"
    " SELECT f.name || ' ' || l.name, lower(f.name || '.' || l.name || '@example.com'),"
    "  CASE WHEN n.i % 3 THEN l.name || ' & Co.' END,"
    "  CASE n.i % 6 WHEN 0 THEN 'free' WHEN 3 THEN 'free' WHEN 5 THEN 'business' ELSE 'team' END,"
    "  (unixepoch() - (240 - n.i) * 86400 * 3) * 1000"
    " FROM n JOIN first f ON f.i = n.i % 16 JOIN last l ON l.i = n.i % 15 WHERE (SELECT yes FROM is_new) ORDER BY n.i;"
    "INSERT INTO payments (customer_id, paid_ms, what, cents)"
    " SELECT c.id, (unixepoch() - m.column1 * 86400 * 30) * 1000, 'Subscription',"
    "  CASE c.plan WHEN 'team' THEN 2900 ELSE 19900 END"
    " FROM customers c JOIN (VALUES (0), (1), (2), (3), (4), (5)) m ON m.column1 <= c.id % 6"
    " WHERE c.plan <> 'free' AND (SELECT yes FROM is_new);"
    "DROP TABLE is_new; COMMIT;";

/* For .load: runs once in the process, before the first handler. */
static il_status store_open(il_ctx *ctx)
{
    const char *path = il_fmt(ctx, "%s/customers.db", il_data_dir());

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL) ||
        sqlite3_busy_timeout(db, 5000) || sqlite3_exec(db, store_schema, NULL, NULL, NULL) ||
        sqlite3_exec(db, store_seed, NULL, NULL, NULL))
        return il_fail(ctx, "%s: %s", path, sqlite3_errmsg(db));
    return IL_OK;
}

/* For .unload: runs once, when the process ends in order. */
static void store_close(void)
{
    sqlite3_close(db);
    db = NULL;
}

/* A statement with its parameters, one letter each: i for int64_t, t for const char * (NULL is null). */
static inline sqlite3_stmt *store_prepare(const char *sql, const char *types, ...)
{
    sqlite3_stmt *st = NULL;
    va_list args;

    sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    va_start(args, types);
    for (int i = 1; st && *types; i++, types++) {
        if (*types == 'i')
            sqlite3_bind_int64(st, i, va_arg(args, int64_t));
        else
            sqlite3_bind_text(st, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    }
    va_end(args);
    return st;
}

/* Ends a statement that went step by step; anything but SQLITE_DONE was a failure. */
static inline il_status store_done(il_ctx *ctx, sqlite3_stmt *st, int result)
{
    il_status status = result == SQLITE_DONE ? IL_OK : il_fail(ctx, "The customer database: %s", sqlite3_errmsg(db));

    sqlite3_finalize(st);
    return status;
}

/* The one number that a statement says; 0 for none. Writes with RETURNING say the id of what they changed. */
static inline il_status store_number(il_ctx *ctx, sqlite3_stmt *st, int64_t *number)
{
    int result = sqlite3_step(st);

    *number = 0;
    if (result == SQLITE_ROW) {
        *number = sqlite3_column_int64(st, 0);
        result = sqlite3_step(st); /* to its end, or the write is not done */
    }
    return store_done(ctx, st, result);
}

static inline const char *store_text(sqlite3_stmt *st, int column)
{
    return (const char *)sqlite3_column_text(st, column);
}

/* An amount for people, by value: .text lives until the end of the statement it is written in. */
struct money {
    char text[32];
};

static inline struct money money(int64_t cents)
{
    struct money m;

    snprintf(m.text, sizeof m.text, "%lld.%02lld EUR", (long long)(cents / 100), (long long)(cents % 100));
    return m;
}

#endif
