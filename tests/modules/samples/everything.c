/* SPDX-License-Identifier: MIT */
/* Every macro and every option of sdk-headers at least once, and every macro without options. */
#include <interlude.h>

struct answers {
    const char *name, *email, *site;
    double seats;
    bool has_seats, projector;
    il_date day;
    il_time start;
    il_datetime end;
    size_t room;
    il_indexes extras;
    il_keys guests;
};

static const char *
not_admin(il_ctx *ctx, const void *out, void *user)
{
    (void)user;
    il_log(ctx, "checking %s", *(const char *const *)out);
    return **(const char *const *)out == 'a' ? il_fmt(ctx, "Not %s.", "you") : NULL;
}

static const char *
all_of_it(il_ctx *ctx, void *user)
{
    const struct answers *answers = user;

    (void)ctx;
    return answers->has_seats && answers->seats < 1 ? "Nobody comes." : NULL;
}

static il_status
guest_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const il_value cells[] = { IL_I(3), IL_NIL, IL_T(0) };

    (void)user;
    il_total(rows, 4);
    if (query->term || query->sort_column || query->sort_desc || query->offset > 100 || query->page_size > 100)
        return il_fail(ctx, "%s", "no such page");
    il_row(rows, NULL, IL_I(1), IL_S("Ann"), IL_T(1700000000000));
    il_row_menu(rows, "2",
                IL_MENU({ .label = "Edit", .route = "users/edit", .params = IL_PARAMS({ "id", IL_I(2) }) },
                        { .label = "Site", .url = "https://example.com", .theme = IL_DANGER },
                        { .label = "Gone", .disabled = true }),
                IL_N(2.5), IL_B(true), IL_RAW("{\"x\":[1]}"));
    il_row_menu(rows, "4", NULL,
                IL_RICH(.label = IL_S("four"), .value = IL_I(4), .route = "users/show",
                        .params = IL_PARAMS({ "id", IL_I(4) }), .highlight = IL_GREEN,
                        .image = { .url = "https://example.com/4.png", .alt = "4", .size = IL_SMALL }));
    return il_row_cells(rows, "3", cells, sizeof cells / sizeof cells[0], NULL);
}

static il_status
ask_all(il_ctx *ctx, struct answers *a, const char **choice)
{
    return il_ask_form(
        ctx,
        IL_FORM(.validate = all_of_it, .user = a, .choice = choice,
                .choices = IL_CHOICES(IL_CHOICE("Book", "book"), IL_CHOICE("Drop", "drop", .theme = IL_DANGER))),
        IL_TEXT(&a->name, "Name", .help_text = "h", .placeholder = "p", .value = "v", .multiline = true, .lines = 4,
                .min_len = 1, .max_len = 9, .validate = not_admin, .user = a, .disabled = true),
        IL_EMAIL(&a->email, "Mail", .placeholder = "p", .value = "a@example.com", .optional = true),
        IL_URL(&a->site, "Site", .placeholder = "p", .value = "https://x", .protocols = IL_TEXTS("https", "sftp")),
        IL_NUMBER(&a->seats, "Seats", .present = &a->has_seats, .min = IL_SET(0), .max = IL_SET(10), .value = IL_SET(3),
                  .decimals = 2, .currency = "USD", .prepend = "#", .placeholder = "p"),
        IL_BOOLEAN(&a->projector, "Projector", .value = true),
        IL_DATE(&a->day, "Day", .value = IL_YMD(2024, 2, 29), .min = IL_YMD(2024, 1, 1), .max = IL_YMD(2024, 12, 31)),
        IL_TIME(&a->start, "Start", .value = IL_HM(9, 0), .min = IL_HM(8, 30), .max = IL_HM(20, 0)),
        IL_DATETIME(&a->end, "End", .value = IL_YMDHM(2024, 2, 29, 10, 0), .min = IL_YMDHM(2024, 1, 1, 0, 0),
                    .max = IL_YMDHM(2024, 12, 31, 23, 59)),
        IL_SELECT(&a->room, "Room", .value = "a", .searchable = true,
                  IL_OPTIONS(IL_OPT("A", "a", .description = "big", .image = { .url = "u" }), IL_OPT("B", "b"))),
        IL_SELECT_MANY(&a->extras, "Extras", .values = IL_TEXTS("x"), .min_selections = 1, .max_selections = 2,
                       IL_OPTIONS(IL_OPT("X", "x"), IL_OPT("Y", "y"))),
        IL_SELECT_TABLE(&a->guests, "Guests", .rows = guest_rows, .page_size = 5, .not_sortable = true,
                        .not_filterable = true, .min_selections = 1, .max_selections = 2, .selected = IL_TEXTS("2"),
                        IL_COLUMNS({ "ID", "id" }, { "Name", "name" }, { "Since", NULL })));
}

static il_status
ask_bare(il_ctx *ctx, struct answers *a)
{
    return il_ask(ctx, IL_TEXT(&a->name, "Name"), IL_EMAIL(&a->email, "Mail"), IL_URL(&a->site, "Site"),
                  IL_NUMBER(&a->seats, "Seats"), IL_BOOLEAN(&a->projector, "Projector"), IL_DATE(&a->day, "Day"),
                  IL_TIME(&a->start, "Start"), IL_DATETIME(&a->end, "End"),
                  IL_SELECT(&a->room, "Room", .options = &(const il_option){ .label = "one" }, .n_options = 1,
                            .option_size = sizeof(il_option)));
}

static il_status
show_all(il_ctx *ctx)
{
    static const char png[] = "\x89PNG";

    return il_show(
        ctx, IL_MARKDOWN("**bold**"),
        IL_HEADING("Head", .level = 3, .description = "d", .menu = IL_MENU({ .label = "m", .route = "greet" })),
        IL_HTML("Html", .text = "<b>x</b>"), IL_CODE("Code", .text = "x=1", .language = "js"),
        IL_IMAGE("Image", .url = "https://example.com/i.png", .alt = "i", .size = IL_MEDIUM),
        IL_IMAGE("Image", .data = png, .len = sizeof png - 1),
        IL_LINK("Out", .url = "https://example.com", .download = "x.txt", .theme = IL_SECONDARY),
        IL_LINK("In", .route = "greet", .params = IL_PARAMS({ "name", IL_S("Ann") })),
        IL_METADATA("Meta", .layout = IL_LAYOUT_LIST,
                    IL_META({ "Seats", IL_I(12) }, { "Owner", IL_S("Ann"), .route = "users/show" },
                            { "When", IL_T(0), .url = "https://example.com" }, { "Bad", .error = "late" })),
        IL_OBJECT("Object", .json = "{\"a\":[1,2]}"), IL_OBJECT("Object", .fields = IL_PARAMS({ "d", IL_T(0) })),
        IL_TABLE("Table", .rows = guest_rows, .help_text = "h", .vertical = true, .not_sortable = true,
                 .not_filterable = true, .page_size = IL_ALL_ROWS, IL_COLUMNS({ "a" }, { "b", "b" }, { "c" })),
        IL_TABLE("Async", .rows = guest_rows, .async = true, IL_COLUMNS({ "a", "a" }, { "b", "b" }, { "c", "c" })));
}

static void
release(void *arg)
{
    (void)arg;
}

static il_status
everything(il_ctx *ctx)
{
    struct answers answers = { 0 };
    const char *choice = NULL;
    int *numbers = il_new_array(ctx, int, 3);
    struct answers *copy = il_new(ctx, struct answers);
    bool yes = false;

    if (!numbers || !copy)
        return IL_NO_MEMORY;
    IL_TRY(il_defer(ctx, release, copy));
    if (il_user(ctx)->n_teams || il_info(ctx)->is_page || il_param(ctx, "x").type != IL_V_UNDEF ||
        il_param_str(ctx, "y"))
        return il_fail(ctx, "unexpected: %d", *numbers);
    IL_TRY(ask_all(ctx, &answers, &choice));
    IL_TRY(ask_bare(ctx, copy));
    IL_TRY(il_ask_form(ctx, IL_FORM(), IL_TEXT(&answers.name, "Name")));
    IL_TRY(show_all(ctx));
    IL_TRY(il_confirm(ctx, "Sure?", NULL, &yes));
    il_loading_start(ctx, "Working", .description = "d", .items = 2);
    il_loading_start(ctx, "Working");
    il_loading_update(ctx, NULL, .description = "e");
    il_loading_step(ctx);
    IL_TRY(il_sleep_ms(ctx, 1));
    if (il_canceled(ctx) || il_cancel_fd(ctx) < 0)
        return IL_CANCELED;
    IL_TRY(il_redirect(ctx, .route = "greet", .params = IL_PARAMS({ "a", IL_I(1) }), .replace = true));
    IL_TRY(il_redirect(ctx, .url = "https://example.com"));
    IL_TRY(il_return_row(ctx, { "id", IL_I(1) }, { "name", IL_S("Ann") }));
    IL_TRY(il_return_str(ctx, "done"));
    IL_TRY(il_return_json(ctx, "[1,2]"));
    IL_TRY(il_return_value(ctx, IL_T(0)));
    return il_return(ctx, { "choice", IL_S(choice) }, { "dir", IL_S(il_data_dir()) });
}

static il_status
overview(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(page, "Everything", NULL, NULL);
    il_page_add(page, IL_MARKDOWN("x"));
    return il_page_add(page, IL_TABLE("T", .rows = guest_rows, IL_COLUMNS({ "a" }, { "b" }, { "c" })));
}

static il_status
echo(il_request *req, il_response *res)
{
    const char *id = il_path_param(req, "id"), *q = il_query(req, "q"), *agent = il_header(req, "User-Agent");
    il_str body = il_body(req);

    il_respond_header(res, "x-seen", il_rfmt(req, "%s %s %s", il_method(req), il_path(req), id ? id : "-"));
    return il_respond(res, q && agent ? 200 : 400, "text/plain", body.p, body.len);
}

static il_status
ready(il_ctx *ctx)
{
    return IL_HAVE(ask) ? IL_OK : il_fail(ctx, "no ask");
}

static void
done(void)
{
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("all", everything, .name = "All", .description = "d", .access = IL_TEAMS("support"),
                    .unlisted = true, .backgroundable = true, .no_warn_on_close = true),
    IL_ROUTE_ACTION("bare", everything),
    IL_ROUTE_PAGE("overview", overview, .access = IL_EVERYONE, .load = ready, .health = ready, .unload = done),
    IL_ROUTE_PAGE("folder", NULL, .name = "Folder"),
    IL_ROUTE_FUNCTION("echo", echo, .method = "ANY", .path = "echo/{id}", .cors = true, .is_private = true,
                      .timeout_ms = 1000),
    IL_ROUTE_FUNCTION("echo2", echo),
};
IL_MODULE(routes);
