/* SPDX-License-Identifier: MIT */
/* The shortest useful action. Its address is the path of the file: routes/hello.c is "hello". */
#include <interlude.h>

static il_status hello(il_ctx *ctx)
{
    const char *name;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name", .min_len = 2)));
    return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
}
IL_ACTION(hello, .name = "Hello", .description = "The ten-line route of the README");
