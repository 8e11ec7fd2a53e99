/* SPDX-License-Identifier: MIT */
/*
 * What all routes of ../database.c need of SQLite: opening a file that may be anything, and what a table is like. Names
 * of tables and columns come from that file and may contain anything, quotes too: they get into SQL only by "%w".
 */
#ifndef ROUTES_DATABASE_DB_H
#define ROUTES_DATABASE_DB_H

#include <interlude.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS_MAX = 200 };

struct column {
    const char *name, *type;   /* type: as declared, "" for none */
    bool is_required;          /* NOT NULL */
    bool is_generated;         /* computed: cannot be written */
    bool is_key;               /* part of the primary key */
    const char *default_value; /* as SQL; NULL: none */
};

struct table {
    const char *path, *name;
    const char *key; /* SQL expression that names a row; NULL: the rows cannot be changed */
    size_t n;
    struct column columns[COLUMNS_MAX];
};

/* Never creates a file. The caller closes *db, on failure too it is nothing to close. */
static il_status db_open(il_ctx *ctx, const char *path, int mode, sqlite3 **db)
{
    int result = sqlite3_open_v2(path, db, mode, NULL);

    sqlite3_busy_timeout(*db, 5000);
    if (result == SQLITE_OK) /* opening reads nothing: a file that is no database shows now */
        result = sqlite3_exec(*db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        return IL_OK;
    il_status failed = il_fail(ctx, "%s: %s", path, sqlite3_errmsg(*db));
    sqlite3_close(*db);
    *db = NULL;
    return failed;
}

static void db_close(void *db)
{
    sqlite3_close_v2(db); /* waits for statements that are still open */
}

/* For handlers of actions and pages: closed when the run ends, however it ends. */
static il_status db_open_for_run(il_ctx *ctx, const char *path, int mode, sqlite3 **db)
{
    IL_TRY(db_open(ctx, path, mode, db));
    return il_defer(ctx, db_close, *db);
}

/* A statement, with a text for ?1 unless that is NULL. NULL: it does not prepare. */
static sqlite3_stmt *db_prepare(sqlite3 *db, const char *sql, const char *text)
{
    sqlite3_stmt *st = NULL;

    sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (text)
        sqlite3_bind_text(st, 1, text, -1, SQLITE_TRANSIENT);
    return st;
}

static const char *db_text(sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);

    return text ? text : "";
}

static const char *db_copy(il_ctx *ctx, sqlite3_stmt *st, int column)
{
    return il_fmt(ctx, "%s", db_text(st, column));
}

static bool db_has_column(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcasecmp(table->columns[i].name, name) == 0)
            return true;
    return false;
}

/*
 * What tells one row from all others: the rowid, under a name that no column has taken; without rowid, the values of
 * the primary key as SQL literals in one text. Views and virtual tables have nothing of the kind.
 */
static const char *db_key(il_ctx *ctx, const struct table *table, bool is_table, bool has_rowid)
{
    static const char *const names[] = { "rowid", "_rowid_", "oid" };
    const char *key = NULL;

    for (size_t i = 0; is_table && has_rowid && !key && i < 3; i++)
        if (!db_has_column(table, names[i]))
            key = names[i];
    for (size_t i = 0; is_table && !has_rowid && i < table->n; i++)
        if (table->columns[i].is_key) {
            char *part = sqlite3_mprintf("quote(\"%w\")", table->columns[i].name);
            key = key ? il_fmt(ctx, "%s || ',' || %s", key, part) : il_fmt(ctx, "%s", part);
            sqlite3_free(part);
        }
    return key;
}

/* The table that the parameters db and table name. *db is opened for the run. */
static il_status db_table(il_ctx *ctx, int mode, sqlite3 **db, struct table **found)
{
    struct table *table = il_new(ctx, struct table);
    bool is_table = false, has_rowid = false;

    if (!table)
        return IL_NO_MEMORY;
    *found = table;
    table->path = il_param_str(ctx, "db");
    table->name = il_param_str(ctx, "table");
    if (!table->path || !table->name)
        return il_fail(ctx, "Choose a database and a table first: see the page Databases.");
    IL_TRY(db_open_for_run(ctx, table->path, mode, db));

    sqlite3_stmt *st = db_prepare(*db, "SELECT type, wr FROM pragma_table_list(?1) WHERE schema = 'main'", table->name);
    if (sqlite3_step(st) == SQLITE_ROW) {
        is_table = strcmp(db_text(st, 0), "table") == 0;
        has_rowid = sqlite3_column_int(st, 1) == 0;
    }
    sqlite3_finalize(st);
    st = db_prepare(*db,
                    "SELECT name, type, \"notnull\", dflt_value, pk, hidden "
                    "FROM pragma_table_xinfo(?1) WHERE hidden <> 1",
                    table->name);
    while (sqlite3_step(st) == SQLITE_ROW && table->n < COLUMNS_MAX)
        table->columns[table->n++] =
            (struct column){ .name = db_copy(ctx, st, 0),
                             .type = db_copy(ctx, st, 1),
                             .is_required = sqlite3_column_int(st, 2) != 0,
                             .default_value = sqlite3_column_text(st, 3) ? db_copy(ctx, st, 3) : NULL,
                             .is_key = sqlite3_column_int(st, 4) != 0,
                             .is_generated = sqlite3_column_int(st, 5) != 0 };
    sqlite3_finalize(st);
    if (table->n == 0)
        return il_fail(ctx, "%s has no table %s.", table->path, table->name);
    table->key = db_key(ctx, table, is_table, has_rowid);
    return IL_OK;
}

/* `column, column, …` */
static void db_append_columns(sqlite3_str *sql, const struct table *table)
{
    for (size_t i = 0; i < table->n; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "", table->columns[i].name);
}

/*
 * A cell for what SQLite holds. Texts live until the statement is stepped; buffer is for those that are made here. Long
 * ones are cut when limit is not 0.
 */
static il_value db_cell(sqlite3_stmt *st, int column, char *buffer, size_t size, size_t limit)
{
    size_t len = (size_t)sqlite3_column_bytes(st, column);

    switch (sqlite3_column_type(st, column)) {
    case SQLITE_NULL:
        return IL_NIL;
    case SQLITE_FLOAT:
        return IL_N(sqlite3_column_double(st, column));
    case SQLITE_INTEGER: /* as a text: a browser rounds integers beyond 2^53 */
        return IL_S(db_text(st, column));
    case SQLITE_BLOB:
        snprintf(buffer, size, "%zu bytes", len);
        return IL_S(buffer);
    default:
        if (limit == 0 || len <= limit)
            return IL_S(db_text(st, column));
        snprintf(buffer, size, "%.*s…", (int)limit, db_text(st, column));
        return IL_S(buffer);
    }
}

#endif
