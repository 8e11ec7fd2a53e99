/* SPDX-License-Identifier: MIT */
/* Answers that are rows of a spreadsheet (answer.h; io-methods.md 8.11). */
#include "runtime/answer.h"

enum { MAX_ROWS = 1000 };

/* One cell of the column's type. Empty texts are no answer, as in the browser. */
static enum verdict
take_cell(struct answer *answer, const il_sheet_column *column, struct json node, il_value *cell)
{
    *cell = IL_NIL;
    if (json_type(node) <= JSON_NULL)
        return column->optional ? ANSWER_TAKEN : ANSWER_EMPTY;
    switch (column->type) {
    case IL_SHEET_TEXT:
        if (json_type(node) != JSON_STRING)
            return ANSWER_MALFORMED;
        if (json_is(node, ""))
            return column->optional ? ANSWER_TAKEN : ANSWER_EMPTY;
        *cell = IL_S(json_text(answer->arena, node));
        return cell->s ? ANSWER_TAKEN : ANSWER_MALFORMED;
    case IL_SHEET_NUMBER:
        *cell = IL_N(json_double(node, 0));
        return json_type(node) == JSON_NUMBER ? ANSWER_TAKEN : ANSWER_MALFORMED;
    case IL_SHEET_BOOLEAN:
        *cell = IL_B(json_bool(node, false));
        return json_type(node) == JSON_BOOL ? ANSWER_TAKEN : ANSWER_MALFORMED;
    }
    return ANSWER_MALFORMED;
}

static enum verdict
take_row(struct answer *answer, const il_spreadsheet *field, struct json row, size_t number, il_value *cells)
{
    for (size_t i = 0; i < field->n_columns; i++) {
        const char *name = field->columns[i].name ? field->columns[i].name : "";
        enum verdict verdict = take_cell(answer, &field->columns[i], json_get(row, name), &cells[i]);

        if (verdict != ANSWER_TAKEN)
            return answer_refuse(answer, "There are one or more issues with the data you entered: row %zu, \"%s\" %s.",
                                 number, name, verdict == ANSWER_EMPTY ? "is empty" : "is of another type");
    }
    return ANSWER_TAKEN;
}

enum verdict
answer_spreadsheet(struct answer *answer, const void *item)
{
    const il_spreadsheet *field = item;
    il_sheet *out = answer->out;
    size_t count = json_count(answer->value), n = 0;
    enum verdict verdict = ANSWER_TAKEN;
    il_value *cells;

    if (json_type(answer->value) != JSON_ARRAY)
        return ANSWER_MALFORMED;
    if (!count)
        return field->optional || field->present ? ANSWER_EMPTY
                                                 : answer_refuse(answer, "Please enter at least one row.");
    if (count > MAX_ROWS)
        return answer_refuse(answer, "Please enter at most %d rows.", MAX_ROWS);
    cells = arena_alloc(answer->arena, count * field->n_columns * sizeof *cells);
    if (!cells)
        return ANSWER_NO_MEMORY;
    for (struct json row = json_first(answer->value); json_type(row) && verdict == ANSWER_TAKEN; row = json_next(row)) {
        if (json_type(row) != JSON_OBJECT)
            return ANSWER_MALFORMED;
        verdict = take_row(answer, field, row, n + 1, cells + n * field->n_columns);
        n++;
    }
    *out = (il_sheet){ .n_rows = n, .n_columns = field->n_columns, .cells = cells };
    return verdict;
}
