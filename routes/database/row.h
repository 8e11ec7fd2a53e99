/* SPDX-License-Identifier: MIT */
/*
 * Insert, edit and delete a row. Only what was changed is written, and only if the row is still what was shown: what
 * somebody else wrote meanwhile is not lost.
 */
#ifndef ROUTES_DATABASE_ROW_H
#define ROUTES_DATABASE_ROW_H

#include "form.h"

/* A browser turns CRLF into LF: that alone is no change. */
static bool is_same_text(const char *a, const char *b)
{
    while (*a && *b) {
        if (*a == '\r' || *b == '\r') {
            *a == '\r' ? a++ : b++;
            continue;
        }
        if (*a++ != *b++)
            return false;
    }
    return *a == *b;
}

static bool is_written(const struct field *field)
{
    bool is_new = !field->old, was_null = field->old_type == SQLITE_NULL;

    switch (field->widget) {
    case W_INTEGER:
    case W_NUMBER:
        return field->present == was_null || (field->present && field->number != field->old_number);
    case W_FLAG:
        return is_new || field->flag != (field->old_number != 0);
    case W_DATE:
        return field->present == was_null || memcmp(&field->date, &field->old_date, sizeof field->date) != 0;
    case W_TEXT:
        if (is_new) /* NOT NULL without default: an empty text */
            return field->present || (field->column->is_required && !field->column->default_value);
        return field->present ? was_null || !is_same_text(field->text, field->old_text) : !was_null && *field->old_text;
    default:
        return false;
    }
}

static void bind_field(il_ctx *ctx, sqlite3_stmt *st, int at, const struct field *field)
{
    const char *empty = field->column->is_required ? "" : NULL;

    if (field->widget == W_TEXT)
        sqlite3_bind_text(st, at, field->present ? field->text : empty, -1, SQLITE_TRANSIENT);
    else if (field->widget == W_FLAG)
        sqlite3_bind_int(st, at, field->flag);
    else if (!field->present)
        sqlite3_bind_null(st, at);
    else if (field->widget == W_INTEGER)
        sqlite3_bind_int64(st, at, (sqlite3_int64)field->number);
    else if (field->widget == W_NUMBER)
        sqlite3_bind_double(st, at, field->number);
    else
        sqlite3_bind_text(st, at, il_fmt(ctx, "%04d-%02d-%02d", field->date.year, field->date.month, field->date.day),
                          -1, SQLITE_TRANSIENT);
}

/* Insert: the columns and as many marks. A column that is left out gets its default. */
static void append_insert(sqlite3_str *sql, const struct row *row)
{
    const char *comma = "";
    int n = 0;

    for (size_t i = 0; i < row->table->n; i++)
        n += is_written(&row->fields[i]);
    sqlite3_str_appendf(sql, n ? "INSERT INTO \"%w\" (" : "INSERT INTO \"%w\" DEFAULT VALUES", row->table->name);
    if (n == 0)
        return;
    for (size_t i = 0; i < row->table->n; i++)
        if (is_written(&row->fields[i])) {
            sqlite3_str_appendf(sql, "%s\"%w\"", comma, row->table->columns[i].name);
            comma = ", ";
        }
    sqlite3_str_appendall(sql, ") VALUES (");
    for (int i = 0; i < n; i++)
        sqlite3_str_appendall(sql, i ? ", ?" : "?");
    sqlite3_str_appendall(sql, ")");
}

static void append_update(sqlite3_str *sql, const struct row *row)
{
    const char *comma = "";

    sqlite3_str_appendf(sql, "UPDATE \"%w\" SET ", row->table->name);
    for (size_t i = 0; i < row->table->n; i++)
        if (is_written(&row->fields[i])) {
            sqlite3_str_appendf(sql, "%s\"%w\" = ?", comma, row->table->columns[i].name);
            comma = ", ";
        }
}

/* The row, and every value of it as it was shown, to the letter. */
static void append_where(sqlite3_str *sql, const struct row *row)
{
    sqlite3_str_appendf(sql, " WHERE %s = ?", row->table->key);
    for (size_t i = 0; i < row->table->n; i++)
        sqlite3_str_appendf(sql, " AND \"%w\" COLLATE BINARY IS ?", row->table->columns[i].name);
}

enum change { INSERT, UPDATE, DELETE };

static il_status row_write(il_ctx *ctx, const struct row *row, enum change change)
{
    sqlite3_str *sql = sqlite3_str_new(row->db);
    sqlite3_stmt *st = NULL;
    int at = 0;

    if (change == DELETE)
        sqlite3_str_appendf(sql, "DELETE FROM \"%w\"", row->table->name);
    else
        (change == INSERT ? append_insert : append_update)(sql, row);
    if (change != INSERT)
        append_where(sql, row);
    char *text = sqlite3_str_finish(sql);
    sqlite3_prepare_v2(row->db, text, -1, &st, NULL);
    sqlite3_free(text);

    for (size_t i = 0; change != DELETE && i < row->table->n; i++)
        if (is_written(&row->fields[i]))
            bind_field(ctx, st, ++at, &row->fields[i]);
    if (change != INSERT)
        sqlite3_bind_text(st, ++at, row->key, -1, SQLITE_TRANSIENT);
    for (size_t i = 0; change != INSERT && i < row->table->n; i++)
        sqlite3_bind_value(st, ++at, row->fields[i].old);
    int result = sqlite3_step(st);
    sqlite3_finalize(st);
    if (result != SQLITE_DONE)
        return il_fail(ctx, "%s: %s", row->table->name, sqlite3_errmsg(row->db));
    if (sqlite3_changes(row->db) == 0)
        return il_fail(ctx, "Somebody else has changed or deleted this row meanwhile: nothing was written.");
    return IL_OK;
}

/* ---- the actions */

static il_status back_to_table(il_ctx *ctx, const struct table *table)
{
    return il_redirect(ctx, .route = "database/table",
                       .params = IL_PARAMS({ "db", IL_S(table->path) }, { "table", IL_S(table->name) }));
}

static il_status insert_row(il_ctx *ctx)
{
    struct row *row;

    IL_TRY(row_load(ctx, true, &row));
    IL_TRY(row_ask(ctx, row));
    IL_TRY(row_write(ctx, row, INSERT));
    return back_to_table(ctx, row->table);
}

static il_status edit_row(il_ctx *ctx)
{
    struct row *row;
    bool is_changed = false;

    IL_TRY(row_load(ctx, false, &row));
    IL_TRY(row_ask(ctx, row));
    for (size_t i = 0; i < row->table->n; i++)
        is_changed = is_changed || is_written(&row->fields[i]);
    if (is_changed)
        IL_TRY(row_write(ctx, row, UPDATE));
    return back_to_table(ctx, row->table);
}

static il_status delete_row(il_ctx *ctx)
{
    struct row *row;
    bool yes;

    IL_TRY(row_load(ctx, false, &row));
    const char *first = row->fields[0].old_text ? row->fields[0].old_text : "NULL";
    const char *question = il_fmt(ctx, "Delete the row with %s = %s?", row->table->columns[0].name, first);
    IL_TRY(il_confirm(ctx, question, "It cannot be taken back.", &yes));
    if (!yes)
        return il_return_str(ctx, "Nothing was deleted.");
    IL_TRY(row_write(ctx, row, DELETE));
    return back_to_table(ctx, row->table);
}

#endif
