/* SPDX-License-Identifier: MIT */
/* The first half of the CSV import (csv.c): where the text comes from and how it is read. */
#ifndef ROUTES_IMPORT_SOURCE_H
#define ROUTES_IMPORT_SOURCE_H

#include <interlude.h>

#include "reader.h"
#include "types.h"

enum { TEXT_MAX_BYTES = 64 << 20, PREVIEW_ROWS = 8, GUESS_ROWS = 500 };

struct source {
    char *text, *scratch; /* from malloc */
    size_t len;
    char separator;
    bool has_header;
    size_t n_columns;
    const char *names[CSV_COLUMNS_MAX];
    enum type type[CSV_COLUMNS_MAX]; /* what most of the first rows have in common */
};

static struct csv source_rows(const struct source *source)
{
    struct csv csv = csv_open(source->text, source->len, source->separator, source->scratch);

    if (source->has_header)
        csv_next(&csv);
    return csv;
}

/* ---- 1. where from */

struct origin {
    const char *pasted, *path;
};

static const char *one_of_both(il_ctx *ctx, void *user)
{
    const struct origin *origin = user;

    (void)ctx;
    return !origin->pasted == !origin->path ? "Fill in exactly one of the two." : NULL;
}

static bool read_file(const char *path, char **text, size_t *len)
{
    FILE *file = fopen(path, "re");

    *text = file ? malloc(TEXT_MAX_BYTES + 1) : NULL; /* untouched pages cost nothing */
    if (*text)
        *len = fread(*text, 1, TEXT_MAX_BYTES + 1, file);
    bool is_read = *text && !ferror(file);
    if (file)
        fclose(file);
    return is_read;
}

static il_status ask_source(il_ctx *ctx, struct source *source)
{
    struct origin origin = { 0 };

    IL_TRY(il_ask_form(ctx, IL_FORM(.validate = one_of_both, .user = &origin),
                       IL_HEADING("Import CSV", .description = "Step 1 of 4: where does it come from?"),
                       IL_TEXT(&origin.pasted, "Paste the text", .optional = true, .multiline = true, .lines = 8,
                               .placeholder = "name,price\nTea,3.20"),
                       IL_TEXT(&origin.path, "or the path of a file", .optional = true,
                               .placeholder = "/home/ada/prices.csv", .value = il_param_str(ctx, "path"))));
    if (origin.pasted) {
        source->text = strdup(origin.pasted);
        source->len = strlen(origin.pasted);
    } else if (!read_file(origin.path, &source->text, &source->len)) {
        return il_fail(ctx, "%s: %s", origin.path, strerror(errno));
    }
    if (source->len > TEXT_MAX_BYTES)
        return il_fail(ctx, "The file has more than 64 MiB.");
    source->scratch = malloc(source->len + 1);
    return source->text && source->scratch ? IL_OK : IL_NO_MEMORY;
}

/* ---- 2. how to read it */

static il_status list_preview(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const struct source *source = user;
    struct csv csv = source_rows(source);
    il_value cells[CSV_COLUMNS_MAX];
    size_t i;

    (void)ctx;
    (void)query;
    for (size_t n = 0; n < PREVIEW_ROWS && csv_next(&csv); n++) {
        for (i = 0; i < csv.n && i < source->n_columns; i++)
            cells[i] = IL_S(csv.cells[i]);
        il_row_cells(rows, NULL, cells, i, NULL); /* il_row for a number of cells that is known at run time */
    }
    return IL_OK;
}

/* Names from the first record, types from the first rows. */
static void look_at_columns(il_ctx *ctx, struct source *source)
{
    struct csv csv = csv_open(source->text, source->len, source->separator, source->scratch);
    struct type_guess guesses[CSV_COLUMNS_MAX] = { 0 };

    csv_next(&csv);
    source->n_columns = csv.n;
    for (size_t i = 0; i < csv.n; i++) {
        bool is_named = source->has_header && *csv.cells[i];
        source->names[i] = is_named ? il_fmt(ctx, "%s", csv.cells[i]) : il_fmt(ctx, "column%zu", i + 1);
    }
    csv = source_rows(source);
    for (size_t n = 0; n < GUESS_ROWS && csv_next(&csv); n++)
        for (size_t i = 0; i < csv.n && i < source->n_columns; i++)
            type_look(&guesses[i], csv.cells[i]);
    for (size_t i = 0; i < source->n_columns; i++)
        source->type[i] = type_guessed(&guesses[i]);
}

static il_status ask_format(il_ctx *ctx, struct source *source)
{
    static const char separators[] = ",;\t|";
    const char *choice = "again";

    source->separator = csv_detect(source->text, source->len, source->scratch);
    source->has_header = true;
    while (strcmp(choice, "again") == 0) {
        size_t picked;
        look_at_columns(ctx, source);
        il_column *columns = il_new_array(ctx, il_column, source->n_columns);
        for (size_t i = 0; columns && i < source->n_columns; i++)
            columns[i] = (il_column){ .label = source->names[i], .plain = true };
        IL_TRY(il_ask_form(
            ctx,
            IL_FORM(.choice = &choice,
                    .choices = IL_CHOICES(IL_CHOICE("Next", "next"),
                                          IL_CHOICE("Preview again", "again", .theme = IL_SECONDARY))),
            IL_HEADING("Preview", .description = "Step 2 of 4: does it look right?"),
            IL_TABLE("First rows", .rows = list_preview, .user = source, IL_COLUMNS_OF(columns, source->n_columns)),
            IL_SELECT(
                &picked, "Separator", .value = (char[]){ source->separator, '\0' },
                IL_OPTIONS(IL_OPT("Comma", ","), IL_OPT("Semicolon", ";"), IL_OPT("Tab", "\t"), IL_OPT("Bar", "|"))),
            IL_BOOLEAN(&source->has_header, "The first row has the names", .value = source->has_header)));
        source->separator = separators[picked];
    }
    look_at_columns(ctx, source);
    return IL_OK;
}

#endif
