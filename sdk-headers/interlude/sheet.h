/* SPDX-License-Identifier: MIT */
/**
 * Asks for rows of typed columns, which the person types, pastes or takes from a CSV file:
 *
 *     enum { NAME, AGE };
 *     il_sheet sheet;
 *     IL_TRY(il_ask(ctx, IL_SPREADSHEET(&sheet, "People",
 *                                       IL_SHEET_COLUMNS({ "name", IL_SHEET_TEXT },
 *                                                        { "age", IL_SHEET_NUMBER, .optional = true }))));
 *     for (size_t i = 0; i < sheet.n_rows; i++)
 *         il_log(ctx, "%s", il_sheet_str(&sheet, i, NAME));
 */
#ifndef INTERLUDE_SHEET_H
#define INTERLUDE_SHEET_H

#include "item.h"

/** What a column holds. Since 1.1. */
typedef enum il_sheet_type {
    IL_SHEET_TEXT = 0,
    IL_SHEET_NUMBER,
    IL_SHEET_BOOLEAN,
} il_sheet_type;

/** A column of a spreadsheet. Since 1.1. */
typedef struct il_sheet_column {
    const char *name;   /**< Stands at the top; unique. Columns of an imported file are matched by it. */
    il_sheet_type type; /**< What is taken. */
    bool optional;      /**< Cells may be left empty. */
} il_sheet_column;

/* clang-format off */
/** The columns, 1 to 100. Wire: columns. Since 1.1. */
#define IL_SHEET_COLUMNS(...)                                                                \
    .columns = (const il_sheet_column[]){ __VA_ARGS__ },                                     \
    .n_columns = sizeof((const il_sheet_column[]){ __VA_ARGS__ }) / sizeof(il_sheet_column), \
    .column_size = sizeof(il_sheet_column)
/* clang-format on */

/** What was entered: rows of cells in the order of the columns. Read it with the functions below. Since 1.1. */
typedef struct il_sheet {
    size_t n_rows;         /**< 1 to 1000. */
    size_t n_columns;      /**< Of the item. */
    const il_value *cells; /**< Row by row; IL_V_STR, IL_V_NUM, IL_V_BOOL, or IL_V_NULL where it was left empty. */
} il_sheet;

/** Options of IL_SPREADSHEET. Since 1.1. */
typedef struct il_spreadsheet {
    IL_HEAD;
    const il_sheet_column *columns; /**< IL_SHEET_COLUMNS. */
    size_t n_columns;               /**< Written by IL_SHEET_COLUMNS. */
    size_t column_size;             /**< Written by IL_SHEET_COLUMNS. */
    const il_value *value; /**< What it holds at first, row by row: IL_S, IL_N, IL_B, IL_NIL. Wire: defaultValue. */
    size_t n_value_rows;   /**< Rows in value. */
} il_spreadsheet;

/**
 * Asks for rows. out: il_sheet *; no rows when an optional field was left empty. Wire: INPUT_SPREADSHEET. Since 1.1.
 */
#define IL_SPREADSHEET(out, ...) IL_INPUT_(il_spreadsheet, IL_M_SPREADSHEET, il_sheet, out, __VA_ARGS__)

/** A cell; IL_V_UNDEF: there is no such cell. Since 1.1. */
static inline il_value
il_sheet_cell(const il_sheet *sheet, size_t row, size_t column)
{
    if (row >= sheet->n_rows || column >= sheet->n_columns)
        return (il_value){ .type = IL_V_UNDEF };
    return sheet->cells[row * sheet->n_columns + column];
}

/** A text cell; NULL: left empty. Since 1.1. */
static inline const char *
il_sheet_str(const il_sheet *sheet, size_t row, size_t column)
{
    il_value cell = il_sheet_cell(sheet, row, column);

    return cell.type == IL_V_STR ? cell.s : NULL;
}

/** A number; `empty`: left empty. Since 1.1. */
static inline double
il_sheet_number(const il_sheet *sheet, size_t row, size_t column, double empty)
{
    il_value cell = il_sheet_cell(sheet, row, column);

    return cell.type == IL_V_NUM ? cell.d : empty;
}

/** A boolean; false: left empty. Since 1.1. */
static inline bool
il_sheet_bool(const il_sheet *sheet, size_t row, size_t column)
{
    il_value cell = il_sheet_cell(sheet, row, column);

    return cell.type == IL_V_BOOL && cell.b;
}

#endif
