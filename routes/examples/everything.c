/* SPDX-License-Identifier: MIT */
/*
 * Every input and every display of the SDK with typical options, step by step: a page to copy from.
 * The SDK in it: all of input.h, select.h, search.h, file.h, sheet.h, display.h, table.h and grid.h; il_loading_*,
 * il_log, il_sleep_ms, il_notify.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <string.h>

/* A picture of 16 x 16 pixels; usually it would come from a file or a URL. */
static const unsigned char png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x10, 0x00, 0x00, 0x00, 0x10, 0x02, 0x03, 0x00, 0x00, 0x00, 0x62, 0x9d, 0x17, 0xf2, 0x00, 0x00, 0x00, 0x0c, 0x50,
    0x4c, 0x54, 0x45, 0x4f, 0x46, 0xe5, 0xa5, 0xb4, 0xfc, 0xee, 0xf2, 0xff, 0x37, 0x30, 0xa3, 0xb6, 0x7b, 0x0d, 0x57,
    0x00, 0x00, 0x00, 0x40, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0xfe, 0xff, 0xff, 0x00, 0x03, 0xff, 0xbf,
    0xfd, 0x1f, 0x18, 0xec, 0x57, 0xad, 0xfa, 0xc3, 0xf0, 0x6f, 0xd5, 0xaa, 0xfd, 0x0c, 0xbf, 0xa6, 0x86, 0xad, 0x67,
    0xf8, 0x15, 0x1a, 0x0a, 0x24, 0x02, 0x58, 0xd7, 0x33, 0xbc, 0x0a, 0x60, 0x5d, 0x0d, 0x21, 0xc0, 0x5c, 0x88, 0x04,
    0x48, 0x09, 0x58, 0x31, 0x58, 0x1b, 0xd8, 0x00, 0x90, 0x51, 0x00, 0x38, 0x8a, 0x27, 0xd9, 0x59, 0x56, 0x8c, 0x74,
    0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

static il_status texts(il_ctx *ctx)
{
    const char *name, *biography, *email, *site;

    return il_ask(
        ctx, IL_HEADING("Texts", .description = "Step 1 of 6. Help texts are **Markdown**."),
        IL_TEXT(&name, "Name", .min_len = 2, .max_len = 40, .placeholder = "Ada", .help_text = "As on *your* badge"),
        IL_TEXT(&biography, "Biography", .optional = true, .multiline = true, .lines = 3),
        IL_EMAIL(&email, "Email", .value = "ada@example.com"),
        IL_URL(&site, "Website", .optional = true, .protocols = IL_TEXTS("https")));
}

static il_status numbers_and_dates(il_ctx *ctx)
{
    double age, price;
    bool has_age, subscribed, agreed;
    il_date birthday;
    il_time alarm;
    il_datetime meeting;

    return il_ask(ctx, IL_HEADING("Numbers and dates", .description = "Step 2 of 6"),
                  IL_NUMBER(&age, "Age", .present = &has_age, .min = IL_SET(0), .max = IL_SET(150)),
                  IL_NUMBER(&price, "Price", .currency = "EUR", .value = IL_SET(9.5)),
                  IL_BOOLEAN(&subscribed, "Subscribe to the newsletter", .value = true),
                  IL_BOOLEAN(&agreed, "Cannot be changed", .disabled = true),
                  IL_DATE(&birthday, "Birthday", .value = IL_YMD(1815, 12, 10), .max = IL_YMD(2100, 12, 31)),
                  IL_TIME(&alarm, "Alarm", .value = IL_HM(7, 30), .min = IL_HM(5, 0), .max = IL_HM(11, 0)),
                  IL_DATETIME(&meeting, "Meeting", .value = IL_YMDHM(2030, 1, 31, 9, 15)));
}

/* All rows at once: the host filters, sorts and pages them. The key of a row is what il_keys receives. */
static il_status planets(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    static const struct {
        const char *key, *name;
        int64_t moons;
        double au;
    } list[] = { { "mercury", "Mercury", 0, 0.39 },
                 { "venus", "Venus", 0, 0.72 },
                 { "earth", "Earth", 1, 1 },
                 { "mars", "Mars", 2, 1.52 },
                 { "jupiter", "Jupiter", 95, 5.2 } };

    (void)ctx;
    (void)query;
    (void)user;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        il_row(rows, list[i].key, IL_S(list[i].name), IL_I(list[i].moons), IL_N(list[i].au));
    return IL_OK;
}

static il_status selects(il_ctx *ctx, il_keys *visited)
{
    size_t size, country;
    il_indexes toppings;

    return il_ask(
        ctx, IL_HEADING("Selects", .description = "Step 3 of 6"),
        IL_SELECT(&size, "Size", .value = "m",
                  IL_OPTIONS(IL_OPT("Small", "s"), IL_OPT("Medium", "m", .description = "What most people take"),
                             IL_OPT("Large", "l", .image = { .data = png, .len = sizeof png, .alt = "Rings" }))),
        IL_SELECT(&country, "Country", .searchable = true, .optional = true,
                  IL_OPTIONS(IL_OPT("France", "fr"), IL_OPT("Germany", "de"), IL_OPT("Japan", "jp"))),
        IL_SELECT_MANY(&toppings, "Toppings", .values = IL_TEXTS("basil"), .max_selections = 2,
                       IL_OPTIONS(IL_OPT("Basil", "basil"), IL_OPT("Olives", "olives"), IL_OPT("Capers", "capers"))),
        IL_SELECT_TABLE(visited, "Planets to visit", .rows = planets, .min_selections = 1, .page_size = 3,
                        .selected = IL_TEXTS("mars"),
                        IL_COLUMNS({ "Name", "name" }, { "Moons", "moons" }, { "Distance", "au" })));
}

/*
 * Called with "" at first and whenever the person has stopped typing. The text behind the label is what out receives.
 */
static il_status find_moon(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    static const char *const moons[] = { "Callisto", "Europa", "Ganymede", "Io", "Luna", "Phobos" };

    (void)ctx;
    (void)user;
    for (size_t i = 0; i < sizeof moons / sizeof moons[0]; i++)
        if (strcasestr(moons[i], query))
            il_hit(hits, moons[i], moons[i], .description = i < 4 ? "of Jupiter" : "of another planet");
    return IL_OK;
}

static il_status more_inputs(il_ctx *ctx)
{
    double volume;
    const char *letter, *moon;
    il_keys moons;
    il_file file;
    il_files pictures;
    il_sheet crew;

    return il_ask(
        ctx, IL_HEADING("More inputs", .description = "Step 4 of 6"),
        IL_SLIDER(&volume, "Volume", .max = 11, .step = 0.5, .value = IL_SET(3)),
        IL_RICH_TEXT(&letter, "Letter", .optional = true, .value = "<p>Dear <strong>Ada</strong>,</p>"),
        IL_SEARCH(&moon, "Moon", .find = find_moon, .optional = true),
        IL_SEARCH_MANY(&moons, "Moons", .find = find_moon, .optional = true, IL_CHOSEN(IL_OPT("Io", "Io"))),
        /* il_file_read(ctx, &file, &bytes) has what is in it */
        IL_FILE(&file, "Document", .optional = true, .extensions = IL_TEXTS(".pdf", ".txt")),
        IL_FILES(&pictures, "Pictures", .optional = true, .extensions = IL_TEXTS(".png", ".jpg")),
        IL_SPREADSHEET(&crew, "Crew", .value = (il_value[]){ IL_S("Ada"), IL_N(36), IL_B(true) }, .n_value_rows = 1,
                       IL_SHEET_COLUMNS({ "name", IL_SHEET_TEXT }, { "age", IL_SHEET_NUMBER, .optional = true },
                                        { "on board", IL_SHEET_BOOLEAN })));
}

/* Tiles are handed over as rows are; with .async = true they would be asked for page by page. */
static il_status tiles(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)query;
    (void)user;
    for (int i = 1; i <= 3; i++)
        il_tile(rows, NULL, .label = il_fmt(ctx, "Picture %d", i), .description = "16 x 16 pixels",
                .image = { .data = png, .len = sizeof png, .alt = "Rings", .contain = true },
                .menu = IL_MENU({ .label = "Book", .route = "examples/booking" }));
    return IL_OK;
}

/* What takes time is found out while the rest is on the screen already. */
static il_status weigh(il_ctx *ctx, il_meta *meta, void *user)
{
    (void)user;
    meta->value = IL_S("5.97e24 kg");
    return il_sleep_ms(ctx, 300);
}

static il_status more_displays(il_ctx *ctx)
{
    return il_show(
        ctx,
        IL_METADATA("Metadata that comes later", IL_META({ "Planet", IL_S("Earth") }, { "Weight", .later = weigh })),
        IL_GRID("Grid", .tiles = tiles, .ideal_column_width = 250),
        IL_VIDEO("Video", .url = "https://example.com/tour.mp4", .size = IL_MEDIUM, .muted = true),
        IL_PROGRESS_STEPS("Steps", .completed = 2, .total = 3, .current = "Packing"),
        IL_PROGRESS_LIST("Tasks", .tasks = IL_TASKS({ "Back up", true, "12 MB" }, { "Copy" }, { "Check" })));
}

static il_status displays(il_ctx *ctx)
{
    /* one il_ask may show and ask; this one shows only, so it returns at once and stays on the screen */
    return il_show(
        ctx,
        IL_HEADING("Displays", .description = "Step 5 of 6",
                   .menu = IL_MENU({ .label = "Examples", .route = "examples" },
                                   { .label = "Not today", .theme = IL_DANGER, .disabled = true })),
        IL_MARKDOWN("A list:\n\n- **bold**\n- `code`\n- [a link](https://example.com)"),
        IL_CODE("Code", .text = "int main(void)\n{\n    return 0;\n}\n", .language = "c"),
        IL_HTML("HTML", .text = "<p>Cleaned <em>HTML</em>.<script>alert('removed')</script></p>"),
        IL_IMAGE("Image", .data = png, .len = sizeof png, .alt = "Rings", .size = IL_SMALL),
        IL_LINK("A link to a route", .route = "examples/booking", .params = IL_PARAMS({ "purpose", IL_S("Retro") })),
        IL_LINK("A link elsewhere", .url = "https://example.com", .theme = IL_SECONDARY),
        IL_METADATA("Metadata as a grid", IL_META({ "Owner", IL_S("Ada") }, { "Seats", IL_I(12) },
                                                  { "Opened", IL_T(1700000000000) }, { "Closed", IL_NIL })),
        IL_METADATA("Metadata as cards", .layout = IL_LAYOUT_CARD,
                    IL_META({ "Sales", IL_N(1234.5) }, { "Site", IL_S("example"), .url = "https://example.com" },
                            { "Stock", .error = "The warehouse does not answer." })),
        IL_METADATA("Metadata as a list", .layout = IL_LAYOUT_LIST,
                    IL_META({ "Floor", IL_I(3) }, { "Wing", IL_S("B") })),
        IL_OBJECT("Object", .json = "{\"id\":7,\"tags\":[\"a\",\"b\"],\"owner\":{\"name\":\"Ada\"}}"),
        IL_OBJECT("Flat object", .fields = IL_PARAMS({ "id", IL_I(7) }, { "done", IL_B(true) })),
        IL_TABLE("Table", .rows = planets, IL_COLUMNS({ "Name", "name" }, { "Moons", "moons" }, { "Distance", "au" })),
        IL_TABLE("Table, transposed", .rows = planets, .vertical = true, .page_size = 3,
                 IL_COLUMNS({ "Name", "name" }, { "Moons", "moons" }, { "Distance", "au" })));
}

/* Asynchronous: asked for each page, so a million rows cost what is looked at. Cells may have links and colours. */
static il_status squares(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const int64_t count = 1000000;

    (void)ctx;
    (void)user;
    for (size_t i = 0; i < query->page_size && query->offset + i < (size_t)count; i++) {
        int64_t at = (int64_t)(query->offset + i), n = query->sort_desc ? count - at : at + 1;

        il_row_menu(rows, NULL, IL_MENU({ .label = "Book", .route = "examples/booking" }), IL_I(n),
                    IL_RICH(.label = IL_I(n * n), .highlight = n % 2 ? IL_NO_COLOR : IL_BLUE));
    }
    il_total(rows, (uint64_t)count);
    return IL_OK;
}

static il_status work(il_ctx *ctx)
{
    il_loading_start(ctx, "Working", .description = "Step 6 of 6", .items = 5);
    for (int i = 1; i <= 5; i++) {
        IL_TRY(il_sleep_ms(ctx, 200)); /* instead of work; ends early when the person leaves */
        il_log(ctx, "part %d is done", i);
        il_loading_step(ctx);
    }
    return IL_OK;
}

static il_status everything(il_ctx *ctx)
{
    il_keys visited;
    bool yes;

    IL_TRY(texts(ctx));
    IL_TRY(numbers_and_dates(ctx));
    IL_TRY(selects(ctx, &visited));
    IL_TRY(more_inputs(ctx));
    IL_TRY(displays(ctx));
    IL_TRY(more_displays(ctx));
    IL_TRY(il_show(ctx, IL_TABLE("A million rows", .rows = squares, .async = true, .not_filterable = true,
                                 IL_COLUMNS({ "Number", "n" }, { "Square" }))));
    IL_TRY(il_ask(ctx, IL_CONFIRM_IDENTITY(&yes, "Only you may start the work.")));
    if (yes)
        IL_TRY(il_ask(ctx, IL_CONFIRM(&yes, "Start working?", .help_text = "It takes a second.", .theme = IL_DANGER)));
    if (yes)
        IL_TRY(work(ctx));
    IL_TRY(il_notify(ctx, .title = "Everything", .message = yes ? "The work is done." : "Nothing was done."));
    return il_return(ctx, { "first planet", IL_S(visited.v[0]) }, { "planets", IL_I((int64_t)visited.n) },
                     { "worked", IL_B(yes) });
}
IL_ACTION(everything, .name = "Everything", .description = "All inputs and displays, step by step");
