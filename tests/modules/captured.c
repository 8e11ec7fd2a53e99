/* SPDX-License-Identifier: MIT */
/* What the hosts of the recorded exchanges in tests/wire/captures did, said in C: for uplink_replay_test.py. */
#include <interlude.h>

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
    return il_page_head(
        page, "All users", "desc",
        IL_MENU({ .label = "New", .route = "users/create" }, { .label = "Ext", .url = "https://example.com" }));
}

static il_status
broken_page(il_ctx *ctx, il_page *page)
{
    (void)page;
    return il_fail(ctx, "page boom");
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
    IL_ROUTE_PAGE("users", users, .name = "Users"),
    IL_ROUTE_PAGE("brokenPage", broken_page),
    IL_ROUTE_PAGE("emptyPage", empty_page),
};
IL_MODULE(routes);
