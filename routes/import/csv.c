/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/*
 * Imports CSV into a table of a SQLite database: paste or path, separator, preview, columns, check with line numbers,
 * import. The SDK in it: a check over two optional fields, a table beside inputs, buttons that repeat a step, all in
 * source.h; a form put together at run time (il_ask_items_), progress with a count, a cancel that rolls back.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <sqlite3.h>

#include "source.h"
#include "tables.h"

enum { PROBLEMS_MAX = 100 };

struct problem {
    size_t line;
    const char *column, *text;
};

struct import {
    struct source source;
    sqlite3 *db;
    const char *table;
    bool is_new;
    il_option choices[CSV_COLUMNS_MAX]; /* what a CSV column may become: types of a new table, or columns */
    enum type choice_type[CSV_COLUMNS_MAX];
    size_t n_choices;
    size_t picked[CSV_COLUMNS_MAX];
    const char *target[CSV_COLUMNS_MAX]; /* column of the table; NULL: left out */
    enum type type[CSV_COLUMNS_MAX];
    size_t good, bad; /* rows */
    struct problem problems[PROBLEMS_MAX];
    size_t n_problems;
};

static void close_import(void *arg)
{
    struct import *import = arg;

    sqlite3_close(import->db); /* an open transaction is rolled back */
    free(import->source.text);
    free(import->source.scratch);
}

/* ---- 3. where to */

/* Items are compound literals, which end with their block: a form put together in a loop needs copies. */
static const il_item *keep(il_ctx *ctx, const il_item *item)
{
    char *copy = il_new_array(ctx, char, item->bytes);

    return copy ? memcpy(copy, item, item->bytes) : NULL;
}

static il_status read_columns(il_ctx *ctx, struct import *import)
{
    sqlite3_stmt *st = NULL;

    sqlite3_prepare_v2(import->db, "SELECT name, type FROM pragma_table_info(?1)", -1, &st, NULL);
    sqlite3_bind_text(st, 1, import->table, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(st) == SQLITE_ROW && import->n_choices < CSV_COLUMNS_MAX) {
        import->choices[import->n_choices].label = il_fmt(ctx, "%s", (const char *)sqlite3_column_text(st, 0));
        import->choice_type[import->n_choices++] = type_of_column((const char *)sqlite3_column_text(st, 1));
    }
    sqlite3_finalize(st);
    import->is_new = import->n_choices == 0;
    for (size_t i = 0; import->is_new && i < TYPE_COUNT; i++) {
        static const char *const labels[] = { "Text", "Whole numbers", "Numbers", "Dates, as 2030-12-31" };
        import->choices[i] = (il_option){ .label = labels[i], .value = type_sql[i] };
        import->n_choices = TYPE_COUNT;
    }
    return IL_OK;
}

/* What was chosen for column i: a type of a new column, or a column that exists. */
static void map_column(struct import *import, size_t i)
{
    size_t picked = import->picked[i];

    import->target[i] = NULL;
    if (picked == IL_NONE)
        return;
    import->target[i] = import->is_new ? import->source.names[i] : import->choices[picked].label;
    import->type[i] = import->is_new ? (enum type)picked : import->choice_type[picked];
}

static const char *is_mapping(il_ctx *ctx, void *user)
{
    struct import *import = user;
    bool is_empty = true;

    for (size_t i = 0; i < import->source.n_columns; i++) {
        map_column(import, i);
        is_empty = is_empty && !import->target[i];
        for (size_t j = 0; import->target[i] && j < i; j++)
            if (import->target[j] && strcasecmp(import->target[i], import->target[j]) == 0)
                return il_fmt(ctx, "Two columns go to \"%s\": leave one of them out.", import->target[i]);
    }
    return is_empty ? "Nothing is chosen." : NULL;
}

static il_status ask_columns(il_ctx *ctx, struct import *import)
{
    const il_item **items = il_new_array(ctx, const il_item *, import->source.n_columns + 2);
    const char *where = import->is_new ? "The table is new: choose what each column holds."
                                       : "The table exists: choose the column that each one goes to.";

    if (!items)
        return IL_NO_MEMORY;
    items[0] = keep(ctx, IL_HEADING("Columns", .description = where));
    for (size_t i = 0; i < import->source.n_columns; i++) {
        const char *value = import->is_new ? type_sql[import->source.type[i]] : NULL;
        for (size_t j = 0; !import->is_new && j < import->n_choices; j++)
            if (strcasecmp(import->choices[j].label, import->source.names[i]) == 0)
                value = import->choices[j].label;
        items[i + 1] = keep(ctx, IL_SELECT(&import->picked[i], import->source.names[i], .value = value,
                                           .options = import->choices, .n_options = import->n_choices, .optional = true,
                                           .help_text = i ? NULL : "Empty: left out"));
    }
    return il_ask_items_(ctx, IL_FORM(.validate = is_mapping, .user = import), items);
}

static il_status ask_target(il_ctx *ctx, struct import *import)
{
    IL_TRY(tables_open(ctx, &import->db));
    IL_TRY(il_ask(ctx, IL_HEADING("Table", .description = "Step 3 of 4: where do the rows go?"),
                  IL_TEXT(&import->table, "Table", .max_len = 60, .help_text = "Made if it does not exist")));
    IL_TRY(read_columns(ctx, import));
    return ask_columns(ctx, import);
}

/* ---- 4. check and import */

static void note(il_ctx *ctx, struct import *import, size_t line, const char *column, const char *text)
{
    if (import->n_problems < PROBLEMS_MAX)
        import->problems[import->n_problems++] = (struct problem){ line, column, il_fmt(ctx, "%s", text) };
}

static bool check_row(il_ctx *ctx, struct import *import, const struct csv *csv)
{
    static const char *const wanted[TYPE_COUNT] = { "", "is not a whole number", "is not a number",
                                                    "is not a date like 2030-12-31" };
    char text[160];
    bool is_good = true;

    if (csv->error || csv->n != import->source.n_columns) {
        snprintf(text, sizeof text, "has %zu cells instead of %zu", csv->n, import->source.n_columns);
        note(ctx, import, csv->line, NULL, csv->error ? csv->error : text);
        return false;
    }
    for (size_t i = 0; i < csv->n; i++)
        if (import->target[i] && !type_accepts(import->type[i], csv->cells[i])) {
            snprintf(text, sizeof text, "\"%.100s\" %s", csv->cells[i], wanted[import->type[i]]);
            note(ctx, import, csv->line, import->source.names[i], text);
            is_good = false;
        }
    return is_good;
}

static il_status list_problems(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const struct import *import = user;

    (void)ctx;
    (void)query;
    for (size_t i = 0; i < import->n_problems; i++)
        il_row(rows, NULL, IL_I((int64_t)import->problems[i].line), IL_S(import->problems[i].column),
               IL_RICH(.label = IL_S(import->problems[i].text), .highlight = IL_RED));
    return IL_OK;
}

#define PROBLEM_TABLE                                                                                                  \
    IL_TABLE("Problems", .rows = list_problems, .user = import,                                                        \
             .help_text = "The first 100; these rows are left out.",                                                   \
             IL_COLUMNS({ "Line" }, { "Column" }, { "Problem" }))

static il_status check(il_ctx *ctx, struct import *import, bool *go)
{
    const char *choice;

    for (struct csv csv = source_rows(&import->source); csv_next(&csv);)
        *(check_row(ctx, import, &csv) ? &import->good : &import->bad) += 1;
    if (import->good == 0) {
        IL_TRY(il_show(ctx, PROBLEM_TABLE));
        return il_fail(ctx, "No row can be imported.");
    }
    const char *label = il_fmt(ctx, "Import %zu rows", import->good);
    IL_TRY(il_ask_form(
        ctx,
        IL_FORM(.choice = &choice,
                .choices = IL_CHOICES(IL_CHOICE(label, "go"), IL_CHOICE("Stop here", "stop", .theme = IL_SECONDARY))),
        IL_HEADING("Check", .description = "Step 4 of 4: nothing has been changed so far."),
        IL_METADATA("", .layout = IL_LAYOUT_CARD,
                    IL_META({ "Good rows", IL_I((int64_t)import->good) }, { "Bad rows", IL_I((int64_t)import->bad) })),
        PROBLEM_TABLE));
    *go = strcmp(choice, "go") == 0;
    return IL_OK;
}

/* Names are quoted by %w inside "": a column may be called anything. */
static il_status prepare(il_ctx *ctx, struct import *import, sqlite3_stmt **insert)
{
    sqlite3_str *create = sqlite3_str_new(NULL), *into = sqlite3_str_new(NULL), *values = sqlite3_str_new(NULL);
    const char *comma = "";

    for (size_t i = 0; i < import->source.n_columns; i++) {
        if (!import->target[i])
            continue;
        sqlite3_str_appendf(create, "%s\"%w\" %s", comma, import->target[i], type_sql[import->type[i]]);
        sqlite3_str_appendf(into, "%s\"%w\"", comma, import->target[i]);
        sqlite3_str_appendf(values, "%s?", comma);
        comma = ", ";
    }
    char *columns = sqlite3_str_finish(create), *names = sqlite3_str_finish(into), *marks = sqlite3_str_finish(values);
    char *make = sqlite3_mprintf("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS \"%w\" (%s)", import->table, columns);
    char *sql = sqlite3_mprintf("INSERT INTO \"%w\" (%s) VALUES (%s)", import->table, names, marks);
    bool ok = sqlite3_exec(import->db, make, NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(import->db, sql, -1, insert, NULL) == SQLITE_OK;
    sqlite3_free(columns);
    sqlite3_free(names);
    sqlite3_free(marks);
    sqlite3_free(make);
    sqlite3_free(sql);
    return ok ? IL_OK : il_fail(ctx, "Table %s: %s", import->table, sqlite3_errmsg(import->db));
}

/* The columns convert the texts to their types. A row that the database refuses (UNIQUE …) does not stop the others. */
static bool insert_row(il_ctx *ctx, struct import *import, sqlite3_stmt *insert, const struct csv *csv)
{
    int at = 0;

    for (size_t i = 0; i < csv->n; i++)
        if (import->target[i])
            sqlite3_bind_text(insert, ++at, *csv->cells[i] ? csv->cells[i] : NULL, -1, SQLITE_TRANSIENT);
    bool is_done = sqlite3_step(insert) == SQLITE_DONE;
    if (!is_done)
        il_log(ctx, "line %zu: %s", csv->line, sqlite3_errmsg(import->db));
    sqlite3_reset(insert);
    return is_done;
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

static il_status run(il_ctx *ctx, struct import *import, size_t *imported)
{
    sqlite3_stmt *insert = NULL;

    *imported = 0;
    IL_TRY(prepare(ctx, import, &insert));
    IL_TRY(il_defer(ctx, finalize, insert)); /* the last one deferred is called first: before close_import */
    il_loading_start(ctx, "Importing", .description = import->table, .items = (uint32_t)import->good);
    for (struct csv csv = source_rows(&import->source); csv_next(&csv);) {
        if (il_canceled(ctx))
            return IL_CANCELED;
        if (!check_row(ctx, import, &csv))
            continue;
        *imported += insert_row(ctx, import, insert, &csv);
        il_loading_step(ctx);
    }
    if (sqlite3_exec(import->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return il_fail(ctx, "Table %s: %s", import->table, sqlite3_errmsg(import->db));
    return IL_OK;
}

static il_status import_csv(il_ctx *ctx)
{
    struct import *import = il_new(ctx, struct import);
    size_t imported;
    bool go = false;

    if (!import)
        return IL_NO_MEMORY;
    IL_TRY(il_defer(ctx, close_import, import));
    IL_TRY(ask_source(ctx, &import->source));
    IL_TRY(ask_format(ctx, &import->source));
    IL_TRY(ask_target(ctx, import));
    IL_TRY(check(ctx, import, &go));
    if (!go)
        return il_return_str(ctx, "Nothing was imported.");
    IL_TRY(run(ctx, import, &imported));
    IL_TRY(il_show(ctx, IL_LINK("Look at the table", .route = "import/tables",
                                .params = IL_PARAMS({ "table", IL_S(import->table) }))));
    return il_return(ctx, { "table", IL_S(import->table) }, { "imported", IL_I((int64_t)imported) },
                     { "left out", IL_I((int64_t)(import->bad + import->good - imported)) });
}

/* One module, because what it imports lies in the directory of its own data: another module would not be let in. */
static const il_route routes[] = {
    IL_ROUTE_ACTION("csv", import_csv, .name = "CSV", .description = "Rows of a text file into a database",
                    .backgroundable = true),
    IL_ROUTE_PAGE("tables", show_tables, .name = "Imported tables", .description = "What has been imported so far"),
};
IL_MODULE(routes);
