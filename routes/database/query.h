/* SPDX-License-Identifier: MIT */
/* A session of queries that only read: the question stays in the form, its answer stands above. */
#ifndef ROUTES_DATABASE_QUERY_H
#define ROUTES_DATABASE_QUERY_H

#include "db.h"

enum { QUERY_ROWS_MAX = 1000, QUERY_COLUMNS_MAX = 100 };

struct query {
    sqlite3 *db;
    const char *sql;
};

/* Explains mistakes below the field. The last word about writing has the connection: it is open for reading only. */
static const char *is_query(il_ctx *ctx, const void *out, void *user)
{
    const struct query *query = user;
    sqlite3_stmt *st = NULL;
    const char *tail = "", *problem = NULL;

    if (sqlite3_prepare_v2(query->db, *(const char *const *)out, -1, &st, &tail) != SQLITE_OK)
        problem = il_fmt(ctx, "%s", sqlite3_errmsg(query->db));
    else if (!st || sqlite3_column_count(st) == 0 || !sqlite3_stmt_readonly(st))
        problem = "Only queries, please: this page reads and never writes.";
    else if (tail[strspn(tail, " \t\r\n;")] != '\0')
        problem = "One statement at a time, please.";
    else if (sqlite3_column_count(st) > QUERY_COLUMNS_MAX)
        problem = "This query has too many columns.";
    sqlite3_finalize(st);
    return problem;
}

static int stop_when_canceled(void *ctx)
{
    return il_canceled(ctx);
}

static il_status list_answer(il_ctx *ctx, const il_table_query *unused, il_rows *rows, void *user)
{
    const struct query *query = user;
    sqlite3_stmt *st = db_prepare(query->db, query->sql, NULL);
    il_value cells[QUERY_COLUMNS_MAX];
    char buffers[QUERY_COLUMNS_MAX][32];
    int n = sqlite3_column_count(st), result = SQLITE_DONE;

    (void)unused;
    for (int count = 0; count < QUERY_ROWS_MAX && (result = sqlite3_step(st)) == SQLITE_ROW; count++) {
        for (int i = 0; i < n; i++)
            cells[i] = db_cell(st, i, buffers[i], sizeof buffers[i], 0);
        il_row_cells(rows, NULL, cells, (size_t)n, NULL);
    }
    sqlite3_finalize(st);
    return result == SQLITE_DONE || result == SQLITE_ROW ? IL_OK : il_fail(ctx, "%s", sqlite3_errmsg(query->db));
}

/* Shows the answer; it stays above the form that follows. */
static il_status show_answer(il_ctx *ctx, struct query *query)
{
    sqlite3_stmt *st = db_prepare(query->db, query->sql, NULL);
    size_t n = (size_t)sqlite3_column_count(st);
    il_column *columns = il_new_array(ctx, il_column, n);

    for (size_t i = 0; columns && i < n; i++)
        columns[i] = (il_column){ .label = il_fmt(ctx, "%s", sqlite3_column_name(st, (int)i)), .plain = true };
    sqlite3_finalize(st);
    if (!columns)
        return IL_NO_MEMORY;
    return il_show(ctx, IL_TABLE("Answer", .rows = list_answer, .user = query, IL_COLUMNS_OF(columns, n),
                                 .help_text = "At most the first 1000 rows"));
}

static il_status ask_query(il_ctx *ctx)
{
    const char *path = il_param_str(ctx, "db"), *table = il_param_str(ctx, "table"), *choice;
    struct query query = { 0 };
    sqlite3 *db;

    if (!path)
        return il_fail(ctx, "Choose a database first: see the page Databases.");
    IL_TRY(db_open_for_run(ctx, path, SQLITE_OPEN_READONLY, &db));
    sqlite3_progress_handler(db, 10000, stop_when_canceled, ctx);
    query.db = db;
    char *first = sqlite3_mprintf("SELECT *\nFROM \"%w\"\nLIMIT 100", table ? table : "sqlite_schema");
    query.sql = il_fmt(ctx, "%s", first);
    sqlite3_free(first);
    for (;;) {
        IL_TRY(il_ask_form(
            ctx,
            IL_FORM(.choice = &choice,
                    .choices = IL_CHOICES(IL_CHOICE("Run", "run"), IL_CHOICE("Done", "done", .theme = IL_SECONDARY))),
            IL_TEXT(&query.sql, "SQL", .value = query.sql, .multiline = true, .lines = 6, .validate = is_query,
                    .user = &query)));
        if (strcmp(choice, "done") == 0)
            return IL_OK;
        IL_TRY(show_answer(ctx, &query));
    }
}

#endif
