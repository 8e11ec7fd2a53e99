/* SPDX-License-Identifier: MIT */
/* All that came with 1.1, with all its options. */
#include <interlude.h>
#include <unistd.h>

static il_status
find(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    (void)ctx;
    (void)user;
    il_hit(hits, *query ? query : "first", query);
    return il_hit(hits, "second", "2", .description = "d", .image = { .url = "u", .size = IL_THUMBNAIL });
}

static il_status
sign(il_ctx *ctx, const char *name, const char *type, il_file_urls *urls, void *user)
{
    (void)user;
    urls->upload = il_fmt(ctx, "http://up/%s", name);
    urls->download = il_fmt(ctx, "http://down/%s?%s", name, type);
    return IL_OK;
}

static il_status
tiles(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)ctx;
    (void)query;
    (void)user;
    il_total(rows, 1);
    return il_tile(rows, "k", .label = "L", .description = "d", .image = { .url = "u", .contain = true }, .route = "a",
                   .params = IL_PARAMS({ "x", IL_I(1) }), .menu = IL_MENU({ .label = "m", .url = "u" }));
}

static il_status
later(il_ctx *ctx, il_meta *meta, void *user)
{
    (void)ctx;
    meta->value = IL_S(user);
    return IL_OK;
}

static il_status
show(il_ctx *ctx)
{
    static char word[] = "found";

    return il_show(ctx,
                   IL_GRID("G", .tiles = tiles, .async = true, .not_filterable = true, .page_size = IL_ALL_ROWS,
                           .ideal_column_width = 200, .help_text = "h"),
                   IL_VIDEO("V", .url = "u", .size = IL_LARGE, .loop = true, .muted = true),
                   IL_PROGRESS_STEPS("S", .completed = 1, .total = 2, .current = "c", .subtitle = "s"),
                   IL_PROGRESS_INDETERMINATE("I"),
                   IL_PROGRESS_LIST("L", .tasks = IL_TASKS({ "a", true, "r" }, { "b" })),
                   IL_METADATA("M", IL_META({ "now", IL_I(1) }, { "later", .later = later, .user = word })));
}

static il_status
inputs(il_ctx *ctx, il_file *file)
{
    double level;
    bool has_level;
    const char *html, *id;
    il_keys ids;
    il_file far;
    il_files files;
    il_sheet sheet;
    il_option list[] = { IL_OPT("x", "y") };
    size_t picked;

    IL_TRY(il_ask(ctx, IL_FILE(file, "File", .extensions = IL_TEXTS(".txt")),
                  IL_SLIDER(&level, "Level", .present = &has_level, .max = 10, .step = 0.5, .value = IL_SET(1)),
                  IL_RICH_TEXT(&html, "Text", .placeholder = "p", .value = "<p>x</p>", .optional = true),
                  IL_SEARCH(&id, "One", .find = find, .placeholder = "p"),
                  IL_SEARCH_MANY(&ids, "Many", .find = find, IL_CHOSEN(IL_OPT("c", "1"), IL_OPT("d", "2"))),
                  IL_FILE(&far, "Far", .presign = sign, .optional = true), IL_FILES(&files, "Files", .optional = true),
                  IL_SPREADSHEET(&sheet, "Sheet", .optional = true,
                                 IL_SHEET_COLUMNS({ "a" }, { "b", IL_SHEET_NUMBER }, { "c", IL_SHEET_BOOLEAN, true })),
                  IL_SELECT(&picked, "Pick", IL_OPTIONS_OF(list, 1))));
    il_log(ctx, "%s %zu %d %g", id, ids.n, il_sheet_bool(&sheet, 0, 2), il_sheet_number(&sheet, 0, 1, level));
    return IL_OK;
}

static il_status
more(il_ctx *ctx)
{
    il_file file;
    il_str bytes;
    bool is_known, is_sure;

    IL_TRY(show(ctx));
    IL_TRY(inputs(ctx, &file));
    IL_TRY(il_file_read(ctx, &file, &bytes));
    int fd = il_file_open(ctx, &file);
    if (fd < 0)
        return IL_FAILED;
    close(fd);
    IL_TRY(il_ask(ctx, IL_CONFIRM_IDENTITY(&is_known, "Who?", .grace_ms = IL_SET(0))));
    IL_TRY(il_ask(ctx, IL_CONFIRM(&is_sure, "Sure?", .theme = IL_DANGER, .help_text = "h")));
    IL_TRY(
        il_notify(ctx, .message = "m", .title = "t", .idempotency_key = "k", .to = IL_TO({ "a@b.cc", IL_BY_EMAIL })));
    return il_return(ctx, { "bytes", IL_S(bytes.p) }, { "name", IL_S(file.name) }, { "known", IL_B(is_known) });
}
IL_ACTION(more);
