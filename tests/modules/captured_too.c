/* SPDX-License-Identifier: MIT */
/* As captured.c, for the recordings of hosts whose routes of the same name did something else. */
#include <interlude.h>
#include <string.h>

#define CAPTURED_ROWS 12
#include "captured.h"

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

    IL_TRY(il_ask_form(ctx, IL_FORM(.validate = not_bad, .user = &g), IL_TEXT(&g.a, "A"),
                       IL_NUMBER(&g.b, "B", .min = IL_SET(1), .optional = true), IL_DATE(&g.c, "C"),
                       IL_SELECT(&g.s, "S", IL_OPTIONS(IL_OPT("one", "1"), IL_OPT("two", "2")))));
    return il_return(ctx, { "a", IL_S(g.a) }, { "b", IL_N(g.b) }, { "s", IL_I((int)g.s + 1) });
}

static il_status
redirect(il_ctx *ctx)
{
    IL_TRY(il_redirect(ctx, .url = "https://example.com/x"));
    return il_redirect(ctx, .route = "text", .params = IL_PARAMS({ "id", IL_I(1) }, { "a", IL_S("b") }),
                       .replace = true);
}

static il_status
result_date(il_ctx *ctx)
{
    return il_return_value(ctx, IL_T(1714957323000));
}

static il_status
nothing(il_ctx *ctx)
{
    (void)ctx;
    return IL_OK;
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("group", group),        IL_ROUTE_ACTION("table", table),
    IL_ROUTE_ACTION("redirect", redirect),  IL_ROUTE_ACTION("resultDate", result_date),
    IL_ROUTE_ACTION("resultNone", nothing),
};
IL_MODULE(routes);
