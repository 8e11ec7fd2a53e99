/* SPDX-License-Identifier: MIT */
/*
 * Tables: taking the item, collecting rows, following the browser's state (table.h). Filter and order: table_order.c;
 * JSON: table_json.c.
 */
#include "runtime/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "runtime/copy.h"
#include "runtime/io.h"

/* io-methods.md 10.2: rows in one message; 10.3: the largest page. */
enum { BUFFER_ROWS = 500, MAX_PAGE = 100, DEFAULT_PAGE = 20, MAX_COLUMNS = 1024 };

/* The author's il_rows. */
struct il_rows {
    struct table *table;
    struct row_list *list;
    struct run_io *io;
    size_t first_index, limit;
    il_status status; /* of the first row that could not be taken */
    uint64_t total;
    bool has_total;
};

static bool
copy_columns(struct arena *arena, struct table *table, const il_column *columns, size_t count, struct err *err)
{
    il_column *own;

    if (!columns || !count || count > MAX_COLUMNS)
        return err_set(err, "%zu columns; a table has 1 to %d (IL_COLUMNS)", columns ? count : 0, MAX_COLUMNS);
    own = arena_alloc(arena, count * sizeof *own);
    for (size_t i = 0; own && i < count; i++)
        if (!copy_text(arena, columns[i].label ? columns[i].label : "", &own[i].label) ||
            !copy_text(arena, columns[i].key, &own[i].key))
            own = NULL;
        else
            own[i].plain = columns[i].plain;
    table->columns = own;
    table->column_count = count;
    return own || err_set(err, "%s", copy_no_memory);
}

static void
take_select(struct table *table, const il_select_table *item)
{
    table->is_select = true;
    table->is_sortable = !item->not_sortable;
    table->is_filterable = !item->not_filterable;
    table->page_size = item->page_size;
    table->min_selections = item->min_selections;
    table->max_selections = item->max_selections;
    table->rows = item->rows;
}

static void
take_display(struct table *table, const il_table *item)
{
    table->is_async = item->async;
    table->is_vertical = item->vertical;
    table->is_sortable = !item->not_sortable;
    table->is_filterable = !item->not_filterable;
    table->page_size = item->page_size;
    table->rows = item->rows;
}

static void
take_grid(struct table *table, const il_grid *item)
{
    table->is_grid = true;
    table->is_async = item->async;
    table->is_filterable = !item->not_filterable;
    table->page_size = item->page_size;
    table->ideal_column_width = item->ideal_column_width;
    table->rows = item->tiles;
    tile_columns(table);
}

bool
table_new(struct arena *arena, const il_item *item, struct table **out, struct err *err)
{
    const il_select_table *select = (const void *)item; /* up to column_size both structs are the same */
    const il_table *display = (const void *)item;
    bool is_select = item->method == IL_M_SELECT_TABLE;
    struct table *table = arena_alloc(arena, sizeof *table);

    _Static_assert(offsetof(il_table, column_size) == offsetof(il_select_table, column_size), "same beginning");
    if (!table)
        return err_set(err, "%s", copy_no_memory);
    if (is_select)
        take_select(table, select);
    else if (item->method == IL_M_GRID)
        take_grid(table, (const void *)item);
    else
        take_display(table, display);
    table->user = item->user;
    if (!table->rows)
        return err_set(err, table->is_grid ? ".tiles is not set; it delivers the tiles"
                                           : ".rows is not set; it delivers the rows");
    if (table->is_async && io_is_on_stack(table->user))
        return err_set(err, ".user points to the handler's stack, but it is used after the handler has returned; "
                            "take it from il_new or from static storage");
    if (!table->is_grid && !copy_columns(arena, table, display->columns, display->n_columns, err))
        return false;
    if (!copy_text(arena, item->help_text, &table->help_text) ||
        (is_select && !copy_texts(arena, select->selected, &table->selected)))
        return err_set(err, "%s", copy_no_memory);
    table->list.tail = &table->list.first;
    *out = table;
    return true;
}

void
table_free(struct table *table)
{
    arena_fini(&table->list.arena);
    free(table->order);
}

il_status
rows_add(il_rows *rows, const char *key, const il_value *cells, size_t n, const il_menu *menu)
{
    struct row_list *list = rows->list;
    struct row *row;

    if (rows->status != IL_OK || list->count >= rows->limit)
        return rows->status;
    if (n > rows->table->column_count)
        return rows->status = io_refuse(rows->io, IL_INVALID, "row %zu has %zu cells, the table has %zu columns",
                                        list->count + 1, n, rows->table->column_count);
    row = arena_alloc(&list->arena, sizeof *row + n * sizeof row->cells[0]);
    if (!row)
        return rows->status = IL_NO_MEMORY;
    row->index = rows->first_index + list->count;
    row->cell_count = n;
    if (!(row->key = key ? arena_strdup(&list->arena, key) : arena_printf(&list->arena, "%zu", row->index)) ||
        !copy_menu(&list->arena, menu, &row->menu))
        return rows->status = IL_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (!copy_value(&list->arena, &cells[i], &row->cells[i]))
            return rows->status = IL_NO_MEMORY;
    *list->tail = row;
    list->tail = &row->next;
    list->last = row;
    list->count++;
    return IL_OK;
}

struct run_io *
rows_io(il_rows *rows)
{
    return rows->io;
}

struct arena *
rows_arena(il_rows *rows)
{
    return &rows->list->arena;
}

struct row *
rows_last(il_rows *rows)
{
    return rows->list->last;
}

il_status
rows_fail(il_rows *rows, il_status status)
{
    if (rows->status == IL_OK)
        rows->status = status;
    return rows->status;
}

void
rows_total(il_rows *rows, uint64_t total)
{
    rows->total = total;
    rows->has_total = true;
}

/* Runs the author's callback into a fresh list, which replaces the old one only if all went well. */
static il_status
deliver(struct table *table, struct run_io *io, const il_table_query *query, size_t limit)
{
    struct row_list list = { 0 };
    struct arena scratch;
    struct io_callback before;
    il_rows rows = { .table = table, .list = &list, .io = io, .first_index = query->offset, .limit = limit };
    il_status status;

    arena_init(&list.arena, io_memory_left(io) + table->list.arena.used);
    arena_init(&scratch, RUN_ARENA_MAX);
    list.tail = &list.first;
    before = io_enter_callback(io, &scratch);
    status = table->rows(run_ctx(io->run), query, &rows, table->user);
    io_leave_callback(io, before);
    if (rows.status == IL_NO_MEMORY)
        io_refuse(io, IL_NO_MEMORY, "%zu rows fill the memory of a run; make the table .async", list.count);
    if (status == IL_OK)
        status = rows.status;
    arena_fini(&scratch);
    if (status != IL_OK) {
        arena_fini(&list.arena);
        return status;
    }
    arena_fini(&table->list.arena);
    table->list = list;
    if (!list.first)
        table->list.tail = &table->list.first;
    table->total = rows.total;
    table->has_total = rows.has_total;
    return IL_OK;
}

static void
show(struct table *table, size_t first, size_t most)
{
    table->first = first < table->order_count ? first : table->order_count;
    table->shown = table->order_count - table->first < most ? table->order_count - table->first : most;
}

il_status
table_fill(struct table *table, struct run_io *io)
{
    il_table_query query = { .size = sizeof query };
    il_status status;

    if (table->is_async)
        return IL_OK;
    status = deliver(table, io, &query, SIZE_MAX);
    if (status != IL_OK)
        return status;
    table_sort(table, &(struct table_state){ 0 });
    show(table, 0, BUFFER_ROWS);
    table->total = table->list.count;
    table->has_total = true;
    return IL_OK;
}

/*
 * The column that the browser names: by its key, or by its index if it has none. What is not a column is not sorted by.
 */
static void
find_column(const struct table *table, const char *name, struct table_state *state)
{
    char index[24];

    for (size_t i = 0; name && i < table->column_count; i++) {
        snprintf(index, sizeof index, "%zu", i);
        if (strcmp(table->columns[i].key ? table->columns[i].key : index, name))
            continue;
        state->column = &table->columns[i];
        state->column_index = i;
        return;
    }
}

static size_t
read_size(struct arena *arena, struct json node, struct json meta, const char *path, const char *key, size_t fallback)
{
    il_value value = rich_read(arena, json_get(node, key), meta, arena_printf(arena, "%s.%s", path, key));

    if (value.type == IL_V_INT && value.i >= 0)
        return (size_t)value.i;
    return value.type == IL_V_NUM && isinf(value.d) && value.d > 0 ? SIZE_MAX : fallback;
}

static struct table_state
read_state(const struct table *table, struct arena *arena, struct json node, struct json meta, const char *path)
{
    size_t page = table->page_size ? table->page_size : DEFAULT_PAGE;
    const char *term = json_text(arena, json_get(node, "queryTerm"));
    struct table_state state = {
        .term = term && *term ? term : NULL,
        .is_descending = json_is(json_get(node, "sortDirection"), "desc"),
        .is_select_all = json_bool(json_get(node, "isSelectAll"), false),
        .offset = read_size(arena, node, meta, path, "offset", 0),
        .page_size = read_size(arena, node, meta, path, "pageSize", page),
    };

    if (!state.page_size)
        state.page_size = page;
    find_column(table, json_text(arena, json_get(node, "sortColumn")), &state);
    return state;
}

il_status
table_set_state(struct table *table, struct run_io *io, struct json node, struct json meta, const char *path)
{
    struct arena arena;
    struct table_state state;
    il_status status = IL_OK;

    arena_init(&arena, RUN_ARENA_MAX);
    state = read_state(table, &arena, node, meta, path);
    if (table->is_async) {
        il_table_query query = { .size = sizeof query,
                                 .term = state.term,
                                 .sort_column = state.column ? state.column->key : NULL,
                                 .sort_desc = state.is_descending,
                                 .offset = state.offset,
                                 .page_size = state.page_size < MAX_PAGE ? state.page_size : MAX_PAGE };

        status = deliver(table, io, &query, query.page_size);
        if (status == IL_OK) {
            table_sort(table, &(struct table_state){ 0 });
            show(table, 0, BUFFER_ROWS);
        }
    } else {
        table_sort(table, &state);
        /* Three pages ahead, at most what fits into one message (io-methods.md 10.2). */
        show(table, state.offset, state.page_size < BUFFER_ROWS / 3 + 1 ? state.page_size * 3 : BUFFER_ROWS);
        if (table->shown > BUFFER_ROWS)
            table->shown = BUFFER_ROWS;
        table->total = table->is_grid ? table->list.count : table->order_count; /* as the SDKs do it (10.6) */
        table->is_all_selected = state.is_select_all;
    }
    arena_fini(&arena);
    return status;
}
