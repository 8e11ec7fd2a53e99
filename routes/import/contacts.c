/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/*
 * Imports contacts from a CSV file, which can be put right in a spreadsheet before anything is stored.
 * The SDK in it: a file (IL_FILE, il_file_read), a spreadsheet that begins with its rows (IL_SPREADSHEET), checks of
 * both that name what is wrong (.validate), a table whose cells are plain texts, a notification at the end (il_notify).
 */
#include <interlude.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "reader.h"

enum { NAME, EMAIL, AGE, NEWSLETTER, COLUMNS };
enum { ROWS_MAX = 1000 };

static const char *const names[COLUMNS] = { "name", "email", "age", "newsletter" };

struct rows {
    il_value *cells; /* COLUMNS to a row, what IL_SPREADSHEET begins with */
    size_t n;
};

static void close_database(void *db)
{
    sqlite3_close(db);
}

static il_status open_database(il_ctx *ctx, sqlite3 **db)
{
    const char *path = il_fmt(ctx, "%s/contacts.db", il_data_dir());

    if (sqlite3_open(path, db) != SQLITE_OK || sqlite3_busy_timeout(*db, 5000) != SQLITE_OK ||
        sqlite3_exec(*db,
                     "CREATE TABLE IF NOT EXISTS contacts (email TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL,"
                     " age INTEGER, newsletter INTEGER NOT NULL)",
                     NULL, NULL, NULL) != SQLITE_OK) {
        il_status status = il_fail(ctx, "%s: %s", path, sqlite3_errmsg(*db));
        sqlite3_close(*db);
        return status;
    }
    return il_defer(ctx, close_database, *db);
}

/* ---- the file */

/*
 * What a cell of the file means in a column of the sheet. What makes no sense stays empty, for the person to fill in.
 */
static il_value cell_of(il_ctx *ctx, int column, const char *text)
{
    char *end;

    if (column == NEWSLETTER)
        return IL_B(strcmp(text, "yes") == 0 || strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
    if (column == AGE) {
        double age = strtod(text, &end);
        return *text && !*end ? IL_N(age) : IL_NIL;
    }
    return *text ? IL_S(il_fmt(ctx, "%s", text)) : IL_NIL;
}

/* Columns are found by their names in the first record; others are left out. */
static void read_rows(il_ctx *ctx, struct csv *csv, struct rows *rows)
{
    int column_of[CSV_COLUMNS_MAX];

    csv_next(csv);
    for (size_t i = 0; i < csv->n; i++) {
        column_of[i] = COLUMNS;
        for (int c = 0; c < COLUMNS; c++)
            if (strcasecmp(csv->cells[i], names[c]) == 0)
                column_of[i] = c;
    }
    size_t n_columns = csv->n;
    for (; rows->n < ROWS_MAX && csv_next(csv); rows->n++) {
        il_value *row = rows->cells + rows->n * COLUMNS;
        row[NAME] = row[EMAIL] = row[AGE] = IL_NIL;
        row[NEWSLETTER] = IL_B(false);
        for (size_t i = 0; i < csv->n && i < n_columns; i++)
            if (column_of[i] < COLUMNS)
                row[column_of[i]] = cell_of(ctx, column_of[i], csv->cells[i]);
    }
}

/* Looks at the file as soon as it has arrived: the person can choose another one on the same form. */
static const char *check_file(il_ctx *ctx, const void *out, void *user)
{
    const il_file *file = out;
    struct rows *rows = user;
    il_str bytes;

    if (file->size > 4 << 20)
        return "At most 4 MiB, please.";
    if (il_file_read(ctx, file, &bytes) != IL_OK)
        return "The file cannot be read.";
    char *scratch = il_new_array(ctx, char, bytes.len + 1);
    if (!scratch)
        return "The file is too large.";
    struct csv csv = csv_open(bytes.p, bytes.len, csv_detect(bytes.p, bytes.len, scratch), scratch);
    rows->n = 0;
    read_rows(ctx, &csv, rows);
    if (csv.error)
        return il_fmt(ctx, "Line %zu: %s.", csv.line, csv.error);
    return rows->n ? NULL : "There are no rows below the first line.";
}

/* ---- the sheet */

static const char *check_sheet(il_ctx *ctx, const void *out, void *user)
{
    const il_sheet *sheet = out;

    (void)user;
    for (size_t i = 0; i < sheet->n_rows; i++) {
        const char *email = il_sheet_str(sheet, i, EMAIL);
        if (!strchr(email, '@'))
            return il_fmt(ctx, "Row %zu: %s is not an email address.", i + 1, email);
        double age = il_sheet_number(sheet, i, AGE, 0);
        if (age < 0 || age > 150)
            return il_fmt(ctx, "Row %zu: nobody is %g years old.", i + 1, age);
    }
    return NULL;
}

static il_status store(il_ctx *ctx, sqlite3 *db, const il_sheet *sheet, int64_t *added)
{
    sqlite3_stmt *st = NULL;
    bool is_stored = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
    int64_t before = sqlite3_total_changes64(db);

    sqlite3_prepare_v2(db,
                       "INSERT INTO contacts (name, email, age, newsletter) VALUES (?1, ?2, ?3, ?4)"
                       " ON CONFLICT (email) DO NOTHING",
                       -1, &st, NULL);
    for (size_t i = 0; is_stored && i < sheet->n_rows; i++) {
        sqlite3_bind_text(st, 1, il_sheet_str(sheet, i, NAME), -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 2, il_sheet_str(sheet, i, EMAIL), -1, SQLITE_STATIC);
        if (il_sheet_cell(sheet, i, AGE).type == IL_V_NULL)
            sqlite3_bind_null(st, 3);
        else
            sqlite3_bind_double(st, 3, il_sheet_number(sheet, i, AGE, 0));
        sqlite3_bind_int(st, 4, il_sheet_bool(sheet, i, NEWSLETTER));
        is_stored = sqlite3_step(st) == SQLITE_DONE;
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    is_stored = is_stored && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    *added = sqlite3_total_changes64(db) - before;
    return is_stored ? IL_OK : il_fail(ctx, "Nothing was imported: %s", sqlite3_errmsg(db));
}

/* Names come from strangers: plain columns show **them** as they are. */
static il_status list_contacts(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    sqlite3_stmt *st = NULL;

    (void)ctx;
    (void)query;
    sqlite3_prepare_v2(user, "SELECT name, email, age, newsletter FROM contacts ORDER BY name", -1, &st, NULL);
    while (sqlite3_step(st) == SQLITE_ROW)
        il_row(rows, NULL, IL_S((const char *)sqlite3_column_text(st, 0)),
               IL_S((const char *)sqlite3_column_text(st, 1)),
               sqlite3_column_type(st, 2) == SQLITE_NULL ? IL_NIL : IL_N(sqlite3_column_double(st, 2)),
               IL_B(sqlite3_column_int(st, 3)));
    sqlite3_finalize(st);
    return IL_OK;
}

static il_status import_contacts(il_ctx *ctx)
{
    struct rows rows = { .cells = il_new_array(ctx, il_value, ROWS_MAX * COLUMNS) };
    sqlite3 *db;
    il_file file;
    il_sheet sheet;
    int64_t added;

    if (!rows.cells)
        return IL_NO_MEMORY;
    IL_TRY(open_database(ctx, &db));
    IL_TRY(il_ask(ctx, IL_HEADING("Import contacts", .description = "The first line has the names of the columns."),
                  IL_FILE(&file, "CSV file", .extensions = IL_TEXTS(".csv", ".txt"), .optional = true,
                          .validate = check_file, .user = &rows, .help_text = "Empty: enter them by hand")));
    IL_TRY(il_ask(ctx, IL_SPREADSHEET(&sheet, "Contacts",
                                      IL_SHEET_COLUMNS({ names[NAME], IL_SHEET_TEXT }, { names[EMAIL], IL_SHEET_TEXT },
                                                       { names[AGE], IL_SHEET_NUMBER, .optional = true },
                                                       { names[NEWSLETTER], IL_SHEET_BOOLEAN }),
                                      .value = rows.n ? rows.cells : NULL, .n_value_rows = rows.n,
                                      .validate = check_sheet)));
    IL_TRY(store(ctx, db, &sheet, &added));
    IL_TRY(il_show(ctx, IL_TABLE("All contacts", .rows = list_contacts, .user = db,
                                 IL_COLUMNS({ "Name", "name", .plain = true }, { "Email", "email", .plain = true },
                                            { "Age", "age" }, { "Newsletter", "newsletter" }))));
    IL_TRY(il_notify(ctx, .title = "Contacts", .message = il_fmt(ctx, "%lld were imported.", (long long)added)));
    return il_return(ctx, { "imported", IL_I(added) }, { "known already", IL_I((int64_t)sheet.n_rows - added) },
                     { "file", IL_S(file.name) });
}
IL_ACTION(import_contacts, .name = "Import contacts", .description = "A CSV file, put right in a spreadsheet");
