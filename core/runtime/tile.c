/* SPDX-License-Identifier: MIT */
/* Tiles of a grid, which is a table whose rows are drawn in another way (table.h; io-methods.md 10.6). */
#include "runtime/copy.h"
#include "runtime/io.h"
#include "runtime/table.h"

/* What a filter looks at: one cell each. */
enum { TILE_CELLS = 2 };

void
tile_columns(struct table *table)
{
    static const il_column columns[TILE_CELLS] = { { .label = "label" }, { .label = "description" } };

    table->columns = columns;
    table->column_count = TILE_CELLS;
}

static bool
copy_tile(struct arena *arena, const il_tile_info *given, il_tile_info *own)
{
    *own = *given;
    return copy_text(arena, given->label, &own->label) && copy_text(arena, given->description, &own->description) &&
           copy_text(arena, given->url, &own->url) && copy_text(arena, given->route, &own->route) &&
           copy_image(arena, &own->image) && copy_fields(arena, given->params, &own->params) &&
           copy_menu(arena, given->menu, &own->menu);
}

il_status
tile_add(il_rows *rows, const char *key, const il_tile_info *given)
{
    struct run_io *io = rows_io(rows);
    il_tile_info info, *own;
    struct row *row;
    il_status status = io_take_struct(io, &info, sizeof info, given, given->size, "a tile");

    if (status != IL_OK)
        return rows_fail(rows, status);
    status = rows_add(rows, key, (const il_value[]){ IL_S(info.label), IL_S(info.description) }, TILE_CELLS, NULL);
    row = rows_last(rows);
    if (status != IL_OK || !row || row->tile) /* the latter: beyond the limit nothing was added */
        return status;
    own = arena_alloc(rows_arena(rows), sizeof *own);
    if (!own || !copy_tile(rows_arena(rows), &info, own))
        return rows_fail(rows, IL_NO_MEMORY);
    row->tile = own;
    return IL_OK;
}

static void
put_tile_image(struct rich *rich, const il_image *image)
{
    if (!image->url && !image->data)
        return;
    json_name(&rich->out, "image");
    json_object(&rich->out);
    rich_image_pairs(rich, image);
    if (image->contain)
        json_pair_text(&rich->out, "fit", "contain");
    if (image->aspect_ratio > 0)
        rich_pair(rich, "aspectRatio", &(il_value){ .type = IL_V_NUM, .d = image->aspect_ratio });
    json_object_end(&rich->out);
}

void
tile_put(const il_tile_info *tile, struct rich *rich)
{
    size_t mark;

    json_object(&rich->out);
    rich_text(rich, "label", tile->label);
    rich_text(rich, "description", tile->description);
    put_tile_image(rich, &tile->image);
    rich_link(rich, tile->route, tile->url, tile->params);
    if (tile->menu) {
        mark = rich_enter(rich, "menu");
        rich_menu(rich, tile->menu);
        rich_leave(rich, mark);
    }
    json_object_end(&rich->out);
}
