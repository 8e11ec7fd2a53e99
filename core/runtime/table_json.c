/* SPDX-License-Identifier: MIT */
/* A table's props (table.h; io-methods.md 10.1). The key order is that of the Node SDK. */
#include "runtime/table.h"

#include <math.h>
#include <stdio.h>

/* Cells are named by their column's key, or by its index (io-methods.md 21, vector 4). */
static const char *
cell_key(const struct table *table, size_t column, char index[24])
{
    snprintf(index, 24, "%zu", column);
    return table->columns[column].key ? table->columns[column].key : index;
}

static void
put_columns(const struct table *table, struct rich *rich)
{
    json_name(&rich->out, "columns");
    json_array(&rich->out);
    for (size_t i = 0; i < table->column_count; i++) {
        json_object(&rich->out);
        json_pair_text(&rich->out, "label", table->columns[i].label);
        rich_text(rich, "accessorKey", table->columns[i].key);
        if (table->columns[i].plain)
            json_pair_bool(&rich->out, "isPlain", true);
        json_object_end(&rich->out);
    }
    json_array_end(&rich->out);
}

static void
put_row(const struct table *table, const struct row *row, struct rich *rich)
{
    size_t mark;
    char index[24];

    json_object(&rich->out);
    json_pair_text(&rich->out, "key", row->key);
    mark = rich_enter(rich, "data");
    if (row->tile) {
        tile_put(row->tile, rich);
    } else {
        json_object(&rich->out);
        for (size_t i = 0; i < row->cell_count; i++)
            rich_pair(rich, cell_key(table, i, index), &row->cells[i]);
        json_object_end(&rich->out);
    }
    rich_leave(rich, mark);
    if (row->menu) {
        mark = rich_enter(rich, "menu");
        rich_menu(rich, row->menu);
        rich_leave(rich, mark);
    }
    json_object_end(&rich->out);
}

static void
put_data(const struct table *table, struct rich *rich)
{
    size_t mark = rich_enter(rich, "data");

    json_array(&rich->out);
    for (size_t i = 0; i < table->shown; i++) {
        size_t inner = rich_enter_index(rich, i);

        put_row(table, table->order[table->first + i], rich);
        rich_leave(rich, inner);
    }
    json_array_end(&rich->out);
    rich_leave(rich, mark);
}

static void
put_page_size(const struct table *table, struct rich *rich)
{
    double size = table->page_size == IL_ALL_ROWS ? INFINITY : (double)table->page_size;

    if (table->page_size)
        rich_pair(rich, "defaultPageSize", &(il_value){ .type = IL_V_NUM, .d = size });
}

/* The keys of all rows that match, once the person has chosen them all; else those that the author chose. */
static void
put_selected(const struct table *table, struct rich *rich)
{
    json_name(&rich->out, "selectedKeys");
    json_array(&rich->out);
    if (table->is_all_selected)
        for (size_t i = 0; i < table->order_count; i++)
            json_put_text(&rich->out, table->order[i]->key);
    else
        for (const char *const *key = table->selected; key && *key; key++)
            json_put_text(&rich->out, *key);
    json_array_end(&rich->out);
}

static void
put_select_props(const struct table *table, struct rich *rich)
{
    put_page_size(table, rich);
    if (table->min_selections > 0)
        json_pair_int(&rich->out, "minSelections", table->min_selections);
    if (table->max_selections > 0)
        json_pair_int(&rich->out, "maxSelections", table->max_selections);
    if (!table->is_sortable)
        json_pair_bool(&rich->out, "isSortable", false);
    if (!table->is_filterable)
        json_pair_bool(&rich->out, "isFilterable", false);
    json_pair_int(&rich->out, "totalRecords", (int64_t)table->total);
    put_selected(table, rich);
}

static void
put_grid_props(const struct table *table, struct rich *rich)
{
    if (table->ideal_column_width > 0)
        json_pair_int(&rich->out, "idealColumnWidth", table->ideal_column_width);
    put_page_size(table, rich);
    json_pair_bool(&rich->out, "isFilterable", table->is_filterable);
    if (table->has_total)
        json_pair_int(&rich->out, "totalRecords", (int64_t)table->total);
    json_pair_bool(&rich->out, "isAsync", table->is_async);
}

void
table_put_props(const struct table *table, struct rich *rich)
{
    rich_text(rich, "helpText", table->help_text);
    if (!table->is_grid)
        put_columns(table, rich);
    put_data(table, rich);
    if (table->is_grid) {
        put_grid_props(table, rich);
        return;
    }
    if (table->is_select) {
        put_select_props(table, rich);
        return;
    }
    json_pair_text(&rich->out, "orientation", table->is_vertical ? "vertical" : "horizontal");
    put_page_size(table, rich);
    json_pair_bool(&rich->out, "isSortable", table->is_sortable);
    json_pair_bool(&rich->out, "isFilterable", table->is_filterable);
    if (table->has_total)
        json_pair_int(&rich->out, "totalRecords", (int64_t)table->total);
    json_pair_bool(&rich->out, "isAsync", table->is_async);
}
