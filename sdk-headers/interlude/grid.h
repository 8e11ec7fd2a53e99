/* SPDX-License-Identifier: MIT */
/**
 * Grids: things shown as tiles, with picture, text, menu and link. They page and filter as tables do (table.h), and
 * their callbacks live as long; the tiles are handed over with il_tile.
 */
#ifndef INTERLUDE_GRID_H
#define INTERLUDE_GRID_H

#include "table.h"

/** One tile of a grid; at most one of url and route makes all of it a link. See il_tile. Since 1.1. */
typedef struct il_tile_info {
    uint32_t size;
    const char *label;       /**< Wire: label. */
    const char *description; /**< Smaller text below. Wire: description. */
    il_image image;          /**< On top; .contain and .aspect_ratio say how it is cut. Wire: image. */
    const char *url;         /**< Link to anywhere; opens in a new tab. Wire: url. */
    const char *route;       /**< Link to a route: its full slug (il_target). Wire: route. */
    const il_kv *params;     /**< Parameters for route (IL_PARAMS). Wire: params. */
    const il_menu *menu;     /**< IL_MENU. Wire: menu. */
} il_tile_info;

/** Options of IL_GRID. Since 1.1. */
typedef struct il_grid {
    IL_HEAD;
    /** Hands over tiles with il_tile and il_total. Required; see il_table.rows. Filters look at label, description. */
    il_status (*tiles)(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user);
    bool async;             /**< Call tiles for each page. Wire: isAsync. */
    bool not_filterable;    /**< Wire: isFilterable. */
    size_t page_size;       /**< Tiles per page. 0: 20; IL_ALL_ROWS: no pages. Wire: defaultPageSize. */
    int ideal_column_width; /**< In pixels, about. 0: 400. Wire: idealColumnWidth. */
} il_grid;

/** Shows a grid: `IL_GRID("Photos", .tiles = list_photos)`. Wire: DISPLAY_GRID. Since 1.1. */
#define IL_GRID(...) IL_SHOW_(il_grid, IL_M_GRID, __VA_ARGS__)

#endif
