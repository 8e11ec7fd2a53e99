/* SPDX-License-Identifier: MIT */
#include <interlude.h>

static il_status
hello(il_ctx *ctx)
{
    const char *name;
    IL_TRY(il_ask(ctx, IL_TEXT(&name, "First name", .help_text = "As on your badge", .min_len = 2, .max_len = 40)));
    return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("hello", hello, .name = "Say hello"),
};
IL_MODULE(routes, .load = NULL);
