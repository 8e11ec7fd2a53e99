/* SPDX-License-Identifier: MIT */
/* One row as a form: a widget for each column by its type and by what it holds, NULL told apart from empty. */
#ifndef ROUTES_DATABASE_FORM_H
#define ROUTES_DATABASE_FORM_H

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "db.h"

enum widget { W_NONE, W_TEXT, W_INTEGER, W_NUMBER, W_FLAG, W_DATE };

struct field {
    const struct column *column;
    enum widget widget;
    /* what the row holds; of a new row: NULL */
    sqlite3_value *old;
    int old_type;
    const char *old_text; /* NULL: it holds NULL or a blob */
    double old_number;
    il_date old_date;
    /* set by the form */
    bool present;
    const char *text;
    double number;
    bool flag;
    il_date date;
};

struct row {
    sqlite3 *db;
    struct table *table;
    const char *key; /* NULL: a new row */
    struct field fields[COLUMNS_MAX];
};

static bool is_date(const char *text, il_date *date)
{
    struct tm tm = { 0 }, real;
    const char *end = strptime(text, "%Y-%m-%d", &tm);

    real = tm;
    timegm(&real); /* turns February 30 into March 1 or 2 */
    *date = (il_date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
    return end && *end == '\0' && strlen(text) == 10 && real.tm_mday == tm.tm_mday;
}

/* SQLite lets any column hold anything: the widget must fit the declared type and the value, otherwise it is a text. */
static enum widget widget_for(struct field *field)
{
    const char *type = field->column->type, *text = field->old_text;
    double number = field->old_number;
    bool is_null = field->old_type == SQLITE_NULL;

    if (field->column->is_generated || field->old_type == SQLITE_BLOB)
        return W_NONE;
    if (strcasestr(type, "BOOL") && field->column->is_required && (is_null || number == 0 || number == 1))
        return W_FLAG;
    if (strcasestr(type, "INT") && (is_null || (field->old_type == SQLITE_INTEGER && fabs(number) < 9e15)))
        return W_INTEGER; /* beyond that a double, and the browser, would round */
    if ((strcasestr(type, "REAL") || strcasestr(type, "FLOA") || strcasestr(type, "DOUB")) &&
        (is_null || (fabs(number) < 1e9 && number == round(number * 1e6) / 1e6)))
        return W_NUMBER;
    if (strcasecmp(type, "DATE") == 0 && (is_null || is_date(text, &field->old_date)))
        return W_DATE;
    return W_TEXT;
}

static void row_free(void *arg)
{
    struct row *row = arg;

    for (size_t i = 0; i < row->table->n; i++)
        sqlite3_value_free(row->fields[i].old);
}

static il_status load_values(il_ctx *ctx, struct row *row)
{
    sqlite3_str *sql = sqlite3_str_new(row->db);

    sqlite3_str_appendall(sql, "SELECT ");
    db_append_columns(sql, row->table);
    sqlite3_str_appendf(sql, " FROM \"%w\" WHERE %s = ?1", row->table->name, row->table->key);
    char *text = sqlite3_str_finish(sql);
    sqlite3_stmt *st = db_prepare(row->db, text, row->key);
    sqlite3_free(text);

    bool is_found = sqlite3_step(st) == SQLITE_ROW;
    for (size_t i = 0; is_found && i < row->table->n; i++) {
        struct field *field = &row->fields[i];
        int column = (int)i; /* type and copy first: the conversions below may change what they say */
        field->old_type = sqlite3_column_type(st, column);
        field->old = sqlite3_value_dup(sqlite3_column_value(st, column));
        field->old_number = sqlite3_column_double(st, column);
        if (field->old_type != SQLITE_NULL && field->old_type != SQLITE_BLOB)
            field->old_text = db_copy(ctx, st, column);
    }
    sqlite3_finalize(st);
    return is_found ? IL_OK : il_fail(ctx, "This row is gone: somebody else has deleted it, or changed its key.");
}

/* The row that the parameters db, table and key name; without key a new one. */
static il_status row_load(il_ctx *ctx, bool is_new, struct row **out)
{
    struct row *row = il_new(ctx, struct row);

    if (!row)
        return IL_NO_MEMORY;
    *out = row;
    IL_TRY(db_table(ctx, SQLITE_OPEN_READWRITE, &row->db, &row->table));
    if (!row->table->key)
        return il_fail(ctx, "The rows of %s cannot be changed: it is not an ordinary table.", row->table->name);
    if (!is_new && !(row->key = il_param_str(ctx, "key")))
        return il_fail(ctx, "Choose a row of %s first.", row->table->name);
    IL_TRY(il_defer(ctx, row_free, row));
    for (size_t i = 0; i < row->table->n; i++)
        row->fields[i] = (struct field){ .column = &row->table->columns[i], .old_type = SQLITE_NULL };
    if (!is_new)
        IL_TRY(load_values(ctx, row));
    for (size_t i = 0; is_new && i < row->table->n; i++) { /* a tick cannot be left empty: it starts as the default */
        const char *text = row->table->columns[i].default_value;
        row->fields[i].old_number = text && strcasecmp(text, "true") ? strtod(text, NULL) : text != NULL;
    }
    for (size_t i = 0; i < row->table->n; i++)
        row->fields[i].widget = widget_for(&row->fields[i]);
    return IL_OK;
}

/* ---- the form */

/* Items are compound literals, which end with their block: a form put together in a loop needs copies. */
static const il_item *keep(il_ctx *ctx, const il_item *item)
{
    char *copy = il_new_array(ctx, char, item->bytes);

    return copy ? memcpy(copy, item, item->bytes) : NULL;
}

static bool is_long(const char *text)
{
    return text && (strlen(text) > 80 || strchr(text, '\n'));
}

/* What an empty field means; NULL: it must not be empty. */
static const char *meaning_of_empty(const struct field *field)
{
    bool is_new = !field->old, is_number = field->column->is_key && strcasecmp(field->column->type, "INTEGER") == 0;

    if (is_number) /* such a primary key numbers itself */
        return is_new ? "the next number" : NULL;
    if (is_new && field->column->default_value)
        return field->column->default_value;
    if (field->column->is_required)
        return field->widget == W_TEXT ? "an empty text" : NULL;
    return "NULL";
}

static const il_item *item_for(il_ctx *ctx, struct field *field)
{
    const struct column *column = field->column;
    const char *type = *column->type ? column->type : "any type", *empty = meaning_of_empty(field);
    const char *help = empty ? il_fmt(ctx, "%s; empty: %s", type, empty) : type;
    bool *present = empty ? &field->present : NULL; /* a place for it is what makes a field optional */
    bool is_null = field->old_type == SQLITE_NULL;

    field->present = true;
    switch (field->widget) {
    case W_INTEGER:
    case W_NUMBER:
        return keep(ctx,
                    IL_NUMBER(&field->number, column->name, .value = { !is_null, field->old_number },
                              .decimals = field->widget == W_NUMBER ? 6 : 0, .present = present, .help_text = help));
    case W_FLAG:
        return keep(ctx, IL_BOOLEAN(&field->flag, column->name, .value = field->old_number != 0, .help_text = type));
    case W_DATE:
        return keep(ctx, IL_DATE(&field->date, column->name, .value = is_null ? NULL : &field->old_date,
                                 .present = present, .help_text = help));
    case W_TEXT:
        return keep(ctx, IL_TEXT(&field->text, column->name, .value = field->old_text, .present = present,
                                 .help_text = help, .multiline = is_long(field->old_text)));
    default:
        return keep(ctx, IL_MARKDOWN(il_fmt(ctx, "**%s** is not shown here and stays as it is.", column->name)));
    }
}

static il_status row_ask(il_ctx *ctx, struct row *row)
{
    const il_item **items = il_new_array(ctx, const il_item *, row->table->n + 2);

    if (!items)
        return IL_NO_MEMORY;
    items[0] = keep(ctx, IL_HEADING(row->table->name));
    for (size_t i = 0; i < row->table->n; i++)
        items[i + 1] = item_for(ctx, &row->fields[i]);
    return il_ask_items_(ctx, NULL, items);
}

#endif
