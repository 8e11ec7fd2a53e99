/* SPDX-License-Identifier: MIT */
#include <interlude.h> // routes/greet.c
static il_status
greet(il_ctx *ctx)
{
    const char *name;
    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name", .min_len = 2)));
    return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
}
IL_ACTION(greet, .name = "Greet", .description = "Says hello");
