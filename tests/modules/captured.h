/* SPDX-License-Identifier: MIT */
/* The tables of the recorded hosts, which had CAPTURED_ROWS rows: for captured.c and captured_too.c. */
#ifndef CAPTURED_H
#define CAPTURED_H

#include <interlude.h>

static il_status
all_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    size_t end = query->page_size ? query->offset + query->page_size : CAPTURED_ROWS;

    (void)user;
    for (int i = (int)query->offset; i < CAPTURED_ROWS && i < (int)end; i++)
        IL_TRY(il_row_menu(rows, il_fmt(ctx, "%d", i), IL_MENU({ .label = "Edit", .route = "text" }), IL_I(i),
                           IL_S(il_fmt(ctx, "row %d", i)), IL_T(1704067200000 + i * (int64_t)86400000)));
    return IL_OK;
}

static il_status
table(il_ctx *ctx)
{
    il_keys keys;
    const char *picked = "";

    IL_TRY(il_show(ctx, IL_TABLE("Rows", .rows = all_rows, .page_size = 5,
                                 IL_COLUMNS({ "id", "id" }, { "Name", "name" }, { "when", "when" }))));
    IL_TRY(il_ask(ctx, IL_SELECT_TABLE(&keys, "Pick", .rows = all_rows, .page_size = 5, .min_selections = 1,
                                       .max_selections = 2,
                                       IL_COLUMNS({ "id", "id" }, { "name", "name" }, { "when", "when" }))));
    for (size_t i = 0; i < keys.n; i++)
        picked = il_fmt(ctx, "%s%s%s", picked, i ? "," : "", keys.v[i]);
    return il_return(ctx, { "picked", IL_S(picked) });
}

#endif
