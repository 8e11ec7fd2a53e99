/* SPDX-License-Identifier: MIT */
/* What the hosts of the recorded exchanges in tests/wire/captures did, said in C: for uplink_replay_test.py. */
#include <interlude.h>
#include <stdlib.h>
#include <string.h>

#define CAPTURED_ROWS 60
#include "captured.h"

static il_status
sign(il_ctx *ctx, const char *name, const char *type, il_file_urls *urls, void *user)
{
    (void)type, (void)user;
    urls->upload = il_fmt(ctx, "https://up.example.com/%s", name);
    urls->download = il_fmt(ctx, "https://down.example.com/%s", name);
    return IL_OK;
}

static il_status
text(il_ctx *ctx)
{
    const char *name;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Name", .help_text = "help", .placeholder = "your name")));
    return il_return_str(ctx, il_fmt(ctx, "Hello %s", name));
}

static il_status
late(il_ctx *ctx)
{
    const char *word;

    IL_TRY(il_sleep_ms(ctx, 300));
    IL_TRY(il_ask(ctx, IL_TEXT(&word, "Late")));
    return il_return_str(ctx, word);
}

static il_status
cancel_catch(il_ctx *ctx)
{
    const char *word = "";
    il_status status = il_ask(ctx, IL_TEXT(&word, "c"));

    return il_return(ctx, { "kind", IL_S(status == IL_CANCELED ? "CANCELED" : word) }, { "name", IL_S("IOError") });
}

static il_status
error(il_ctx *ctx)
{
    return il_fail(ctx, "boom");
}

static il_status
logs(il_ctx *ctx)
{
    il_log(ctx, "one 2 {\n  \"three\": 3\n} undefined null \"1970-01-01T00:00:00.000Z\"");
    il_log(ctx, "%*s", 12000, "x");
    il_log(ctx, "a");
    il_log(ctx, "b");
    il_log(ctx, "c");
    return IL_OK;
}

static il_status
log_once(il_ctx *ctx)
{
    il_log(ctx, "one");
    return il_sleep_ms(ctx, 200);
}

static il_status
loading(il_ctx *ctx)
{
    il_loading_start(ctx, "Working", .description = "step", .items = 2);
    IL_TRY(il_sleep_ms(ctx, 150));
    il_loading_step(ctx);
    IL_TRY(il_sleep_ms(ctx, 150));
    il_loading_update(ctx, "Later");
    IL_TRY(il_sleep_ms(ctx, 150));
    il_loading_start(ctx, "Only label");
    return il_sleep_ms(ctx, 200);
}

static il_status
slow_loading(il_ctx *ctx)
{
    il_loading_start(ctx, "L");
    IL_TRY(il_sleep_ms(ctx, 3000));
    return il_return_value(ctx, IL_I(2));
}

static il_status
redirect(il_ctx *ctx)
{
    IL_TRY(il_redirect(ctx, .url = "https://example.com/x"));
    IL_TRY(il_redirect(ctx, .route = "text",
                       .params = IL_PARAMS({ "id", IL_I(1) }, { "when", IL_S("1970-01-01T00:00:00.000Z") })));
    return il_redirect(ctx, .route = "text", .replace = true);
}

static il_status
confirm(il_ctx *ctx)
{
    bool is_sure, is_who;

    IL_TRY(il_ask(ctx, IL_CONFIRM(&is_sure, "Sure?", .help_text = "really")));
    IL_TRY(il_ask(ctx, IL_CONFIRM_IDENTITY(&is_who, "Who?", .grace_ms = IL_SET(1000))));
    return il_return(ctx, { "a", IL_B(is_sure) }, { "b", IL_B(is_who) });
}

static il_status
result_date(il_ctx *ctx)
{
    return il_return_value(ctx, IL_T(0));
}

static il_status
nothing(il_ctx *ctx)
{
    (void)ctx;
    return IL_OK;
}

static il_status
notify(il_ctx *ctx)
{
    IL_TRY(il_notify(ctx, .title = "Import", .message = "Done", .to = IL_TO({ "ada@example.com", IL_BY_EMAIL })));
    return IL_OK;
}

/* ---- several fields, and all the others */

struct group {
    const char *a;
    double b;
    il_date c;
    size_t s;
};

static const char *
not_bad(il_ctx *ctx, void *user)
{
    const struct group *group = user;

    (void)ctx;
    return strcmp(group->a, "bad") == 0 ? "A must not be bad" : NULL;
}

static il_status
group(il_ctx *ctx)
{
    struct group g = { 0 };
    const char *choice;

    IL_TRY(il_ask_form(
        ctx,
        IL_FORM(.validate = not_bad, .user = &g, .choice = &choice,
                .choices = IL_CHOICES(IL_CHOICE("Go", "go"), IL_CHOICE("Drop", "drop", .theme = IL_DANGER))),
        IL_TEXT(&g.a, "A"), IL_NUMBER(&g.b, "B", .min = IL_SET(1), .optional = true),
        IL_DATE(&g.c, "C", .value = IL_YMD(2024, 2, 3)),
        IL_SELECT(&g.s, "S", IL_OPTIONS(IL_OPT("one", "1"), IL_OPT("two", "2")))));
    return il_return(ctx, { "choice", IL_S(choice) }, { "a", IL_S(g.a) }, { "b", IL_N(g.b) },
                     { "s", IL_I((int)g.s + 1) });
}

static il_status
inputs(il_ctx *ctx)
{
    const char *t, *e, *r, *u;
    double n, sl;
    bool b;
    il_date d;
    il_time ti;
    il_datetime dt;
    il_files f;
    il_indexes m;

    IL_TRY(il_ask(ctx, IL_TEXT(&t, "t"), IL_EMAIL(&e, "e"), IL_NUMBER(&n, "n", .currency = "USD"), IL_BOOLEAN(&b, "b"),
                  IL_RICH_TEXT(&r, "r"), IL_URL(&u, "u"), IL_DATE(&d, "d"), IL_TIME(&ti, "ti"), IL_DATETIME(&dt, "dt"),
                  IL_FILES(&f, "f", .extensions = IL_TEXTS(".png"), .presign = sign),
                  IL_SELECT_MANY(&m, "m", IL_OPTIONS(IL_OPT("a", "a"), IL_OPT("b", "b"))),
                  IL_SLIDER(&sl, "sl", .max = 9)));
    return il_return_value(ctx, IL_I(12));
}

static il_status
upload(il_ctx *ctx)
{
    il_file file;

    IL_TRY(il_ask(ctx, IL_FILE(&file, "F", .presign = sign)));
    return il_return(ctx, { "name", IL_S(file.name) }, { "size", IL_I((int64_t)file.size) });
}

static il_status
find(il_ctx *ctx, const char *query, il_hits *hits, void *user)
{
    (void)user;
    for (int i = 0; i < 60; i++) {
        const char *label = il_fmt(ctx, "row %d", i);

        if ((*query || i < 2) && strstr(label, query) && (!*query || i == 2 || i == 20 || i == 21))
            IL_TRY(il_hit(hits, label, il_fmt(ctx, "%d", i), .description = label + 4));
    }
    return IL_OK;
}

static il_status
search(il_ctx *ctx)
{
    const char *id;

    IL_TRY(il_ask(ctx, IL_SEARCH(&id, "Find", .find = find)));
    return il_return(ctx, { "id", IL_I(strtol(id, NULL, 10)) });
}

static il_status
who(il_ctx *ctx)
{
    const il_user_info *user = il_user(ctx);
    const il_run_info *run = il_info(ctx);

    return il_return(
        ctx, { "env", IL_S(run->environment) },
        { "org", IL_S(il_fmt(ctx, "{\"name\":\"%s\",\"slug\":\"%s\"}", run->org_name, run->org_slug)) },
        { "user",
          IL_S(il_fmt(
              ctx, "{\"email\":\"%s\",\"firstName\":\"%s\",\"lastName\":\"%s\",\"role\":\"%s\",\"teams\":[\"%s\"]}",
              user->email, user->first_name, user->last_name, user->role, user->n_teams ? user->teams[0] : "")) },
        { "action", IL_S(il_fmt(ctx, "{\"slug\":\"%s\",\"url\":\"%s\"}", run->slug, run->url)) });
}

static il_status
tiles(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)query, (void)user;
    for (int i = 0; i < 3; i++)
        IL_TRY(il_tile(rows, il_fmt(ctx, "%d", i), .label = il_fmt(ctx, "row %d", i)));
    return IL_OK;
}

static il_status
display(il_ctx *ctx)
{
    IL_TRY(il_show(
        ctx, IL_HEADING("H", .level = 2, .description = "d", .menu = IL_MENU({ .label = "m", .route = "text" }))));
    IL_TRY(il_show(ctx, IL_MARKDOWN("**m**")));
    IL_TRY(il_show(ctx, IL_LINK("L", .url = "https://example.com")));
    IL_TRY(il_show(ctx, IL_OBJECT("O", .json = "{\"a\":1,\"d\":\"1970-01-01T00:00:00.000Z\",\"n\":{\"x\":[1,2]}}")));
    IL_TRY(il_show(ctx, IL_METADATA("M", IL_META({ "k", IL_S("v") }, { "d", IL_T(0) }, { "big", IL_I(5) }))));
    IL_TRY(il_show(ctx, IL_CODE("C", .text = "x=1", .language = "js")));
    IL_TRY(il_show(ctx, IL_IMAGE("I", .url = "https://example.com/i.png")));
    IL_TRY(il_show(ctx, IL_HTML("Ht", .text = "<b>x</b>")));
    IL_TRY(il_show(ctx, IL_GRID("G", .tiles = tiles)));
    IL_TRY(il_show(ctx, IL_VIDEO("V", .url = "https://example.com/v.mp4")));
    return il_return_str(ctx, "ok");
}

static il_status
redirecting_page(il_ctx *ctx, il_page *page)
{
    (void)page;
    il_loading_start(ctx, "pl");
    IL_TRY(il_sleep_ms(ctx, 150)); /* as long as the SDK lets it stand */
    return il_redirect(ctx, .route = "text");
}

static il_status
brief(il_ctx *ctx)
{
    IL_TRY(il_sleep_ms(ctx, 300));
    return il_return_str(ctx, "brief");
}

static il_status
users(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    IL_TRY(il_page_head(
        page, "All users", "desc",
        IL_MENU({ .label = "New", .route = "users/create" }, { .label = "Ext", .url = "https://example.com" })));
    IL_TRY(il_page_add(page, IL_TABLE("Users", .rows = all_rows, .async = true, .page_size = 5,
                                      IL_COLUMNS({ "id", "id" }, { "name", "name" }, { "when", "when" }))));
    return il_page_add(page, IL_METADATA("Meta", IL_META({ "n", IL_I(60) })));
}

static il_status
broken_page(il_ctx *ctx, il_page *page)
{
    (void)page;
    return il_fail(ctx, "page boom");
}

static il_status
no_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    (void)query, (void)rows, (void)user;
    return il_fail(ctx, "child boom");
}

static il_status
broken_child(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    IL_TRY(il_page_head(page, "t", NULL, NULL));
    return il_page_add(page, IL_TABLE("x", .rows = no_rows, .async = true, IL_COLUMNS({ "id", "id" })));
}

static il_status
empty_page(il_ctx *ctx, il_page *page)
{
    (void)ctx, (void)page;
    return IL_OK;
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("text", text),
    IL_ROUTE_ACTION("late", late),
    IL_ROUTE_ACTION("cancelcatch", cancel_catch),
    IL_ROUTE_ACTION("error", error),
    IL_ROUTE_ACTION("log", logs),
    IL_ROUTE_ACTION("logOnce", log_once),
    IL_ROUTE_ACTION("loading", loading),
    IL_ROUTE_ACTION("slowLoading", slow_loading),
    IL_ROUTE_ACTION("redirect", redirect),
    IL_ROUTE_ACTION("confirm", confirm),
    IL_ROUTE_ACTION("resultDate", result_date),
    IL_ROUTE_ACTION("resultUndef", nothing),
    IL_ROUTE_ACTION("brief", brief),
    IL_ROUTE_ACTION("notify", notify),
    IL_ROUTE_ACTION("group", group),
    IL_ROUTE_ACTION("inputs", inputs),
    IL_ROUTE_ACTION("upload", upload),
    IL_ROUTE_ACTION("search", search),
    IL_ROUTE_ACTION("table", table),
    IL_ROUTE_ACTION("display", display),
    IL_ROUTE_ACTION("ctx", who),
    IL_ROUTE_PAGE("redirPage", redirecting_page),
    IL_ROUTE_PAGE("users", users, .name = "Users"),
    IL_ROUTE_PAGE("brokenPage", broken_page),
    IL_ROUTE_PAGE("brokenTitle", broken_page),
    IL_ROUTE_PAGE("brokenChild", broken_child),
    IL_ROUTE_PAGE("emptyPage", empty_page),
};
IL_MODULE(routes);
